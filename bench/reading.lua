-- The floor of the reporter's frames: a module that reads what the reporter reads, does nothing with it, and starts the one
-- shell that nobody who sends from a frame can do without.

local et = et -- luacheck: ignore

local COUNTERS = {
  "sess.kills", "sess.deaths", "sess.gibs", "sess.self_kills", "sess.team_kills", "sess.team_gibs", "sess.damage_given",
  "sess.damage_received", "sess.team_damage_given", "sess.team_damage_received", "sess.time_axis", "sess.time_allies",
  "sess.time_played", "sess.sessionTeam", "sess.playerType",
}
local WEAPONS = 28
local INTERMISSION = 3

local told = false

local function read_everybody()
  for slot = 0, tonumber(et.trap_Cvar_Get("sv_maxclients")) - 1 do
    if et.gentity_get(slot, "pers.connected") > 0 then
      for i = 1, #COUNTERS do et.gentity_get(slot, COUNTERS[i]) end
      et.gentity_get(slot, "ps.persistant", 0)
      for weapon = 0, WEAPONS - 1 do et.gentity_get(slot, "sess.aWeaponStats", weapon) end
    end
  end
end

function et_InitGame() told = false end

function et_RunFrame()
  local gamestate = tonumber(et.trap_Cvar_Get("gamestate"))
  tonumber(et.trap_GetConfigstring(et.CS_LEVEL_START_TIME))
  et.trap_GetConfigstring(et.CS_SERVERTOGGLES)
  if gamestate == INTERMISSION and not told then
    told = true
    read_everybody()
    os.execute(": </dev/null >/dev/null 2>&1 &")
  end
end
