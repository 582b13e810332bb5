-- Tells a concluded round: report composed, kept in the spool, sent; the files for other tools asked for.
-- Every step is guarded by itself, so that one that fails costs no other step and no later round.

local json = require("round_reporter.json")
local memory = require("round_reporter.memory")
local report = require("round_reporter.report")
local votes = require("round_reporter.votes")

local teller = {}

local COUNTS = { "lost", "overflowed", "empty_rounds", "internal_errors" }
local COUNTS_CVAR = "round_reporter_counts" -- what no file would take

-- app: as for rounds, plus {spool, sender, for_tools, instance, version, slowest_seconds}.
function teller.new(app)
  local self = {}
  local state, settings = app.state, app.settings

  local function lua_kind()
    local jit_version = rawget(_G, "jit") and rawget(_G, "jit").version
    return jit_version or _VERSION
  end

  local function add(name, by)
    state.counts[name] = (state.counts[name] or 0) + by
  end

  -- What is counted from report to report: taken by the report that will tell it.
  local function take_counts()
    add("internal_errors", app.console.error_count)
    local taken = { counts = state.counts, slowest_seconds = app.slowest_seconds }
    state.counts, app.console.error_count, app.slowest_seconds = {}, 0, 0
    return taken
  end

  -- The report that took them does not tell them after all: the next one will.
  local function give_back(taken)
    for name, count in pairs(taken.counts) do add(name, count) end
    app.slowest_seconds = math.max(app.slowest_seconds, taken.slowest_seconds)
  end

  -- Before this VM goes: reports that no file would take are lost, what they would have told is not.
  function self.give_up_unsaved()
    local lost = app.spool.give_up_unsaved()
    for i = 1, #lost do
      if lost[i].told then give_back(lost[i].told) end
    end
    if #lost == 0 then return end
    add("lost", #lost)
    app.rounds.dirty = true
  end

  -- Before this VM goes: what it counted waits for the next report, in the state file or, beyond what that already
  -- says, in a cvar.
  function self.keep_counts()
    add("internal_errors", app.console.error_count)
    app.console.error_count = 0
    if app.save_state() then return end
    local saved, parts = memory.load(app.folder).counts, {}
    for i = 1, #COUNTS do
      parts[i] = ("%.0f"):format(math.max(0, (state.counts[COUNTS[i]] or 0) - (saved[COUNTS[i]] or 0)))
    end
    app.et.trap_Cvar_Set(COUNTS_CVAR, table.concat(parts, " "))
  end

  -- At load: what the VM before this one could only keep in a cvar.
  function self.take_over()
    local i = 0
    for count in (app.et.trap_Cvar_Get(COUNTS_CVAR) or ""):gmatch("%d+") do
      i = i + 1
      if COUNTS[i] then add(COUNTS[i], tonumber(count)) end
    end
    if i > 0 then app.et.trap_Cvar_Set(COUNTS_CVAR, "") end
  end

  local function health(taken)
    local files, bytes, counted = app.spool.fill()
    local age
    if counted.oldest then age = math.max(0, app.now_unix() - counted.oldest) end
    return {
      spool_files = files, spool_bytes = bytes, spool_oldest_age_seconds = age, refused_files = counted.refused or 0,
      overflowed = taken.counts.overflowed or 0, lost = taken.counts.lost or 0,
      empty_rounds = taken.counts.empty_rounds or 0, internal_errors = taken.counts.internal_errors,
      slowest_frame_ms = math.floor(taken.slowest_seconds * 1e6 + 0.5) / 1000, config_warnings = settings.problems,
      fallbacks = app.sender.fallbacks,
    }
  end

  local function name_of(start_unix, number, kind, sequence)
    return ("%010.0f-R%.0f-%s-%.0f"):format(start_unix, number or 0, kind, sequence)
  end

  -- Once a second in play: has the files ready that this round's report will most likely be.
  function self.expect(round)
    if round._is_expected or not round.had_players or not round.start_unix then return end
    round._is_expected = true
    app.spool.expect(name_of(round.start_unix, round.number, "finished", (state.sequence or 0) + 1) .. ".json")
  end

  local function identity_of(round, ending)
    state.sequence = (state.sequence or 0) + 1
    local name = name_of(round.start_unix or ending.end_unix or 0, round.number,
      ending.exit_kind ~= "aborted" and "finished" or "aborted", state.sequence)
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

  -- Once a boot, and when other problems than told before are in the settings: put right, they must not go on showing.
  function self.greet(is_new_boot)
    local problems = table.concat(settings.problems, "\n")
    if not is_new_boot and problems == (state.problems_told or "") then return end
    state.problems_told, app.rounds.dirty = problems, true
    self.say_hello()
  end

  -- The body and the counts in it; nil when nothing could be composed. The reduced report has no room for counts.
  local function composed(round, ending, identity)
    local taken = take_counts()
    local facts_ok, facts = app.guard("reading the health", health, taken)
    local ok, body = app.guard("composing the report", report.compose, round, ending, identity,
      facts_ok and facts or { config_warnings = {}, fallbacks = {} })
    if ok and facts_ok then return body, taken end
    give_back(taken)
    if ok then return body end
    local core_ok, core = app.guard("composing the reduced report", report.compose_core, round, ending, identity,
      "the full report could not be composed")
    return core_ok and core or nil
  end

  local function keep(round, name, body, taken)
    local guarded, is_concluded, is_told = app.guard("keeping the report", app.spool.keep, name, body, taken)
    if guarded and is_concluded then memory.mark_told(app.et, round) end
    if guarded and is_told then return end
    if taken then give_back(taken) end
    app.save_state()
  end

  -- round: concluded, its roster closed; ending: how it ended.
  function self.publish(round, ending)
    if not round.had_players and not settings.send_empty_rounds then
      add("empty_rounds", 1)
      memory.mark_told(app.et, round)
      app.save_state()
      return
    end
    ending.surrender = votes.surrender(round, ending.exit_kind)
    local announced, files = app.guard("announcing the files", app.for_tools.announce, round, ending)
    ending.files = announced and files or {}
    local ok, identity, name = app.guard("numbering the report", identity_of, round, ending)
    local body, taken
    if ok then body, taken = composed(round, ending, identity) end
    if body then
      keep(round, name, body, taken)
    else
      add("internal_errors", 1)
      app.save_state()
    end
  end

  return self
end

return teller
