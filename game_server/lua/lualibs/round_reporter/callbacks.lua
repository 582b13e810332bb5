-- What each of the engine's callbacks does. Called under a guard; only the console command has an answer.

local commands = require("round_reporter.commands")
local endings = require("round_reporter.endings")
local memory = require("round_reporter.memory")
local warmup = require("round_reporter.warmup")

local callbacks_of = {}

local HEARTBEAT_MS, SWEEP_MS, SECOND_MS = 30000, 60000, 1000
local PAUSE_COMMAND_LIVES_MS = 2000

-- app: as made by app.lua. Returns functions named like the callbacks.
function callbacks_of.new(app)
  local et, engine, console, people, lives = app.et, app.engine, app.console, app.people, app.lives
  local is_active = app.is_active
  local callbacks = {}
  local had_init, gamestate = false, nil
  local pause_by, pause_asked_ms
  local run_command = commands.new(app)

  -- After `lua_restart` anything may happen before the first frame of this VM, the level's end too: the round that was
  -- being played goes on with it. No new one is begun.
  local function take_up_the_round()
    if had_init or app.rounds.round then return end
    app.rounds.resume(0, nil)
    if app.rounds.round then had_init = true end
  end

  -- The round being played when this copy is at work, else nil.
  local function live_round()
    if not is_active() then return nil end
    take_up_the_round()
    return app.rounds.round
  end

  -- ----- frames -----------------------------------------------------------------------------------------------

  function app.pause_requester()
    if pause_by and app.now_ms() - pause_asked_ms <= PAUSE_COMMAND_LIVES_MS then return pause_by end
    return nil
  end

  local function begin_or_resume(level_time)
    if not had_init then
      had_init = true
      app.rounds.resume(level_time, gamestate)
    elseif gamestate == 0 and not app.rounds.ended then
      app.rounds.go_live(level_time)
    elseif gamestate == 1 or gamestate == 2 then
      if warmup.frame(app.state, gamestate, people.connected_count > 0, app.now_unix(), app.now_ms()) then
        app.rounds.dirty = true
      end
    end
  end

  -- Files that the frame of the round's end will write are made here.
  local function prepare_end()
    app.teller.expect(app.rounds.round)
    if app.is_save_prepared then return end
    memory.prepare_save(app.folder)
    app.is_save_prepared = true
  end

  local function every_second(now)
    app.second_ms = now
    if app.rounds.round then app.guard("preparing the end", prepare_end) end
    if #app.spool.unsaved > 0 then app.spool.retry_unsaved() end
    if app.sender.waiting_count > 0 then app.sender.watch(app.now_unix()) end
    if app.rounds.dirty or now - app.saved_ms >= HEARTBEAT_MS or now < app.saved_ms then app.save_state() end
    if now - app.swept_ms >= SWEEP_MS or now < app.swept_ms then
      app.swept_ms = now
      app.sender.sweep(app.state.spooled_total or 0)
    end
  end

  -- No frame has more to do than the one in which a round ends: what it leaves is collected from the next one on, and it
  -- starts no process when one waits.
  local function make_haste(is_end)
    if is_end == app.sender.in_haste then return end
    app.sender.in_haste = is_end
    collectgarbage(is_end and "stop" or "restart")
  end

  function callbacks.et_RunFrame(level_time)
    if not is_active() then return end
    local began = os.clock()
    local now_gamestate = engine.number("gamestate")
    if now_gamestate ~= gamestate then
      console.info(("Gamestate transition %s -> %s"):format(tostring(gamestate), tostring(now_gamestate)))
      gamestate = now_gamestate
    end
    app.for_tools.write_next()
    if not app.rounds.round then begin_or_resume(level_time) end
    local is_end, now = app.rounds.is_ending(gamestate), app.now_ms()
    make_haste(is_end)
    if app.rounds.round then app.rounds.frame(level_time, gamestate) end
    if not is_end and (now - app.second_ms >= SECOND_MS or now < app.second_ms) then every_second(now) end
    local took = os.clock() - began
    if took > app.slowest_seconds then app.slowest_seconds = took end
    app.sender.start()
  end

  -- Most prints come while nothing is played, some before et_InitGame: none but an exit line takes a round up.
  function callbacks.et_Print(text)
    if had_init or not endings.exit_line(text) then
      if app.started and not app.passive and app.rounds.round then app.rounds.on_print(text) end
    elseif live_round() then
      app.rounds.on_print(text)
    end
  end

  -- ----- levels -----------------------------------------------------------------------------------------------

  function callbacks.et_InitGame(_, _, restart)
    had_init = true
    if not is_active() then return end
    app.rounds.recover()
    app.for_tools.write_all()
    if restart == 0 then
      memory.drop_r1(et, app.state)
      memory.end_attempts(app.state)
      app.state.warmup, app.rounds.dirty = nil, true
    end
  end

  function callbacks.et_ShutdownGame(restart)
    if not is_active() then return end
    take_up_the_round()
    if app.rounds.round then app.guard("the end by shutdown", app.rounds.teardown, restart, engine.number("gamestate")) end
    app.for_tools.write_all()
    app.teller.give_up_unsaved()
    app.teller.keep_counts()
  end

  -- Alone on `lua_restart`: the round goes on, the next VM takes it up from the state file.
  function callbacks.et_Quit()
    if not app.started or app.passive then return end
    app.for_tools.write_all()
    app.release_ownership()
    app.teller.give_up_unsaved()
    if app.rounds.round or app.rounds.dirty then app.teller.keep_counts() end
  end

  -- ----- players ----------------------------------------------------------------------------------------------

  function callbacks.et_ClientConnect(slot, _, is_bot)
    if is_active() then people.on_connect(slot, is_bot) end
  end

  function callbacks.et_ClientBegin(slot)
    local round = live_round()
    if not round then return end
    people.on_begin(round, slot)
    app.rounds.dirty = true
    if round._save_now then app.rounds.save_now() end
  end

  function callbacks.et_ClientDisconnect(slot)
    if not is_active() then return end
    local round = live_round()
    people.on_disconnect(round, slot)
    if round then app.rounds.dirty = true end
  end

  function callbacks.et_ClientUserinfoChanged(slot)
    local round = live_round()
    if not round then return end
    if people.on_userinfo(round, slot) then app.rounds.dirty = true end
    if round._save_now then app.rounds.save_now() end
  end

  function callbacks.et_ClientSpawn(slot, revived, team_change)
    if live_round() then lives.on_spawn(slot, revived, team_change) end
  end

  function callbacks.et_Obituary(target, attacker, means_of_death)
    local round = live_round()
    if round then lives.on_obituary(round, target, attacker, means_of_death) end
  end

  function callbacks.et_Revive(_, reviver)
    if live_round() then lives.on_revive(reviver) end
  end

  -- ----- commands ---------------------------------------------------------------------------------------------

  local function pause_asked(by)
    pause_by, pause_asked_ms = by, app.now_ms()
  end

  function callbacks.et_ClientCommand(slot, command)
    if not live_round() then return end
    local word = command:lower()
    if word == "pause" or word == "timeout" or (word == "ref" and et.trap_Argv(1):lower() == "pause") then
      pause_asked((engine.identity(slot)))
    end
  end

  -- 1 when the command was ours.
  function callbacks.et_ConsoleCommand(command)
    if not is_active() then return nil end
    local word = command:lower()
    if word == "ref" and et.trap_Argv(1):lower() == "pause" then pause_asked("console") end
    if word ~= "round_reporter" then return nil end
    run_command(et.trap_Argv(1):lower())
    return 1
  end

  return callbacks
end

return callbacks_of
