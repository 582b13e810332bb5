-- Further numbers the engine has of a player: experience by skill, levels, medals, hit regions, rank, rating. They begin
-- anew with each round or are no sums, so there is no baseline. What this build cannot read is absent.

local json = require("round_reporter.json")

local further = {}

local concat, DIGITS = table.concat, json.DIGITS

local LISTS = {
  { key = "xp_by_skill", field = "sess.skillpoints", count = 7 }, { key = "skill_levels", field = "sess.skill", count = 7 },
  { key = "medals", field = "sess.medals", count = 7 },
  { key = "hit_regions", field = "pers.playerStats.hitRegions", count = 4 },
}
local SINGLE = {
  { key = "rank", field = "sess.rank" }, { key = "start_xp", field = "sess.startxptotal" },
  { key = "rating_mu", field = "sess.mu" }, { key = "rating_sigma", field = "sess.sigma" },
}

for _, item in ipairs(LISTS) do item.first, item.behind = '{"' .. item.key .. '":[', ',"' .. item.key .. '":[' end
for _, item in ipairs(SINGLE) do item.first, item.behind = '{"' .. item.key .. '":', ',"' .. item.key .. '":' end

-- Fields to ask for once per VM: plain ones, arrays.
function further.fields()
  local plain, arrays = {}, {}
  for i = 1, #SINGLE do plain[i] = SINGLE[i].field end
  for i = 1, #LISTS do arrays[i] = LISTS[i].field end
  return plain, arrays
end

local function key_of(item, at)
  return at == 0 and item.first or item.behind
end

-- Unguarded, as the counters are read. What is whole so far ends at texts.whole.
local function read_into(texts, engine, slot)
  local get, unreadable, at = engine.et.gentity_get, engine.unreadable, 0
  for i = 1, #LISTS do
    local list = LISTS[i]
    if not unreadable[list.field] then
      local mark = key_of(list, at)
      for place = 0, list.count - 1 do
        local value = get(slot, list.field, place)
        texts[at + 1], texts[at + 2] = mark, DIGITS[value] or json.number(value)
        mark, at = ",", at + 2
      end
      at = at + 1
      texts[at], texts.whole = "]", at
    end
  end
  for i = 1, #SINGLE do
    local single = SINGLE[i]
    if not unreadable[single.field] then
      texts[at + 1], texts[at + 2] = key_of(single, at), json.number(get(slot, single.field))
      at = at + 2
      texts.whole = at
    end
  end
end

local texts = {} -- one for all: it would grow anew for each player

-- They as a JSON object; nil when none can be read.
function further.read(engine, slot)
  texts.whole = 0
  pcall(read_into, texts, engine, slot)
  return texts.whole > 0 and concat(texts, "", 1, texts.whole) .. "}" or nil
end

return further
