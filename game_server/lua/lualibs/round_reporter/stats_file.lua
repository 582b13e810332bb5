-- The stats file: a finished round as older statistics tools read it, a header of nine fields and a line per player.
-- Counters of a second round stand there cumulated over both rounds, because its reader subtracts the first round's
-- file. The form has no word for unknown: a side or a number that nobody told is 0. The report names the file, so that
-- a reader of both believes the report.

local counters = require("round_reporter.counters")
local lives = require("round_reporter.lives")

local stats_file = {}

local concat, floor, max, min = table.concat, math.floor, math.max, math.min

local LONGEST_NAME, LONGEST_MAP, GUID_LENGTH = 35, 50, 8
local WEAPONS = 28
local TANK_FROM_DAMAGE, TANK_ABOVE, HEALTH = 1000, 3, 130
local DEAD_RATIO_ABOVE_MS = 120000

-- Never counted here, places 11 to 19: sprees, assists, steals, headshot kills, objectives, dynamites.
local NOT_COUNTED_11_TO_19 = ("0\t"):rep(8) .. "0"
-- And 28 to 37: useful kills, denied playtime, multikills, useless kills, full self-kills, repairs.
local NOT_COUNTED_28_TO_37 = ("0\t"):rep(9) .. "0"

local CANNOT_STAND = { ["\0"] = " ", ["\r"] = " ", ["\n"] = " " }

-- Without what would end a part or a line early and has no escape.
local function clean(text)
  return (text:gsub("%c", CANNOT_STAND):gsub("\\", "/"))
end

local function whole(number)
  return ("%.0f"):format(number or 0)
end

local function tenths(number)
  return ("%.1f"):format(number)
end

-- "M:SS", the seconds cut; "0:00" for unknown.
local function minutes_and_seconds(milliseconds)
  local seconds = floor((milliseconds or 0) / 1000)
  return ("%.0f:%02.0f"):format(floor(seconds / 60), seconds % 60)
end

local function header(round, ending, host)
  return concat({
    clean(host), clean(round.map), clean(round.config or ""), whole(round.number), whole(ending.defender),
    whole(ending.winner), minutes_and_seconds(round.limit_ms), minutes_and_seconds(ending.next_limit_ms),
    whole(ending.elapsed_ms),
  }, "\\")
end

-- The mask and the groups as text, and the sums over all weapons.
local function weapons_part(weapons)
  local mask, parts, shots, kills, deaths = 0, {}, 0, 0, 0
  for index = 0, WEAPONS - 1 do
    local w = weapons[index]
    if w then
      mask = mask + 2 ^ index
      parts[#parts + 1] = ("%.0f %.0f %.0f %.0f %.0f "):format(w[2], w[1], w[3], w[4], w[5])
      shots, kills, deaths = shots + w[1], kills + w[3], deaths + w[4]
    end
  end
  return whole(mask) .. " " .. concat(parts), shots, kills, deaths
end

local function tank(damage_received, deaths)
  if deaths == 0 or damage_received <= TANK_FROM_DAMAGE then return 0 end
  local per_death = damage_received / deaths / HEALTH
  return per_death > TANK_ABOVE and per_death or 0
end

-- The only number here that the engine itself begins anew with each round.
local function xp_of(person)
  local now = person._raw.values.xp
  return now and now - (person._settled.values.xp or 0)
end

-- total: cumulated; number: the round's.
local function line(person, total, number)
  local v = total.values
  local weapons, shots, kills, deaths = weapons_part(total.weapons)
  local time = (v.time_axis or 0) + (v.time_allies or 0)
  local alive = time > 0 and max(0, min(100, 100 * (v.time_played or 0) / time)) or 0
  local dead = time > DEAD_RATIO_ABOVE_MS and 100 * person.dead_ms / time or 0
  local section = concat({
    clean(person.guid:sub(1, GUID_LENGTH):upper()), clean(person.name:sub(1, LONGEST_NAME)), whole(number - 1),
    whole(person.side), weapons,
  }, "\\")
  return concat({
    section, whole(v.damage_given), whole(v.damage_received), whole(v.team_damage_given),
    whole(v.team_damage_received), whole(v.gibs), whole(v.self_kills), whole(v.team_kills), whole(v.team_gibs),
    tenths(alive), whole(xp_of(person)), NOT_COUNTED_11_TO_19, whole(person.times_revived), whole(shots), "0.0",
    tenths(time / 60000), tenths(tank(v.damage_received or 0, deaths)), tenths(dead), tenths(person.dead_ms / 60000),
    tenths(deaths > 0 and kills / deaths or kills + 1), NOT_COUNTED_28_TO_37, whole(person.revives_given),
  }, "\t")
end

-- Whether the form can tell this round: finished, with a number and a map, and the counters of all who took part are
-- known. A file without one of them would say that he was not there.
function stats_file.can_tell(round, ending)
  if ending.exit_kind == "aborted" or (round.number ~= 1 and round.number ~= 2) or round.map == "" then return false end
  local has_line = false
  for _, person in ipairs(round.people) do
    if lives.took_part(person) then
      if not person._raw then return false end
      if next(person._raw.weapons) ~= nil then has_line = true end
    end
  end
  return has_line
end

-- The file's name: the end in this host's local time, as its readers expect, and the map in safe characters.
function stats_file.name(round, ending)
  return ("%s-%s-round-%.0f.txt"):format(os.date("%Y-%m-%d-%H%M%S", ending.end_unix),
    (round.map:gsub("[^%w_-]", "_"):sub(1, LONGEST_MAP)), round.number)
end

-- first_round: nil, then the engine's own sums have to do.
local function total_of(person, first_round)
  if not first_round then return person._raw end
  local share = counters.difference(person._raw, person._settled)
  for _, entry in ipairs(first_round.people) do
    local same = entry.guid == person.guid and entry.is_bot == person.is_bot
    if same and ((person.guid ~= "" and not person.is_bot) or entry.name == person.name) then
      return counters.sum(counters.unpack(entry.total), share)
    end
  end
  return share
end

-- round: one `can_tell` agrees to; host: the server's name; first_round: what this gave for R1 of the same match, or
-- nil (then a second round's numbers are the engine's, in which a reconnect or a restart has left out some of R1);
-- rest: called after each line. The file's text, and what the second round needs to know of a first one.
function stats_file.compose(round, ending, host, first_round, rest)
  local lines, told = { header(round, ending, host) }, {}
  for _, person in ipairs(round.people) do
    if lives.took_part(person) then
      local total = total_of(person, first_round)
      if next(total.weapons) ~= nil then
        lines[#lines + 1] = line(person, total, round.number)
        if round.number == 1 then
          told[#told + 1] = { guid = person.guid, name = person.name, is_bot = person.is_bot,
            total = counters.pack(total) }
        end
        rest()
      end
    end
  end
  return concat(lines, "\n") .. "\n", { map = round.map, start_unix = round.start_unix, people = told }
end

return stats_file
