-- Tells a concluded round: report composed, kept in the spool, sent; the files for other tools asked for.
-- Every step is guarded by itself, so that one that fails costs no other step and no later round.

local json = require("round_reporter.json")
local memory = require("round_reporter.memory")
local report = require("round_reporter.report")
local votes = require("round_reporter.votes")

local teller = {}

local LOST_CVAR = "round_reporter_lost" -- a cvar, as it counts what no file would take

-- app: as for rounds, plus {spool, sender, for_tools, instance, version, slowest_seconds}.
function teller.new(app)
  local self = {}
  local state, settings = app.state, app.settings

  local function lua_kind()
    local jit_version = rawget(_G, "jit") and rawget(_G, "jit").version
    return jit_version or _VERSION
  end

  local function lost_reports()
    return tonumber(app.et.trap_Cvar_Get(LOST_CVAR)) or 0
  end

  function self.add_lost(count)
    app.et.trap_Cvar_Set(LOST_CVAR, ("%.0f"):format(lost_reports() + count))
  end

  local function health()
    local files, bytes = app.spool.fill()
    local counted = app.sender.counted() or {}
    local age
    if counted.files and counted.files > 0 and (counted.oldest or 0) > 0 then
      age = math.max(0, app.now_unix() - counted.oldest)
    end
    return {
      spool_files = files, spool_bytes = bytes, spool_oldest_age_seconds = age, refused_files = counted.refused or 0,
      overflowed = state.counts.overflowed or 0, lost = lost_reports(), empty_rounds = state.counts.empty_rounds or 0,
      internal_errors = (state.counts.internal_errors or 0) + app.console.error_count,
      slowest_frame_ms = math.floor(app.slowest_seconds * 1e6 + 0.5) / 1000, config_warnings = settings.problems,
      fallbacks = app.sender.fallbacks,
    }
  end

  local function counts_are_told()
    state.counts = {}
    app.console.error_count = 0
    app.slowest_seconds = 0
    if lost_reports() > 0 then app.et.trap_Cvar_Set(LOST_CVAR, "") end
  end

  local function identity_of(round, ending)
    state.sequence = (state.sequence or 0) + 1
    local finished = ending.exit_kind ~= "aborted"
    local start = round.start_unix or ending.end_unix or 0
    local name = ("%010.0f-R%.0f-%s-%.0f"):format(start, round.number or 0, finished and "finished" or "aborted",
      state.sequence)
    return {
      event_id = ("%s-%s"):format(name, round.boot_id):sub(1, 64), server_id = settings.server_id,
      instance = app.instance, sequence = state.sequence, sender_version = app.version, lua_kind = lua_kind(),
    }, name .. ".json"
  end

  -- The handshake: who we are and how we are; no delivery.
  function self.say_hello()
    local files, bytes = app.spool.fill()
    app.sender.hello(json.encode(json.object("server_id", json.or_null(settings.server_id), "instance", app.instance,
      "boot_id", app.boot_id, "sender_version", app.version, "lua_kind", lua_kind(),
      "config_problems", settings.problems, "spool", json.object("files", files, "bytes", bytes))))
  end

  -- Before this VM goes: what it counted waits for the next report.
  function self.keep_error_count()
    state.counts.internal_errors = (state.counts.internal_errors or 0) + app.console.error_count
    app.console.error_count = 0
  end

  local function composed(round, ending, identity)
    local facts_ok, facts = app.guard("reading the health", health)
    if not facts_ok then facts = { config_warnings = {}, fallbacks = {} } end
    local ok, body = app.guard("composing the report", report.compose, round, ending, identity, facts)
    if ok then return body end
    local core_ok, core = app.guard("composing the reduced report", report.compose_core, round, ending, identity,
      "the full report could not be composed")
    return core_ok and core or nil
  end

  -- round: concluded, its roster closed; ending: how it ended.
  function self.publish(round, ending)
    if not round.had_players and not settings.send_empty_rounds then
      state.counts.empty_rounds = (state.counts.empty_rounds or 0) + 1
      memory.mark_told(app.et, round)
      app.save_state()
      return
    end
    ending.surrender = votes.surrender(round, ending.exit_kind)
    local announced, files = app.guard("announcing the files", app.for_tools.announce, round, ending)
    ending.files = announced and files or {}
    local ok, identity, name = app.guard("numbering the report", identity_of, round, ending)
    local body = ok and composed(round, ending, identity)
    if body then
      app.guard("resetting the counts", counts_are_told)
      local guarded, kept = app.guard("keeping the report", app.spool.keep, name, body)
      if guarded and kept then memory.mark_told(app.et, round) end
    else
      state.counts.internal_errors = (state.counts.internal_errors or 0) + 1
      app.save_state()
    end
  end

  return self
end

return teller
