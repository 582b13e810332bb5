-- The engine's `et` table of the stand-in, in plain Lua tables. Called with the world that Python keeps in step:
-- {cvars, strings, slots, known, arrays, clock, argv, userinfo, max_clients, level, vm}, and two functions that tell
-- Python what the script did. Behaves as measured on a real server: cvars are cut to 255 characters, an unknown field
-- and a slot beyond sv_maxclients raise, arrays are indexed from 0.
local world, cvar_was_set, printed = ...

local et = {
  CS_WARMUP = 5, CS_LEVEL_START_TIME = 11, CS_INTERMISSION = 12, CS_MULTI_INFO = 13, CS_MULTI_MAPWINNER = 14,
  CS_SERVERTOGGLES = 32, CS_INTERMISSION_START_TIME = 36,
  GS_INITIALIZE = -1, GS_PLAYING = 0, GS_WARMUP_COUNTDOWN = 1, GS_WARMUP = 2, GS_INTERMISSION = 3, GS_RESET = 5,
}

function et.trap_Cvar_Get(name) return world.cvars[name] or "" end

function et.trap_Cvar_Set(name, value)
  value = string.sub(tostring(value), 1, 255)
  world.cvars[name] = value
  cvar_was_set(name, value)
end

function et.trap_GetConfigstring(number) return world.strings[number] or "" end

function et.Info_ValueForKey(info, key)
  for k, v in string.gmatch(info, "\\([^\\]*)\\([^\\]*)") do
    if k == key then return v end
  end
  return ""
end

function et.trap_GetUserinfo(slot) return world.userinfo[slot] or "" end
function et.trap_Milliseconds() return world.clock.ms end
function et.trap_Argv(n) return world.argv[n] or "" end

function et.ConcatArgs(first)
  local words, n = {}, first
  while world.argv[n] do
    words[#words + 1], n = world.argv[n], n + 1
  end
  return table.concat(words, " ")
end

function et.G_Print(text) printed(text) end
function et.G_LogPrint(text)
  printed(text)
  if et_Print then et_Print(text) end
end
function et.RegisterModname(name) world.modname = name end
function et.FindSelf()
  if world.loading then return nil end
  return world.vm
end

function et.gentity_get(slot, field, index)
  if slot < 0 or slot >= world.max_clients then error("gentity index out of range: " .. tostring(slot)) end
  if not world.known[field] then error("unknown field: " .. tostring(field)) end
  local entity = world.slots[slot]
  if field == "sess.aWeaponStats" then
    local weapon = entity and entity.weapons and entity.weapons[index]
    if not weapon then return { 0, 0, 0, 0, 0 } end
    return { weapon[1], weapon[2], weapon[3], weapon[4], weapon[5] }
  end
  local value = entity and entity[field]
  if world.arrays[field] then return value and value[index] or 0 end
  if value == nil then return field == "pers.netname" and "" or 0 end
  return value
end

os.time = function() return world.clock.unix end
if world.clock.still then os.clock = function() return world.clock.ms / 1000 end end

return et
