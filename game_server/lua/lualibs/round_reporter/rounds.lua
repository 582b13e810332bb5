-- The life of a round: live, ended by the engine, or torn down. Each round is told exactly once.

local clock = require("round_reporter.clock")
local endings = require("round_reporter.endings")
local engine_rules = require("round_reporter.engine")
local fingerprint = require("round_reporter.fingerprint")
local memory = require("round_reporter.memory")
local outcome_of = require("round_reporter.outcome")
local prints = require("round_reporter.prints")
local warmup = require("round_reporter.warmup")

local rounds = {}

local INTERMISSION = 3
local FALSE_EXIT_MS = 500 -- after an exit line of its own the engine is in intermission a frame or two later

-- app: {et, engine, console, settings, state, save_state, people, lives, teller, boot_id, guard, now_unix, now_ms,
-- pause_requester, server_key_at_load}.
function rounds.new(app)
  local self = { round = nil, ended = false, dirty = false }
  local engine, console, state = app.engine, app.console, app.state
  local read_print = prints.reader(engine, app.now_unix)
  local outcome = outcome_of.new(app)

  function self.save_now()
    self.round._save_now = nil
    app.save_state()
  end

  -- The engine counts from 0. Anything but its two values is no round number.
  local function round_number()
    local raw = engine.number("g_currentRound")
    return (raw == 0 and 1) or (raw == 1 and 2) or nil
  end

  local function new_round(level_time)
    local map, number, limit_raw = engine.cvar("mapname") or "", round_number(), engine.cvar("timelimit")
    local limit_ms, now_unix = engine_rules.minutes_to_ms(limit_raw), app.now_unix()
    return {
      boot_id = app.boot_id, map = map, number = number, live_unix = now_unix, start_ms = app.now_ms(),
      start_unix = memory.issue_start(state, map, number, now_unix), limit_raw = limit_raw, limit_ms = limit_ms, defender = engine.defender(),
      game_type = engine.number("g_gametype"), config = engine.cvar("g_customConfig"),
      mod_version = engine.cvar("mod_version"), server_key = engine.cvar("sv_serverid") or "",
      clock = clock.start(level_time, engine.level_start()), pauses = {}, votes = {}, people = {}, score_lines = {},
    }
  end

  local function fingerprint_of(round, end_unix)
    local ok, known = app.guard("the fingerprint", fingerprint.of_round, app.settings.server_id, round.map, round.number,
      round.start_unix, end_unix)
    return ok and known or nil
  end

  local function begin(round)
    round.fingerprint = fingerprint_of(round)
    round.attempt = memory.begin_attempt(state, round.map, round.number)
    round.warmup = warmup.take(state, app.now_ms())
    if round.number == 2 then
      round.r1, round.r1_missing_reason = memory.r1_for(app.et, state, round.map, engine.cvar("g_nextTimeLimit"))
    else
      memory.drop_r1(app.et, state)
    end
    memory.drop_exit(app.folder)
    self.round, state.round = round, round
    console.info(("Round started map=%s round=%s attempt=%.0f"):format(round.map, tostring(round.number),
      round.attempt))
  end

  -- First frame of play in a VM that saw et_InitGame.
  function self.go_live(level_time)
    begin(new_round(level_time))
    app.people.adopt(self.round, app.lives.on_spawn)
    app.save_state()
  end

  -- First frame after `lua_restart`: the same level goes on, only this module began again. gamestate nil: there was no
  -- frame, the level is ending already, so its round may have been flipped.
  function self.resume(level_time, gamestate)
    local round = state.round
    local same = round and round.boot_id == app.boot_id and round.map == engine.cvar("mapname")
      and round.server_key == app.server_key_at_load
      and (round.exit_line or gamestate == nil or gamestate == INTERMISSION
        or round.number == round_number())
    if same then
      self.round = round
      app.people.adopt(round, app.lives.on_spawn)
      return
    end
    if round then self.recover() end
    if gamestate ~= 0 then return end
    round = new_round(level_time)
    round.start_unix, round.start_ms = nil, nil
    round.start_unknown_reason = "reporter_loaded_in_play"
    begin(round)
    clock.tick(round, level_time, engine.level_start(), false, app.now_unix())
    app.people.adopt(round, app.lives.on_spawn)
    app.save_state()
  end

  function self.on_print(text)
    local round = self.round
    if not round then return end
    local had_exit = round.exit_line
    if read_print(round, text) then self.dirty = true end
    if round.exit_line and not had_exit then memory.keep_exit(app.folder, round) end
  end

  -- ----- endings ----------------------------------------------------------------------------------------------

  local function remember(round, ending)
    memory.keep_ending(app.et, round, ending)
    if ending.exit_kind == "aborted" then
      if ending.reason == "back_to_warmup" or ending.reason == "empty_team" or ending.reason == "map_change" then
        memory.drop_r1(app.et, state)
      end
      return
    end
    memory.end_attempts(state)
    if round.number == 1 then
      memory.keep_r1(app.et, state, {
        map = round.map, start_unix = round.start_unix, fingerprint = ending.fingerprint,
        elapsed_ms = ending.elapsed_ms, limit_ms = round.limit_ms, winner = ending.winner, defender = ending.defender,
        exit_kind = ending.exit_kind, next_limit_raw = ending.next_limit_raw,
      })
    else
      memory.drop_r1(app.et, state)
    end
  end

  -- From here on this round can never be told again, whatever fails below.
  local function conclude(round, ending, in_engine)
    self.round, state.round, self.ended = nil, nil, true
    ending.fingerprint = round.fingerprint or fingerprint_of(round, ending.end_unix)
    app.guard("remembering the end", remember, round, ending)
    app.guard("closing the roster", app.people.close, round, in_engine)
    console.info(("Round ended map=%s round=%s kind=%s reason=%s elapsed_ms=%.0f"):format(round.map,
      tostring(round.number), ending.exit_kind, ending.reason or "", ending.elapsed_ms))
    console.info(("timelimit=%s type=%s"):format(tostring(round.limit_raw), type(round.limit_raw)))
    app.teller.publish(round, ending)
  end

  -- A round that an earlier VM left as live: the server died, or this module was away at its end.
  function self.recover()
    local round = state.round
    if not round then return end
    local same_process = round.boot_id == app.boot_id
    if same_process and memory.is_told(app.et, round) then
      state.round = nil
      return
    end
    if not round.exit_line then memory.restore_exit(app.folder, round) end
    local ending = {
      end_unix = round.exit_unix or state.saved_unix, elapsed_ms = math.max(0, round.clock.elapsed),
      defender = round.defender,
    }
    local kept = same_process and memory.kept_ending(app.et, round)
    if kept then -- it was concluded, but no file could be written
      ending = kept
      ending.defender, ending.next_limit_ms = round.defender, (engine_rules.minutes_to_ms(kept.next_limit_raw))
    elseif round.exit_line then
      outcome.as_finished(round, ending)
    else
      outcome.as_aborted(ending, same_process and "reporter_unloaded" or "server_died")
    end
    conclude(round, ending, false)
    self.ended = false
  end

  -- ----- frames and teardown --------------------------------------------------------------------------------------

  local function tick(round, level_time)
    if clock.tick(round, level_time, engine.level_start(), engine.is_paused(), app.now_unix(),
        app.pause_requester()) then
      self.dirty = true
    end
  end

  -- Another module may print such a line: play that goes on tells it from the engine's.
  local function check_exit_line(round)
    round.end_elapsed = round.end_elapsed or round.clock.elapsed
    if round.clock.elapsed - round.end_elapsed <= FALSE_EXIT_MS then return end
    console.error("play goes on, not an exit line of the engine: " .. round.exit_line)
    round.exit_line, round.exit_unix, round.winner, round.end_elapsed, round.score_lines = nil, nil, nil, nil, {}
    memory.drop_exit(app.folder)
    app.save_state()
  end

  -- Whether the frame to come tells the round.
  function self.is_ending(gamestate)
    return self.round ~= nil and gamestate == INTERMISSION
  end

  function self.frame(level_time, gamestate)
    local round = self.round
    app.guard("the round's clock", tick, round, level_time)
    app.guard("spawns", app.lives.settle_spawns, round)
    if round.exit_line then check_exit_line(round) end
    if gamestate == INTERMISSION then
      conclude(round, outcome.as_finished(round, outcome.now(round)), true)
    elseif round._save_now then
      self.save_now()
    end
  end

  -- et_ShutdownGame while a round is live.
  function self.teardown(restart, gamestate)
    local round = self.round
    local ending = outcome.now(round)
    console.info("Shutdown fallback: the level ends before an intermission was seen")
    if round.exit_line then
      outcome.as_finished(round, ending)
    else
      outcome.as_aborted(ending, endings.abort_reason(restart, gamestate, app.people.side_is_empty()))
    end
    conclude(round, ending, true)
  end

  return self
end

return rounds
