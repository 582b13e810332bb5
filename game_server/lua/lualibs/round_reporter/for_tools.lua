-- The files for other tools: which ones a round gets, and their writing after the report is on its way. One after
-- another, and a long one in steps of a frame each, so that no frame pays for it.

local gametime = require("round_reporter.gametime")
local stats_file = require("round_reporter.stats_file")
local store = require("round_reporter.store")

local for_tools = {}

local FIRST_ROUND = "r1-stats"

-- app: as for the teller, plus {gametime_folder, stats_folder, folder}.
function for_tools.new(app)
  local self = {}
  local settings, engine = app.settings, app.engine
  local unwritten = {}

  -- Whole or not at all.
  local function write(what, folder, name, text)
    local path = folder .. "/" .. name
    local written, reason = store.replace(path, text, path .. ".tmp")
    if written then return app.console.info(what .. " file written " .. name) end
    app.console.error_once(what, what:lower() .. " file not written: " .. tostring(reason))
  end

  local function write_gametime(round, ending, name)
    write("Gametime", app.gametime_folder, name, gametime.compose(round, ending, {
      ip = engine.cvar("net_ip") or "", port = engine.cvar("net_port") or "", version = app.version,
    }))
  end

  local function first_round_of(round)
    local text = round.r1 and round.r1.start_unix and store.read(app.folder .. "/" .. FIRST_ROUND)
    local known = text and store.decode_state(text)
    if known and known.map == round.map and known.start_unix == round.r1.start_unix then return known end
    return nil
  end

  local function write_stats(round, ending, name)
    local host, rest = engine.cvar("sv_hostname") or "", coroutine.yield
    local text, told = stats_file.compose(round, ending, host, first_round_of(round), rest)
    if round.number == 1 then
      store.replace(app.folder .. "/" .. FIRST_ROUND, store.encode_state(told), app.folder .. "/tmp/" .. FIRST_ROUND)
      rest()
    end
    write("Stats", app.stats_folder, name, text)
  end

  -- Names of the files this round gets; from now on they wait to be written.
  function self.announce(round, ending)
    local names = {}
    local function add(place, step, name)
      names[#names + 1] = name
      local thread = coroutine.create(function() step(round, ending, name) end)
      unwritten[#unwritten + 1] = { place = place, thread = thread }
    end
    if settings.gametime_file then add("writing the gametime file", write_gametime, gametime.name(round, ending)) end
    if settings.stats_file and stats_file.can_tell(round, ending) then
      add("writing the stats file", write_stats, stats_file.name(round, ending))
    end
    return names
  end

  local function resume(thread)
    local ok, reason = coroutine.resume(thread)
    if not ok then error(reason, 0) end
  end

  -- The next step of them. Called in each frame: false when there is nothing to do.
  function self.write_next()
    local file = unwritten[1]
    if not file then return false end
    app.guard(file.place, resume, file.thread)
    if coroutine.status(file.thread) == "dead" then table.remove(unwritten, 1) end
    return true
  end

  -- All of them, before the VM goes.
  function self.write_all()
    while self.write_next() do end
  end

  return self
end

return for_tools
