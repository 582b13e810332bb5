-- The round_fingerprint: which round this is, the same for everyone who knows server, map, number and start.
-- Tier 1 names the start, tier 2 the end; neither a duration nor a limit nor a name of a player ever enters.

local sha256 = require("round_reporter.sha256")

local fingerprint = {}

local function trimmed(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

-- A map name for comparing: colour codes gone (a caret and one printable character other than a caret), trimmed,
-- lower case, bars and control characters as underscores.
function fingerprint.map_key(name)
  local plain = trimmed((name:gsub("%^[ -\\%]_-~]", "")))
  return (plain:lower():gsub("[%c|]", "_"))
end

local function digest(tier, server_id, map, number, value)
  local canonical = ("rf1|%s|%s|%s|%s|%s"):format(tier, trimmed(server_id):lower(), fingerprint.map_key(map), number,
    value)
  return "rf1:" .. tier .. ":" .. sha256(canonical):sub(1, 32)
end

local function digits(number)
  return ("%.0f"):format(number)
end

-- server_id, map: text; number: 1 or 2; start_unix, end_unix: seconds or nil. nil when the server has no name yet
-- or neither time is known.
function fingerprint.of_round(server_id, map, number, start_unix, end_unix)
  if not server_id or not map or (number ~= 1 and number ~= 2) then return nil end
  if start_unix then return digest("1", server_id, map, digits(number), digits(start_unix)) end
  if end_unix then return digest("2", server_id, map, digits(number), digits(end_unix)) end
  return nil
end

return fingerprint
