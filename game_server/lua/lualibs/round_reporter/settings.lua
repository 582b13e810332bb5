-- The reporter's settings: one text file of `key = value` lines, each problem one line for the console.
-- A bad setting stops sending, never spooling.

local store = require("round_reporter.store")

local settings = {}

local DEFAULTS = {
  spool_max_files = 10000, spool_max_mib = 1024, send_empty_rounds = false, log_level = "info",
  gametime_file = true, stats_file = false,
}

local function text(value)
  if value == "" then return nil, "expected a text" end
  return value
end

local function name(value)
  if #value <= 64 and value:find("^[%w][%w._-]*$") then return value end
  return nil, ('expected letters, digits, ".", "_" or "-", at most 64, got "%s"'):format(value)
end

local function count(value)
  if value:find("^[1-9]%d?%d?%d?%d?%d?%d?$") then return tonumber(value) end
  return nil, ('expected a whole number from 1 to 9999999, got "%s"'):format(value)
end

local SWITCH = { on = true, yes = true, ["true"] = true, ["1"] = true, off = false, no = false, ["false"] = false,
  ["0"] = false }

local function switch(value)
  local on = SWITCH[value:lower()]
  if on ~= nil then return on end
  return nil, ('expected on or off, got "%s"'):format(value)
end

local function level(value)
  if value == "error" or value == "info" or value == "debug" then return value end
  return nil, ('expected error, info or debug, got "%s"'):format(value)
end

-- The service's address with or without the path of the door; kept without it.
local function url(value)
  local host = value:match("^https?://([^/]+)")
  if not host or value:find("[^%w%-._~:/%%%[%]]") then
    return nil, ('expected http:// or https://, got "%s"'):format(value)
  end
  return (value:gsub("/+$", ""):gsub("/v1/rounds$", ""):gsub("/+$", ""))
end

local KEYS = {
  url = url, token_file = text, server_id = name, instance = name, spool_max_files = count, spool_max_mib = count,
  send_empty_rounds = switch, gametime_file = switch, gametime_dir = text, stats_file = switch, stats_dir = text,
  log_level = level,
}

-- How many single-letter edits turn one word into the other.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and diagonal or 1 + math.min(diagonal, row[j], row[j - 1])
      diagonal, row[j] = row[j], cost
    end
  end
  return row[#b]
end

local function nearest(key)
  local best, best_distance
  for known in pairs(KEYS) do
    local d = distance(key, known)
    if not best or d < best_distance or (d == best_distance and known < best) then best, best_distance = known, d end
  end
  return best
end

local function target_of(settings_read, target_name)
  local target = settings_read.targets[target_name]
  if not target then
    target = { name = target_name }
    settings_read.targets[target_name] = target
  end
  return target
end

local function keep(result, key, suffix, value)
  if key == "url" or key == "token_file" then
    target_of(result, suffix or "main")[key] = value
  else
    result[key] = value
  end
end

local function read_line(result, number, line)
  line = line:gsub("\r$", ""):gsub("^\239\187\191", "")
  if line:find("^%s*#") or line:find("^%s*$") then return end
  local key, value = line:match("^%s*([%w_.-]+)%s*=%s*(.-)%s*$")
  local base, suffix = (key or ""):match("^(%l[%l_]*)%.([%w_-]+)$")
  local of_target = base == "url" or base == "token_file"
  local function problem(what)
    result.problems[#result.problems + 1] = ("config line %.0f: %s"):format(number, what)
    if not of_target then result.sendable = false end
  end
  if not key then return problem("expected key = value") end
  local check = KEYS[of_target and base or key]
  if not check then return problem(('%s: no such key, did you mean "%s"?'):format(key, nearest(key))) end
  local before = result.lines[key]
  if before then return problem(("%s: set before, in line %.0f"):format(key, before)) end
  result.lines[key] = number
  local checked, reason = check(value)
  if checked == nil then return problem(key .. ": " .. reason) end
  keep(result, of_target and base or key, suffix, checked)
end

local function absolute(path, folder)
  if path:sub(1, 1) == "/" then return path end
  return folder .. "/" .. path
end

-- A reason of the host's names the path as a rule.
local function reason_with(path, reason)
  if not reason or reason:find(path, 1, true) then return reason or path end
  return path .. ": " .. reason
end

-- The token's first line must be there and of token letters: it is written into a file for curl, never into a command.
local function check_target(result, target, folder)
  local function problem(what)
    result.problems[#result.problems + 1] = "config: " .. what
  end
  local suffix = target.name == "main" and "" or "." .. target.name
  if not target.url then return problem("url" .. suffix .. ": not set") end
  if not target.token_file then return problem("token_file" .. suffix .. ": not set") end
  target.token_file = absolute(target.token_file, folder)
  local content, reason = store.read(target.token_file)
  local token = content and content:match("^%s*([^\r\n]*)")
  if not token then
    return problem(("token_file%s: cannot read %s"):format(suffix, reason_with(target.token_file, reason)))
  end
  if not token:gsub("%s+$", ""):find("^[%w%-._~+/=]+$") then
    return problem(("token_file%s: no token in the first line of %s"):format(suffix, target.token_file))
  end
  target.usable = true
end

-- The text of the first of `paths` that can be read, and its path. One that is there and cannot be read is a problem.
local function read_first(paths, problems)
  for i = 1, #paths do
    local content, reason = store.read(paths[i])
    if content then return content, paths[i] end
    if reason and not reason:find("No such file", 1, true) then
      problems[#problems + 1] = "config: cannot read " .. reason_with(paths[i], reason)
    end
  end
  if #problems == 0 then problems[1] = "config: no file " .. table.concat(paths, " or ") end
  return "", nil
end

-- Reads the first of `paths` that can be read. Always returns settings: {problems, targets, target_names, sendable, path,
-- lines (of each key), and a value per key}. Nothing is sent unless `sendable`, and nothing to a target that is not
-- `usable`.
function settings.load(paths)
  local result = { problems = {}, targets = {}, lines = {}, sendable = true }
  for key, value in pairs(DEFAULTS) do result[key] = value end
  local content
  content, result.path = read_first(paths, result.problems)
  local number = 0
  for line in (content .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    read_line(result, number, line)
  end
  if not result.server_id then
    result.problems[#result.problems + 1] = "config: server_id: not set"
    result.sendable = false
  end
  target_of(result, "main")
  local folder = result.path and result.path:match("^(.*)/[^/]*$") or "."
  for _, key in ipairs({ "gametime_dir", "stats_dir" }) do
    if result[key] then result[key] = absolute(result[key], folder) end
  end
  local names = {}
  for target_name in pairs(result.targets) do names[#names + 1] = target_name end
  table.sort(names)
  result.target_names = names
  for i = 1, #names do check_target(result, result.targets[names[i]], folder) end
  return result
end

return settings
