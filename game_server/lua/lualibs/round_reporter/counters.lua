-- The engine's counters of a player: raw values, the baseline of this round, and what a reset does to it.
-- They run on over both rounds of a map, so a round's share is raw minus baseline. What cannot be read is absent.

local counters = {}

local concat, gmatch, floor = table.concat, string.gmatch, math.floor
local LARGEST = 2 ^ 53

counters.NAMES = {
  "kills", "deaths", "gibs", "self_kills", "team_kills", "team_gibs", "damage_given", "damage_received",
  "team_damage_given", "team_damage_received", "time_axis", "time_allies", "time_played", "xp",
}
local NAMES = counters.NAMES

local FIELDS = {}
for i = 1, #NAMES do FIELDS[NAMES[i]] = "sess." .. NAMES[i] end
FIELDS.xp = nil -- the score of this round, an element of an array

-- Only these prove that the engine began again; a clock alone may step back.
local PROOF_OF_RESET = { "kills", "deaths", "gibs", "damage_given", "damage_received" }

local WEAPON_COUNT = 28
counters.WEAPON_NAMES = { "shots", "hits", "kills", "deaths", "headshots" }
local WEAPON_NAMES = counters.WEAPON_NAMES
local ENGINE_PLACE = { 1, 4, 5, 2, 3 } -- where the engine has them

-- Fields to ask for once per VM: plain ones, arrays.
function counters.fields()
  local plain = {}
  for i = 1, #NAMES do plain[#plain + 1] = FIELDS[NAMES[i]] end
  return plain, { "ps.persistant", "sess.aWeaponStats" }
end

-- A whole number the engine can mean; nan and the like are as good as unreadable.
local function is_count(value)
  return type(value) == "number" and value == floor(value) and value > -LARGEST and value < LARGEST
end

-- {values = {name = number}, weapons = {[index] = {shots, hits, kills, deaths, headshots}}} of a slot, now. A weapon
-- that never did anything is left out.
function counters.read(engine, slot)
  local values, weapons = {}, {}
  for i = 1, #NAMES do
    local name = NAMES[i]
    local value
    if FIELDS[name] then value = engine.field(slot, FIELDS[name]) else value = engine.field(slot, "ps.persistant", 0) end
    if is_count(value) then values[name] = value end
  end
  for index = 0, WEAPON_COUNT - 1 do
    local stats = engine.field(slot, "sess.aWeaponStats", index)
    if type(stats) ~= "table" then break end
    local weapon, used = {}, false
    for place = 1, #WEAPON_NAMES do
      local value = stats[ENGINE_PLACE[place]]
      if not is_count(value) then value = 0 end
      weapon[place] = value
      if value ~= 0 then used = true end
    end
    if used then weapons[index] = weapon end
  end
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

-- The baseline that really holds for these raw values, and whether a counter fell below it.
function counters.settle(raw, baseline)
  for i = 1, #PROOF_OF_RESET do
    local name = PROOF_OF_RESET[i]
    local now, before = raw.values[name], baseline.values[name]
    if now and before and now < before then return without_share_of_before(baseline), true end
  end
  for index, before in pairs(baseline.weapons) do
    local now = raw.weapons[index]
    for place = 1, #WEAPON_NAMES do
      if before[place] > (now and now[place] or 0) then return without_share_of_before(baseline), true end
    end
  end
  local settled, fell = copy(baseline), false
  for name, before in pairs(baseline.values) do
    local now = raw.values[name]
    if now and now < before then settled.values[name], fell = 0, true end
  end
  return settled, fell
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
