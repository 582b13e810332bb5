-- What the reporter reads from the engine, and how its texts become facts. Unknown is nil, never 0.

local engine = {}

local floor, huge = math.floor, math.huge

-- A finite number, or nil ("", text, nan, inf).
local function finite(text)
  local number = tonumber(text)
  if number == nil or number ~= number or number == huge or number == -huge then return nil end
  return number
end

-- A cvar of decimal minutes as milliseconds: the nearest whole one, and the exact product. nil when there is no limit.
function engine.minutes_to_ms(text)
  local minutes = finite(text)
  if not minutes or minutes <= 0 or minutes > 1e6 then return nil, nil end
  return floor(minutes * 60000 + 0.5), minutes * 60000
end

-- The bit of this value (a power of two) is set in a whole number.
function engine.has_bit(number, value)
  return floor(number / value) % 2 == 1
end

local PAUSED, LIMBO, DEAD = 16, 16384, 3
local LONGEST_NAME = 64

function engine.new(et)
  local self = { et = et, unreadable = {} }
  local unreadable = self.unreadable

  -- Text of a cvar; nil when unset.
  function self.cvar(name)
    local text = et.trap_Cvar_Get(name)
    if text == nil or text == "" then return nil end
    return text
  end

  function self.number(name)
    return finite(et.trap_Cvar_Get(name))
  end

  -- A side out of an info configstring: there 0 is Axis, 1 Allies; here 1 and 2. nil for nobody and for an absent key.
  function self.side(configstring, key)
    local value = finite(et.Info_ValueForKey(et.trap_GetConfigstring(configstring) or "", key))
    if value == 0 then return 1 end
    if value == 1 then return 2 end
    return nil
  end

  function self.winner()
    return self.side(et.CS_MULTI_MAPWINNER or 14, "w")
  end

  function self.defender()
    return self.side(et.CS_MULTI_INFO or 13, "d")
  end

  function self.level_start()
    return finite(et.trap_GetConfigstring(et.CS_LEVEL_START_TIME or 11))
  end

  local toggles_text, toggles_paused
  function self.is_paused()
    local text = et.trap_GetConfigstring(et.CS_SERVERTOGGLES or 32)
    if text ~= toggles_text then
      local number = finite(text)
      toggles_text, toggles_paused = text, number ~= nil and engine.has_bit(number, PAUSED)
    end
    return toggles_paused
  end

  -- A field of a client slot, or nil. Asking for an unknown one raises in the engine: the first failure on a field
  -- that no slot has answered yet marks it unreadable for the life of this VM.
  function self.field(slot, name, index)
    if unreadable[name] then return nil end
    local ok, value
    if index then
      ok, value = pcall(et.gentity_get, slot, name, index)
    else
      ok, value = pcall(et.gentity_get, slot, name)
    end
    if ok then return value end
    return nil
  end

  -- Asks slot 0, which always exists, once for each field that not every build has.
  function self.probe(names, arrays)
    for i = 1, #names do
      if not pcall(et.gentity_get, 0, names[i]) then unreadable[names[i]] = true end
    end
    for i = 1, #arrays do
      if not pcall(et.gentity_get, 0, arrays[i], 0) then unreadable[arrays[i]] = true end
    end
  end

  function self.max_clients()
    return self.number("sv_maxclients") or 64
  end

  function self.is_connected(slot)
    local value = self.field(slot, "pers.connected")
    return value ~= nil and value > 0
  end

  -- 1, 2 or 3 (spectator); nil when it cannot be read.
  function self.team(slot)
    local value = self.field(slot, "sess.sessionTeam")
    if value == 1 or value == 2 or value == 3 then return value end
    return nil
  end

  -- Playing in the world: on a side, not in limbo, not dead. nil when the engine does not tell.
  function self.in_world(slot)
    local team = self.team(slot)
    local flags, kind = self.field(slot, "ps.pm_flags"), self.field(slot, "ps.pm_type")
    if team == nil or flags == nil or kind == nil then return nil end
    return team ~= 3 and kind ~= DEAD and not engine.has_bit(flags, LIMBO)
  end

  -- GUID and name as the client sent them: raw bytes of any kind.
  function self.identity(slot)
    local userinfo = et.trap_GetUserinfo(slot) or ""
    local name = self.field(slot, "pers.netname")
    if type(name) ~= "string" or name == "" then name = (et.Info_ValueForKey(userinfo, "name") or ""):sub(1, LONGEST_NAME) end
    return et.Info_ValueForKey(userinfo, "cl_guid") or "", name
  end

  return self
end

return engine
