-- How a round is told to have ended: the facts at its end, its kind, reason and winner.

local endings = require("round_reporter.endings")
local engine_rules = require("round_reporter.engine")

local outcome = {}

local CLOCK_STEP_SECONDS = 2

-- app: {engine, console, now_unix, now_ms}.
function outcome.new(app)
  local self = {}
  local engine, console = app.engine, app.console

  -- The end in unix seconds, and whether the clock of this host was set during the round.
  local function end_clock(round)
    local now, stepped = round.exit_unix or app.now_unix(), false
    if round.start_unix and round.start_ms then
      local by_engine = (app.now_ms() - round.start_ms) / 1000
      if by_engine >= 0 and math.abs(app.now_unix() - round.live_unix - by_engine) > CLOCK_STEP_SECONDS then
        stepped, now = true, round.start_unix + math.floor(by_engine)
        console.error_once("clock", "clock of this host stepped during the round, end counted from the start")
      end
      now = math.max(now, round.start_unix)
    end
    return now, stepped
  end

  -- What the engine shows at the end, whatever kind of end it is.
  function self.now(round)
    local end_unix, stepped = end_clock(round)
    local next_raw, end_raw = engine.cvar("g_nextTimeLimit"), engine.cvar("timelimit")
    local next_ms = engine_rules.minutes_to_ms(next_raw)
    local end_ms = engine_rules.minutes_to_ms(end_raw)
    return {
      end_unix = end_unix, clock_stepped = stepped, elapsed_ms = math.max(0, round.end_elapsed or round.clock.elapsed),
      round_number_raw = engine.number("g_currentRound"), next_limit_raw = next_raw, next_limit_ms = next_ms,
      limit_end_raw = end_raw, limit_end_ms = end_ms, nextmap = engine.cvar("nextmap"), defender = round.defender,
    }
  end

  -- Completes an ending by the engine's own word.
  function self.as_finished(round, ending)
    if round.exit_line then
      local _, limit = engine_rules.minutes_to_ms(round.limit_raw)
      ending.reason = endings.exit_text(round.exit_line)
      ending.exit_kind = endings.kind(round.exit_line, ending.elapsed_ms, limit, round.winner, round.defender)
    else
      ending.exit_kind, ending.reason = "unknown", "intermission_without_exit_line"
    end
    if ending.exit_kind ~= "aborted" and round.exit_line then ending.winner = round.winner end
    ending.inconsistent_text = endings.inconsistency(ending.elapsed_ms, ending.next_limit_ms, ending.winner,
      ending.defender)
    return ending
  end

  -- Completes an ending without one: nobody won, whatever the configstring says.
  function self.as_aborted(ending, reason)
    ending.exit_kind, ending.reason, ending.inconsistent_text = "aborted", reason, nil
    return ending
  end

  return self
end

return outcome
