-- Puts the modules together for one VM: folder, settings, state, and who may speak when two copies are loaded.

local console_of = require("round_reporter.console")
local counters = require("round_reporter.counters")
local engine_of = require("round_reporter.engine")
local for_tools_of = require("round_reporter.for_tools")
local further = require("round_reporter.further")
local lives_of = require("round_reporter.lives")
local memory = require("round_reporter.memory")
local people_of = require("round_reporter.people")
local rounds_of = require("round_reporter.rounds")
local sender_of = require("round_reporter.sender")
local settings_of = require("round_reporter.settings")
local spool_of = require("round_reporter.spool")
local store = require("round_reporter.store")
local teller_of = require("round_reporter.teller")

local app_of = {}

local VERSION = "1.0.0"
local BOOT_CVAR, OWNER_CVAR = "round_reporter_boot", "round_reporter_owner"
local RETRY_MS = 1000

-- et: the engine's table. Nothing but one cvar is read, and nothing written, before the first callback that needs it.
function app_of.new(et)
  local app = { et = et, version = VERSION, started = false, passive = false }
  local console = console_of.new(et)
  local engine = engine_of.new(et)
  app.console, app.engine = console, engine
  app.people = people_of.new(engine)
  app.lives = lives_of.new(engine, app.people)
  app.slowest_seconds = 0
  app.server_key_at_load = engine.cvar("sv_serverid") or "" -- in et_ShutdownGame it is the next level's already

  -- A step that may fail alone: true and its results, or false. The error is printed once per place and counted.
  function app.guard(place, step, ...)
    local ok, first, second = pcall(step, ...)
    if not ok then pcall(console.internal_error, place, first) end
    return ok, first, second
  end

  function app.now_unix() return os.time() end
  function app.now_ms() return et.trap_Milliseconds() end

  function app.save_state()
    app.state.saved_unix, app.saved_ms, app.rounds.dirty = app.now_unix(), app.now_ms(), false
    app.is_save_prepared = false
    local ok, reason = memory.save(app.folder, app.state)
    if not ok then console.error_once("state", "state file not writable: " .. tostring(reason)) end
    return ok
  end

  -- Port, the game's folder under the home path, and where the settings may be.
  local function places()
    local port = engine.cvar("net_port") or "27960"
    local home, game = engine.cvar("fs_homepath") or ".", engine.cvar("fs_game") or "legacy"
    if home:sub(1, 1) ~= "/" and os.getenv("PWD") then home = os.getenv("PWD") .. "/" .. home end
    local base = (engine.cvar("fs_basepath") or home) .. "/" .. game
    home = home .. "/" .. game
    local files = { home .. "/round_reporter-" .. port .. ".cfg", home .. "/round_reporter.cfg" }
    if base ~= home then files[3] = base .. "/round_reporter.cfg" end
    return port:gsub("[^%w_-]", "_"), home, files
  end

  -- Two copies in lua_modules: the second one notices the first by the level both live in.
  local function is_first_copy()
    local level = engine.cvar("sv_serverid") or ""
    local mine = tostring(et.FindSelf and et.FindSelf() or 0) .. " " .. level
    local owner = engine.cvar(OWNER_CVAR)
    if owner and owner ~= mine and owner:match(" (.*)$") == level then return false end
    et.trap_Cvar_Set(OWNER_CVAR, mine)
    return true
  end

  function app.release_ownership()
    et.trap_Cvar_Set(OWNER_CVAR, "")
  end

  -- One value per server process; whether it is new tells a start of the server from a change of level.
  local function take_boot_id()
    local boot = engine.cvar(BOOT_CVAR)
    if boot then return boot, false end
    boot = ("b%.0f-%.0f"):format(app.now_unix(), app.now_ms())
    et.trap_Cvar_Set(BOOT_CVAR, boot)
    return boot, true
  end

  function app.make_folders()
    local paths = { app.folder .. "/tmp", app.folder .. "/targets" }
    for _, name in ipairs(app.settings.target_names) do
      paths[#paths + 1] = app.folder .. "/spool/" .. name
      paths[#paths + 1] = app.folder .. "/refused/" .. name
    end
    if app.settings.gametime_file then paths[#paths + 1] = app.gametime_folder end
    if app.settings.stats_file then paths[#paths + 1] = app.stats_folder end
    store.make_folders(paths)
  end

  local function say_problems()
    for _, problem in ipairs(app.settings.problems) do console.error(problem) end
    if #app.settings.problems > 0 then
      console.error(("reports are kept in the spool until the settings are right: %s"):format(app.settings.path or "no file"))
    end
  end

  local function start()
    local port, home, files = places()
    app.settings = settings_of.load(files)
    console.set_level(app.settings.log_level)
    app.instance = app.settings.instance or port
    app.folder = home .. "/round_reporter/" .. app.instance
    app.gametime_folder = app.settings.gametime_dir or app.folder .. "/gametimes"
    app.stats_folder = app.settings.stats_dir or app.folder .. "/gamestats"
    local is_new_boot
    app.boot_id, is_new_boot = take_boot_id()
    app.make_folders()
    local is_broken
    app.state, is_broken = memory.load(app.folder)
    if is_broken then console.error("state file not understood, begun anew: " .. app.folder .. "/state") end
    app.sender = sender_of.new(app.folder, app.settings, console, app.now_unix)
    app.rounds = rounds_of.new(app)
    app.spool = spool_of.new(app)
    app.for_tools = for_tools_of.new(app)
    app.teller = teller_of.new(app)
    engine.probe(counters.fields())
    engine.probe(further.fields())
    app.saved_ms, app.swept_ms, app.second_ms = app.now_ms(), app.now_ms(), app.now_ms()
    app.started = true
    say_problems()
    app.guard("preparing the sender", app.sender.prepare)
    app.guard("taking over the spool", app.spool.take_over)
    app.guard("taking over the counts", app.teller.take_over)
    app.guard("handshake", app.teller.greet, is_new_boot)
    app.guard("sweeping the spool", app.sender.sweep, app.state.spooled_total or 0)
  end

  local retry_at_ms
  -- Whether this copy is at work. Starts it at the first call; a start that failed is tried again a second later.
  function app.is_active()
    if app.started then return not app.passive end
    if retry_at_ms and app.now_ms() < retry_at_ms then return false end
    retry_at_ms = app.now_ms() + RETRY_MS
    if not is_first_copy() then
      app.started, app.passive = true, true
      console.error("loaded twice in lua_modules: this copy stays passive")
      return false
    end
    if et.RegisterModname then et.RegisterModname("round_reporter " .. VERSION) end
    return (app.guard("starting", start)) and app.started
  end

  return app
end

return app_of
