-- What the engine's prints tell about the round: its exit line, the score lines after it, surrender votes.

local endings = require("round_reporter.endings")
local votes = require("round_reporter.votes")

local prints = {}

local function without_newline(text)
  return (text:gsub("[\r\n]+$", ""))
end

-- Returns function(round, text) -> true when the round learnt something the state file should know.
function prints.reader(engine, now_unix)
  local function exit_line(round, text)
    local line = not round.exit_line and endings.exit_line(text)
    if not line then return false end
    round.exit_line, round.exit_unix = line, now_unix()
    round.winner, round.defender = engine.winner(), engine.defender() or round.defender
    return true
  end

  local function score_line(round, text)
    local is_score = text:sub(1, 7) == "score: " or text:find("^axis:%-?%d+  allies:%-?%d+%s*$")
    if round.exit_line and is_score then round.score_lines[#round.score_lines + 1] = without_newline(text) end
    return false
  end

  local function vote_called(round, text)
    return votes.called(round, text, engine.identity)
  end

  -- Decided by the first byte: most prints are none of ours.
  local readers = {
    [("E"):byte()] = exit_line, [("s"):byte()] = score_line, [("a"):byte()] = score_line,
    [("c"):byte()] = vote_called, [("V"):byte()] = votes.decided,
  }

  return function(round, text)
    local reader = readers[text:byte(1)]
    return reader ~= nil and reader(round, text)
  end
end

return prints
