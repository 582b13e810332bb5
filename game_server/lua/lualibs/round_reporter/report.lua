-- The report: one round as JSON, contract version 1. Unknown is null; what could not be read is absent.

local clock = require("round_reporter.clock")
local json = require("round_reporter.json")
local player = require("round_reporter.player")

local report = {}

local object, null, or_null = json.object, json.null, json.or_null

local function list_of(items, describe)
  local list = {}
  for i = 1, #items do list[i] = describe(items[i]) end
  return list
end

local function pause(item)
  return object("number", item.number, "start_unix", item.start_unix, "end_unix", or_null(item.end_unix),
    "start_elapsed_ms", item.start_elapsed_ms, "length_ms", item.length_ms, "requested_by", or_null(item.requested_by),
    "open_at_end", item.open_at_end)
end

local function vote(item)
  return object("elapsed_ms", item.elapsed_ms, "side", or_null(item.side), "caller_slot", item.caller_slot,
    "caller_guid", or_null(item.caller_guid), "caller_name", or_null(item.caller_name), "outcome", item.outcome,
    "yes", or_null(item.yes), "no", or_null(item.no))
end

local function surrender(ending)
  local given = ending.surrender
  if not given then return null end
  return object("team", given.team, "caller_guid", or_null(given.caller_guid),
    "caller_name", or_null(given.caller_name))
end

local function warmup(round)
  local w = round.warmup
  if not w then return null end
  return object("start_unix", w.start_unix, "warmup_ms", w.warmup_ms, "countdown_ms", or_null(w.countdown_ms))
end

local function first_round(round)
  local r1 = round.r1
  if not r1 then return null end
  return object("round_start_unix", or_null(r1.start_unix), "round_fingerprint", or_null(r1.fingerprint),
    "elapsed_ms", r1.elapsed_ms, "limit_ms", or_null(r1.limit_ms), "winner_team", or_null(r1.winner),
    "defender_team", or_null(r1.defender), "exit_kind", r1.exit_kind, "next_limit_raw", or_null(r1.next_limit_raw))
end

local function health(facts)
  return object("spool_files", facts.spool_files, "spool_bytes", facts.spool_bytes,
    "spool_oldest_age_seconds", or_null(facts.spool_oldest_age_seconds), "refused_files", facts.refused_files,
    "overflowed_reports", facts.overflowed, "lost_reports", facts.lost, "empty_rounds", facts.empty_rounds,
    "internal_errors", facts.internal_errors, "slowest_frame_ms", facts.slowest_frame_ms,
    "config_warnings", facts.config_warnings, "fallbacks", facts.fallbacks)
end

-- Identity and result: enough to know which round it was and how it ended, from plain values only.
local function core(round, ending, identity)
  return object(
    "schema_version", 1,
    "event_id", identity.event_id,
    "round_fingerprint", or_null(ending.fingerprint),
    "server_id", or_null(identity.server_id),
    "instance", identity.instance,
    "boot_id", round.boot_id,
    "sequence", identity.sequence,
    "sender_version", identity.sender_version,
    "lua_kind", identity.lua_kind,
    "map_name", round.map,
    "round_number", round.number,
    "round_number_raw", or_null(ending.round_number_raw),
    "attempt", round.attempt,
    "game_type", or_null(round.game_type),
    "config", or_null(round.config),
    "mod_version", or_null(round.mod_version),
    "round_start_unix", or_null(round.start_unix),
    "start_unknown_reason", round.start_unknown_reason,
    "round_end_unix", or_null(ending.end_unix),
    "clock_stepped", ending.clock_stepped == true,
    "elapsed_ms", or_null(ending.elapsed_ms),
    "limit_ms", or_null(round.limit_ms),
    "limit_raw", or_null(round.limit_raw),
    "limit_end_ms", or_null(ending.limit_end_ms),
    "limit_end_raw", or_null(ending.limit_end_raw),
    "next_limit_ms", or_null(ending.next_limit_ms),
    "next_limit_raw", or_null(ending.next_limit_raw),
    "winner_team", or_null(ending.winner),
    "defender_team", or_null(ending.defender),
    "exit_line", or_null(round.exit_line),
    "exit_kind", ending.exit_kind,
    "end_reason_raw", or_null(ending.reason))
end

-- The whole report, as pieces of one text. round: the closed round; ending: how it ended; identity: who sends; facts: health.
function report.compose(round, ending, identity, facts)
  return json.encode_in_pieces(json.extend(core(round, ending, identity),
    "inconsistent", ending.inconsistent_text ~= nil,
    "inconsistent_text", or_null(ending.inconsistent_text),
    "nextmap", or_null(ending.nextmap),
    "score_lines", round.score_lines,
    "warmup", warmup(round),
    "pauses", list_of(clock.closed_pauses(round, ending.end_unix), pause),
    "r1", first_round(round),
    "r1_missing_reason", or_null(round.r1_missing_reason),
    "surrender", surrender(ending),
    "surrender_votes", list_of(round.votes, vote),
    "players", player.list(round.people),
    "files", ending.files,
    "health", health(facts)))
end

-- When the whole one cannot be composed: which round it was and how it ended, and why there is no more.
function report.compose_core(round, ending, identity, reason)
  return { json.encode(json.extend(core(round, ending, identity), "reduced_because", reason)) }
end

return report
