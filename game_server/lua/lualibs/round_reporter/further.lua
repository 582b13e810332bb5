-- Further numbers the engine has of a player: experience by skill, levels, medals, hit regions, rank, rating. They begin
-- anew with each round or are no sums, so there is no baseline. What this build cannot read is absent.

local json = require("round_reporter.json")

local further = {}

local DIGITS = json.DIGITS

local LISTS = {
  { key = "xp_by_skill", field = "sess.skillpoints", count = 7 }, { key = "skill_levels", field = "sess.skill", count = 7 },
  { key = "medals", field = "sess.medals", count = 7 },
  { key = "hit_regions", field = "pers.playerStats.hitRegions", count = 4 },
}
local SINGLE = {
  { key = "rank", field = "sess.rank" }, { key = "start_xp", field = "sess.startxptotal" },
  { key = "rating_mu", field = "sess.mu" }, { key = "rating_sigma", field = "sess.sigma" },
}

for i = 1, #LISTS do LISTS[i].text = '"' .. LISTS[i].key .. '":[' end
for i = 1, #SINGLE do SINGLE[i].text = '"' .. SINGLE[i].key .. '":' end

-- Fields to ask for once per VM: plain ones, arrays.
function further.fields()
  local plain, arrays = {}, {}
  for i = 1, #SINGLE do plain[i] = SINGLE[i].field end
  for i = 1, #LISTS do arrays[i] = LISTS[i].field end
  return plain, arrays
end

-- Unguarded, as the counters are read.
local function read_into(parts, engine, slot)
  local get, unreadable = engine.et.gentity_get, engine.unreadable
  for i = 1, #LISTS do
    local list = LISTS[i]
    if not unreadable[list.field] then
      local numbers = {}
      for place = 1, list.count do
        local value = get(slot, list.field, place - 1)
        numbers[place] = DIGITS[value] or json.number(value)
      end
      parts[#parts + 1] = list.text .. table.concat(numbers, ",") .. "]"
    end
  end
  for i = 1, #SINGLE do
    local single = SINGLE[i]
    if not unreadable[single.field] then parts[#parts + 1] = single.text .. json.number(get(slot, single.field)) end
  end
end

-- They as a JSON object; nil when none can be read.
function further.read(engine, slot)
  local parts = {}
  pcall(read_into, parts, engine, slot)
  return #parts > 0 and "{" .. table.concat(parts, ",") .. "}" or nil
end

return further
