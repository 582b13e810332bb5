-- How a round ended: from the engine's exit line, the gamestate and the way the VM was torn down. Pure.

local endings = {}

local EXIT = "Exit: "
local ALREADY = "(already triggered)"

local KINDS = {
  ["Timelimit hit."] = "timelimit", ["Axis Surrender"] = "surrender_axis", ["Allies Surrender"] = "surrender_allies",
  ["Axis team eliminated."] = "eliminated", ["Allied team eliminated."] = "eliminated",
  ["Nextmap vote passed"] = "aborted",
}

-- The exit line without its newline, or nil when this print is none, or only repeats one.
function endings.exit_line(text)
  if text:sub(1, #EXIT) ~= EXIT then return nil end
  local line = text:gsub("[\r\n]+$", "")
  if line:sub(-#ALREADY) == ALREADY then return nil end
  return line
end

-- The text behind `Exit: `.
function endings.exit_text(line)
  return line:sub(#EXIT + 1)
end

-- exit_kind of a round with an exit line. limit: exact milliseconds, nil without a limit.
function endings.kind(line, elapsed_ms, limit, winner, defender)
  local text = endings.exit_text(line)
  if text == "Wolf EndRound." then
    local at_limit = limit ~= nil and elapsed_ms ~= nil and elapsed_ms >= limit
    if at_limit and winner ~= nil and winner == defender then return "timelimit" end
    return "objective"
  end
  return KINDS[text] or "unknown"
end

-- Why a round was torn down without an exit line. restart: 1 map restart, 0 map change or quit.
function endings.abort_reason(restart, gamestate, side_is_empty)
  if restart == 1 then
    if gamestate == 0 then return "map_restart" end
    return side_is_empty and "empty_team" or "back_to_warmup"
  end
  if gamestate == -1 then return "map_change" end
  return "server_quit"
end

local TOLERANCE_MS = 100

-- The engine's own check: when the attackers won, the next limit is their time. A text when the two disagree.
function endings.inconsistency(elapsed_ms, next_limit, winner, defender)
  if not (elapsed_ms and next_limit and winner and defender) or winner == defender then return nil end
  local difference = next_limit - elapsed_ms
  if math.abs(difference) <= TOLERANCE_MS then return nil end
  return ("next limit %.0f ms, elapsed %.0f ms"):format(next_limit, elapsed_ms)
end

return endings
