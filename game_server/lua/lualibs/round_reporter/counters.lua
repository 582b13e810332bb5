-- The engine's counters of a player: raw values, the baseline of this round, and what a reset does to it.
-- They run on over both rounds of a map, so a round's share is raw minus baseline. What cannot be read is absent.

local counters = {}

local concat, gmatch, floor = table.concat, string.gmatch, math.floor
local LARGEST = 1e14 -- up to here every Lua writes a whole number as digits

counters.NAMES = {
  "kills", "deaths", "gibs", "self_kills", "team_kills", "team_gibs", "damage_given", "damage_received",
  "team_damage_given", "team_damage_received", "time_axis", "time_allies", "time_played", "xp",
}
local NAMES = counters.NAMES

local FIELDS = {} -- of the names at the same places; xp is the score of this round, an element of an array
for i = 1, #NAMES do FIELDS[i] = NAMES[i] ~= "xp" and "sess." .. NAMES[i] or nil end
local SCORE_ARRAY, WEAPON_ARRAY = "ps.persistant", "sess.aWeaponStats"

-- Only these prove that the engine began again; a clock alone may step back.
local PROOF_OF_RESET = { "kills", "deaths", "gibs", "damage_given", "damage_received" }

counters.WEAPON_COUNT = 28
local WEAPON_COUNT = counters.WEAPON_COUNT
counters.WEAPON_NAMES = { "shots", "hits", "kills", "deaths", "headshots" }
local WEAPON_NAMES = counters.WEAPON_NAMES

-- Fields to ask for once per VM: plain ones, arrays.
function counters.fields()
  local plain = {}
  for i = 1, #NAMES do plain[#plain + 1] = FIELDS[i] end
  return plain, { SCORE_ARRAY, WEAPON_ARRAY }
end

-- A whole number the engine can mean (an integer where Lua has them), or nil: nan and the like are as good as unreadable.
local function whole_number(value)
  if type(value) ~= "number" or value <= -LARGEST or value >= LARGEST then return nil end
  local whole = floor(value)
  return whole == value and whole or nil
end

-- The same for the numbers that are common, without a call: thousands are read in the frame of a round's end.
local COMMON = {}
for number = 0, 2047 do COMMON[number] = number end

-- In our order; the engine's is shots, deaths, head hits, hits, kills. nil when it never did anything. The engine makes
-- its table for each call, so ours takes its place.
local function weapon_of(stats)
  local shots, deaths, headshots, hits, kills = stats[1], stats[2], stats[3], stats[4], stats[5]
  shots, deaths = COMMON[shots] or whole_number(shots) or 0, COMMON[deaths] or whole_number(deaths) or 0
  headshots, hits = COMMON[headshots] or whole_number(headshots) or 0, COMMON[hits] or whole_number(hits) or 0
  kills = COMMON[kills] or whole_number(kills) or 0
  if shots == 0 and hits == 0 and kills == 0 and deaths == 0 and headshots == 0 then return nil end
  stats[1], stats[2], stats[3], stats[4], stats[5] = shots, hits, kills, deaths, headshots
  return stats
end

-- Unguarded: hundreds of guards would be half the cost.
local function read_into(values, weapons, engine, slot)
  local get, unreadable = engine.et.gentity_get, engine.unreadable
  for i = 1, #NAMES do
    local field = FIELDS[i]
    if field and not unreadable[field] then values[NAMES[i]] = whole_number(get(slot, field)) end
  end
  if not unreadable[SCORE_ARRAY] then values.xp = whole_number(get(slot, SCORE_ARRAY, 0)) end
  if unreadable[WEAPON_ARRAY] then return end
  for index = 0, WEAPON_COUNT - 1 do weapons[index] = weapon_of(get(slot, WEAPON_ARRAY, index)) end
end

-- Empty tables with room for all: one that grows is copied again and again.
local load_text = loadstring or load
local with_room_for_values = load_text("return { " .. concat(NAMES, " = nil, ") .. " = nil }")
local with_room_for_weapons = load_text("return { [0] = nil" .. (", nil"):rep(WEAPON_COUNT - 1) .. " }")

-- {values = {name = number}, weapons = {[index] = {shots, hits, kills, deaths, headshots}}} of a slot, now. A weapon
-- that never did anything is left out. What raises is absent, and what would come after it.
function counters.read(engine, slot)
  local values, weapons = with_room_for_values(), with_room_for_weapons()
  pcall(read_into, values, weapons, engine, slot)
  return { values = values, weapons = weapons }
end

local function copy(record)
  local values, weapons = {}, {}
  for name, value in pairs(record.values) do values[name] = value end
  for index, weapon in pairs(record.weapons) do
    weapons[index] = { weapon[1], weapon[2], weapon[3], weapon[4], weapon[5] }
  end
  return { values = values, weapons = weapons }
end

local function without_share_of_before(baseline)
  local empty = { values = {}, weapons = {} }
  for name in pairs(baseline.values) do empty.values[name] = 0 end
  return empty
end

local UNUSED = { 0, 0, 0, 0, 0 }

local function is_below(now, before)
  return now[1] < before[1] or now[2] < before[2] or now[3] < before[3] or now[4] < before[4] or now[5] < before[5]
end

-- The baseline that really holds for these raw values, and whether a counter fell below it.
function counters.settle(raw, baseline)
  for i = 1, #PROOF_OF_RESET do
    local name = PROOF_OF_RESET[i]
    local now, before = raw.values[name], baseline.values[name]
    if now and before and now < before then return without_share_of_before(baseline), true end
  end
  for index, before in pairs(baseline.weapons) do
    if is_below(raw.weapons[index] or UNUSED, before) then return without_share_of_before(baseline), true end
  end
  local settled = baseline
  for name, before in pairs(baseline.values) do
    local now = raw.values[name]
    if now and now < before then
      if settled == baseline then settled = copy(baseline) end
      settled.values[name] = 0
    end
  end
  return settled, settled ~= baseline
end

-- The sum of two records: the stays of one player in one round.
function counters.sum(first, second)
  local total = copy(first)
  for name, value in pairs(second.values) do total.values[name] = (total.values[name] or 0) + value end
  for index, weapon in pairs(second.weapons) do
    local mine = total.weapons[index]
    if mine then
      for place = 1, #WEAPON_NAMES do mine[place] = mine[place] + weapon[place] end
    else
      total.weapons[index] = { weapon[1], weapon[2], weapon[3], weapon[4], weapon[5] }
    end
  end
  return total
end

-- What a round added: raw values without their true baseline. Weapons that did nothing in it are left out.
function counters.difference(raw, settled)
  local share = { values = {}, weapons = {} }
  for name, value in pairs(raw.values) do share.values[name] = value - (settled.values[name] or 0) end
  for index, now in pairs(raw.weapons) do
    local before, weapon, used = settled.weapons[index], {}, false
    for place = 1, #WEAPON_NAMES do
      weapon[place] = now[place] - (before and before[place] or 0)
      if weapon[place] ~= 0 then used = true end
    end
    if used then share.weapons[index] = weapon end
  end
  return share
end

-- A record as one short text for the state file, and back.
function counters.pack(record)
  local parts = {}
  for i = 1, #NAMES do
    local value = record.values[NAMES[i]]
    if value then parts[#parts + 1] = NAMES[i] .. "=" .. ("%.0f"):format(value) end
  end
  for index = 0, WEAPON_COUNT - 1 do
    local weapon = record.weapons[index]
    if weapon then parts[#parts + 1] = index .. "=" .. concat(weapon, "/") end
  end
  return concat(parts, " ")
end

function counters.unpack(text)
  local values, weapons = {}, {}
  for name, value in gmatch(text, "([%w_]+)=([^ ]+)") do
    local index = tonumber(name)
    if index then
      local weapon = {}
      for number in gmatch(value, "[^/]+") do weapon[#weapon + 1] = tonumber(number) or 0 end
      weapons[index] = weapon
    else
      values[name] = tonumber(value)
    end
  end
  return { values = values, weapons = weapons }
end

return counters
