-- The gametime file: the same round in the form older tools read, one JSON file per round.
-- That form has no word for unknown: a side is "0", a missing time 0, an absent reason the exit kind. The report names
-- the file, so that a reader of both believes the report.

local clock = require("round_reporter.clock")
local json = require("round_reporter.json")
local lives = require("round_reporter.lives")

local gametime = {}

local object = json.object
local END_REASONS = {
  timelimit = "time_expired", objective = "objective", surrender_axis = "surrender", surrender_allies = "surrender",
}
local TITLE_COLOUR = 3447003

local function seconds(milliseconds)
  return math.floor((milliseconds or 0) / 1000 + 0.5)
end

local function digits(number)
  return ("%.0f"):format(number or 0)
end

local function plain(text)
  return (json.to_utf8(text or ""))
end

-- Minutes with at most three decimals, no trailing zeros.
local function limit_text(limit_raw)
  local text = ("%.3f"):format(tonumber(limit_raw) or 0):gsub("0+$", ""):gsub("%.$", "")
  return text .. " min"
end

local function roster(round, side)
  local list = {}
  for _, person in ipairs(round.people) do
    if person.present and person.side == side then
      list[#list + 1] = object("guid", plain(person.guid), "name", plain(person.name))
    end
  end
  return json.encode(list)
end

local function spawn_stats(round)
  local list = {}
  for _, person in ipairs(round.people) do
    if lives.took_part(person) then
      local average = person.deaths > 0 and person.dead_ms / person.deaths or 0
      list[#list + 1] = object("guid", plain(person.guid), "name", plain(person.name), "spawns", person.spawns,
        "deaths", person.deaths, "dead_seconds", seconds(person.dead_ms), "avg_respawn", seconds(average),
        "max_respawn", seconds(person.max_dead_ms))
    end
  end
  return list
end

local function spawn_summary(round)
  local players, spawns, deaths, dead, longest = 0, 0, 0, 0, 0
  for _, person in ipairs(round.people) do
    if lives.took_part(person) then
      players, spawns, deaths = players + 1, spawns + person.spawns, deaths + person.deaths
      dead, longest = dead + person.dead_ms, math.max(longest, person.max_dead_ms)
    end
  end
  return ("Players:%s | Spawns:%s | AvgRespawn:%ss | MaxRespawn:%ss"):format(digits(players), digits(spawns),
    digits(seconds(deaths > 0 and dead / deaths or 0)), digits(seconds(longest)))
end

local function pauses_of(round, ending)
  local list, total = {}, 0
  for i, pause in ipairs(clock.closed_pauses(round, ending.end_unix)) do
    local length = seconds(pause.length_ms)
    total = total + length
    list[i] = object("n", pause.number, "start", pause.start_unix, "end", pause.end_unix or 0, "sec", length)
  end
  return list, total
end

local function fields(round, ending, pauses, pause_seconds)
  local w, surrender = round.warmup or {}, ending.surrender or {}
  local values = {
    "Map", plain(round.map), "Round", digits(round.number), "Winner", digits(ending.winner),
    "Defender", digits(ending.defender), "Lua_Playtime", digits(math.floor((ending.elapsed_ms or 0) / 1000)) .. " sec",
    "Lua_Timelimit", limit_text(round.limit_raw), "Lua_Pauses", ("%s (%s sec)"):format(digits(#pauses),
      digits(pause_seconds)), "Lua_EndReason", END_REASONS[ending.exit_kind] or ending.exit_kind,
    "Lua_Warmup", digits(seconds(w.warmup_ms)) .. " sec", "Lua_WarmupStart", digits(w.start_unix or round.start_unix),
    "Lua_RoundStart", digits(round.start_unix), "Lua_RoundEnd", digits(ending.end_unix),
    "Lua_SurrenderTeam", digits(surrender.team), "Lua_SurrenderCaller", plain(surrender.caller_guid),
    "Lua_SurrenderCallerName", plain(surrender.caller_name), "Lua_AxisScore", ending.winner == 1 and "1" or "0",
    "Lua_AlliesScore", ending.winner == 2 and "1" or "0", "Axis_JSON", roster(round, 1), "Allies_JSON",
    roster(round, 2), "Lua_Pauses_JSON", json.encode(pauses), "Lua_SpawnSummary", spawn_summary(round),
  }
  local list = {}
  for i = 1, #values, 2 do
    local is_long = values[i]:find("_JSON$") ~= nil or values[i] == "Lua_SpawnSummary"
    list[#list + 1] = object("name", values[i], "value", values[i + 1], "inline", not is_long)
  end
  return list
end

-- The file's name: map and end, made of safe characters.
function gametime.name(round, ending)
  return ("gametime-%s-R%s-%s.json"):format((round.map:gsub("[^%w_-]", "_")), digits(round.number),
    digits(ending.end_unix))
end

-- round: concluded; ending: with its surrender; server: {ip, port, version}. The file's text.
function gametime.compose(round, ending, server)
  local pauses, pause_seconds = pauses_of(round, ending)
  local meta = object("map", plain(round.map), "round", round.number, "round_start_unix", round.start_unix or 0,
    "round_end_unix", ending.end_unix or 0, "actual_duration_seconds", math.floor((ending.elapsed_ms or 0) / 1000),
    "warmup_seconds", seconds(round.warmup and round.warmup.warmup_ms), "pause_seconds", pause_seconds,
    "pause_count", #pauses, "server_ip", server.ip, "server_port", server.port, "match_id", digits(ending.end_unix),
    "spawn_stats", spawn_stats(round))
  local embed = object("title", ("Round Complete: %s R%s"):format(plain(round.map), digits(round.number)),
    "description", "Playtime without pauses, warmup apart", "color", TITLE_COLOUR,
    "fields", fields(round, ending, pauses, pause_seconds),
    "footer", object("text", "round_reporter v" .. server.version))
  return json.encode(object("meta", meta, "payload", object("username", "ET:Legacy Stats", "content", "STATS_READY",
    "embeds", { embed })))
end

return gametime
