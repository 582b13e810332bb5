-- Roundwire's reporter for ET:Legacy: tells each round once, as it was, however the level ends.
-- This file only hands the engine's callbacks on, each under a guard: an error of ours never reaches the engine, and
-- no callback but the console command returns a value, so that modules loaded after this one see everything.

local et = et -- luacheck: ignore

-- LuaJIT: microseconds a frame and milliseconds once a round never earn back what compiling them costs.
local jit = rawget(_G, "jit")
if jit then jit.off() end

local loaded, app_of, callbacks_of = pcall(function()
  return require("round_reporter.app"), require("round_reporter.callbacks")
end)
if not loaded then
  et.G_Print("round_reporter: lualibs/round_reporter is missing or incomplete, not loaded: "
    .. tostring(app_of):gsub("[^ -~]+.*", "") .. "\n")
  return
end

local app = app_of.new(et)
local callbacks = callbacks_of.new(app)

-- Bound once; a call costs no table and no closure.
local function guarded(name, a, b, c, d)
  local ok, result = pcall(callbacks[name], a, b, c, d)
  if ok then return result end
  pcall(app.console.internal_error, name, result)
  return nil
end

function et_InitGame(level_time, random_seed, restart) guarded("et_InitGame", level_time, random_seed, restart) end
function et_RunFrame(level_time) guarded("et_RunFrame", level_time) end
function et_ShutdownGame(restart) guarded("et_ShutdownGame", restart) end
function et_Quit() guarded("et_Quit") end
function et_Print(text) guarded("et_Print", text) end
function et_ClientConnect(slot, first_time, is_bot) guarded("et_ClientConnect", slot, first_time, is_bot) end
function et_ClientBegin(slot) guarded("et_ClientBegin", slot) end
function et_ClientDisconnect(slot) guarded("et_ClientDisconnect", slot) end
function et_ClientUserinfoChanged(slot) guarded("et_ClientUserinfoChanged", slot) end
function et_ClientSpawn(slot, revived, team_change) guarded("et_ClientSpawn", slot, revived, team_change) end
function et_ClientCommand(slot, command) guarded("et_ClientCommand", slot, command) end
function et_Obituary(target, attacker, means_of_death) guarded("et_Obituary", target, attacker, means_of_death) end
function et_Revive(revivee, reviver) guarded("et_Revive", revivee, reviver) end
function et_ConsoleCommand(command) return guarded("et_ConsoleCommand", command) end
