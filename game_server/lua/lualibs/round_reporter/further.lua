-- Further numbers the engine has of a player: experience by skill, levels, medals, hit regions, rank, rating. They begin
-- anew with each round or are no sums, so there is no baseline. What this build cannot read is absent.

local json = require("round_reporter.json")

local further = {}

local LISTS = {
  { key = "xp_by_skill", field = "sess.skillpoints", count = 7 }, { key = "skill_levels", field = "sess.skill", count = 7 },
  { key = "medals", field = "sess.medals", count = 7 },
  { key = "hit_regions", field = "pers.playerStats.hitRegions", count = 4 },
}
local SINGLE = {
  { key = "rank", field = "sess.rank" }, { key = "start_xp", field = "sess.startxptotal" },
  { key = "rating_mu", field = "sess.mu" }, { key = "rating_sigma", field = "sess.sigma" },
}

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
    local list, numbers = LISTS[i], {}
    if not unreadable[list.field] then
      for place = 1, list.count do numbers[place] = json.number(get(slot, list.field, place - 1)) end
      parts[#parts + 1] = '"' .. list.key .. '":[' .. table.concat(numbers, ",") .. "]"
    end
  end
  for i = 1, #SINGLE do
    local field = SINGLE[i].field
    if not unreadable[field] then parts[#parts + 1] = '"' .. SINGLE[i].key .. '":' .. json.number(get(slot, field)) end
  end
end

-- They as a JSON object; nil when none can be read.
function further.read(engine, slot)
  local parts = {}
  pcall(read_into, parts, engine, slot)
  return #parts > 0 and "{" .. table.concat(parts, ",") .. "}" or nil
end

return further
