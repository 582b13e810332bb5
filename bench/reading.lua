-- The floor of the reporter's frames: a module that reads what the reporter reads, does nothing with it, and fills the one
-- file that nobody who loses nothing can do without, as long as a report is.

local et = et -- luacheck: ignore

local COUNTERS = {
  "sess.kills", "sess.deaths", "sess.gibs", "sess.self_kills", "sess.team_kills", "sess.team_gibs", "sess.damage_given",
  "sess.damage_received", "sess.team_damage_given", "sess.team_damage_received", "sess.time_axis", "sess.time_allies",
  "sess.time_played", "sess.sessionTeam", "sess.playerType",
}
local WEAPONS = 28
local INTERMISSION = 3
local AS_LONG_AS_A_REPORT = ("x"):rep(130000)

local told, path = false, nil

local function read_everybody()
  for slot = 0, tonumber(et.trap_Cvar_Get("sv_maxclients")) - 1 do
    if et.gentity_get(slot, "pers.connected") > 0 then
      for i = 1, #COUNTERS do et.gentity_get(slot, COUNTERS[i]) end
      et.gentity_get(slot, "ps.persistant", 0)
      for weapon = 0, WEAPONS - 1 do et.gentity_get(slot, "sess.aWeaponStats", weapon) end
    end
  end
end

local function fill()
  local file = io.open(path .. ".tmp", "r+b")
  file:write(AS_LONG_AS_A_REPORT)
  file:close()
  os.rename(path .. ".tmp", path)
end

function et_InitGame(level_time)
  told, path = false, et.trap_Cvar_Get("fs_homepath") .. "/floor-" .. level_time
  io.open(path .. ".tmp", "wb"):close()
end

function et_RunFrame()
  local gamestate = tonumber(et.trap_Cvar_Get("gamestate"))
  tonumber(et.trap_GetConfigstring(et.CS_LEVEL_START_TIME))
  et.trap_GetConfigstring(et.CS_SERVERTOGGLES)
  if gamestate == INTERMISSION and not told then
    told = true
    read_everybody()
    fill()
  end
end
