-- The players of a report, as JSON text. A whole report is composed in one frame, and its players are the bulk of it: they go
-- straight into its list of texts, for every table and every text between would be made and thrown away.

local counters = require("round_reporter.counters")
local json = require("round_reporter.json")

local player = {}

local concat, floor = table.concat, math.floor
local COUNTERS, DIGITS = counters.NAMES, json.DIGITS

local function number(value)
  return DIGITS[value] or json.number(value)
end

local function joined(items, describe)
  local parts = {}
  for i = 1, #items do parts[i] = describe(items[i]) end
  return "[" .. concat(parts, ",") .. "]"
end

local function span(item)
  return '{"side":' .. number(item.side) .. ',"from_elapsed_ms":' .. number(item.from)
    .. (item.to and ',"to_elapsed_ms":' .. number(item.to) or "") .. "}"
end

local function death_causes(causes)
  if next(causes) == nil then return "[]" end
  local names = {}
  for name in pairs(causes) do names[#names + 1] = name end
  table.sort(names)
  return joined(names, function(name)
    local by, means = name:match("^(%a+):(.*)$")
    return '{"by":"' .. by .. '","means_of_death":' .. number(tonumber(means)) .. ',"count":' .. number(causes[name]) .. "}"
  end)
end

-- Counters and weapons are nothing but whole numbers.
local FIRST_KEYS, NEXT_KEYS = {}, {}
for i = 1, #COUNTERS do FIRST_KEYS[i], NEXT_KEYS[i] = '{"' .. COUNTERS[i] .. '":', ',"' .. COUNTERS[i] .. '":' end

local function write_values(out, at, values)
  local keys = FIRST_KEYS
  for i = 1, #COUNTERS do
    local value = values[COUNTERS[i]]
    if value then
      out[at + 1], out[at + 2] = keys[i], DIGITS[value] or value
      keys, at = NEXT_KEYS, at + 2
    end
  end
  out[at + 1] = keys == FIRST_KEYS and "{}" or "}"
  return at + 1
end

local function uses(before, weapon, behind)
  local shots, hits, kills, deaths, headshots = weapon[1], weapon[2], weapon[3], weapon[4], weapon[5]
  return before .. (DIGITS[shots] or shots) .. ',"hits":' .. (DIGITS[hits] or hits) .. ',"kills":'
    .. (DIGITS[kills] or kills) .. ',"deaths":' .. (DIGITS[deaths] or deaths) .. ',"headshots":'
    .. (DIGITS[headshots] or headshots) .. behind
end

-- Of a baseline: its values as JSON, and what stands behind each weapon. Kept with it: `tell_ahead` is called when it is
-- taken, so that at the round's end there is half as much to put into texts.
local function texts_of(baseline)
  local known = baseline.texts
  if known then return known end
  local values, weapons = {}, {}
  local count = write_values(values, 0, baseline.values)
  for index, weapon in pairs(baseline.weapons) do weapons[index] = uses(',"baseline":{"shots":', weapon, "}}") end
  baseline.texts = { values = concat(values, "", 1, count), weapons = weapons }
  return baseline.texts
end

player.tell_ahead = texts_of

local FIRST_WEAPON, NEXT_WEAPON = {}, {}
for index = 0, counters.WEAPON_COUNT - 1 do
  NEXT_WEAPON[index] = ',{"index":' .. index .. ',"shots":'
  FIRST_WEAPON[index] = ',"weapons":[' .. NEXT_WEAPON[index]:sub(2)
end

local function write_weapons(out, at, raw, behind)
  local begun = FIRST_WEAPON
  for index = 0, counters.WEAPON_COUNT - 1 do
    local weapon = raw[index]
    if weapon then
      out[at + 1], out[at + 2] = uses(begun[index], weapon, ""), behind[index] or "}"
      begun, at = NEXT_WEAPON, at + 2
    end
  end
  out[at + 1] = begun == NEXT_WEAPON and "]" or ',"weapons":[]'
  return at + 1
end

-- What is read from the engine at the end; nothing when it could not be read.
local function write_measured(out, at, person)
  local raw = person._raw
  if raw then
    local baseline = texts_of(person._settled)
    out[at + 1] = ',"counters":{"raw":'
    at = write_values(out, at + 1, raw.values)
    out[at + 1], out[at + 2] = ',"baseline":', baseline.values
    out[at + 3] = ',"counter_reset":' .. tostring(person.counter_reset == true) .. "}"
    at = write_weapons(out, at + 3, raw.weapons, baseline.weapons)
  end
  if person.further then
    out[at + 1], out[at + 2] = ',"engine":', person.further
    at = at + 2
  end
  return at
end

local function told(person)
  local has_died = person.deaths > 0
  return "{" .. json.text("guid", person.guid) .. "," .. json.text("name", person.name)
    .. ',"slot":' .. number(person.slot) .. ',"is_bot":' .. tostring(person.is_bot == true)
    .. (person.class and ',"class":' .. number(person.class) or "") .. ',"side":' .. number(person.side)
    .. ',"sides":' .. joined(person.spans, span) .. ',"joined_ms":' .. number(person.joined_ms)
    .. ',"left_ms":' .. number(person.left_ms) .. ',"stays":' .. number(person.stays)
    .. ',"spawns":' .. number(person.spawns) .. ',"deaths":' .. number(person.deaths)
    .. ',"death_causes":' .. death_causes(person.causes) .. ',"revives_given":' .. number(person.revives_given)
    .. ',"times_revived":' .. number(person.times_revived) .. ',"alive_ms":' .. number(person.alive_ms)
    .. ',"dead_ms":' .. number(person.dead_ms)
    .. ',"avg_dead_ms":' .. (has_died and number(floor(person.dead_ms / person.deaths + 0.5)) or "null")
    .. ',"max_dead_ms":' .. (has_died and number(person.max_dead_ms) or "null")
    .. ',"dead_at_end":' .. tostring(person.dead_at_end == true)
    .. ',"first_spawn_ms":' .. number(person.first_spawn_ms)
end

-- people: those of a concluded round. Made for json.encode. What could not be read is absent.
function player.list(people)
  return json.raw(function(out, at)
    local mark = "["
    for i = 1, #people do
      out[at + 1], out[at + 2] = mark, told(people[i])
      at = write_measured(out, at + 2, people[i])
      out[at + 1] = "}"
      mark, at = ",", json.gather(out, at + 1)
    end
    out[at + 1] = mark == "[" and "[]" or "]"
    return at + 1
  end)
end

return player
