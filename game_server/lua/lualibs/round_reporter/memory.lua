-- What must outlive a VM: the round being played, R1 for its R2, attempts, warmup and counts.
-- All of it is in the state file; R1 also in one cvar, for the day when the file cannot be written.

local store = require("round_reporter.store")

local memory = {}

local R1_CVAR = "round_reporter_r1"
local R1_FIELDS = { "start_unix", "fingerprint", "elapsed_ms", "limit_ms", "winner", "defender", "exit_kind",
  "next_limit_raw", "map" }
local R1_NUMBERS = { start_unix = true, elapsed_ms = true, limit_ms = true, winner = true, defender = true }
local LONGEST_CVAR = 255

function memory.empty()
  return { counts = {}, attempts = {} }
end

function memory.load(folder)
  local text = store.read(folder .. "/state")
  local state = text and store.decode_state(text) or memory.empty()
  if type(state.counts) ~= "table" then state.counts = {} end
  if type(state.attempts) ~= "table" then state.attempts = {} end
  return state, text ~= nil
end

-- true, or nil and the reason.
function memory.save(folder, state)
  return store.replace(folder .. "/state", store.encode_state(state), folder .. "/tmp/state")
end

-- ----- R1 for R2 ------------------------------------------------------------------------------------------------

function memory.keep_r1(et, state, r1)
  state.r1 = r1
  local parts = {}
  for i = 1, #R1_FIELDS do
    local value = r1[R1_FIELDS[i]]
    if type(value) == "number" then value = ("%.0f"):format(value) end
    parts[i] = value or ""
  end
  local text = table.concat(parts, "|")
  et.trap_Cvar_Set(R1_CVAR, #text <= LONGEST_CVAR and text or "")
end

function memory.drop_r1(et, state)
  state.r1 = nil
  et.trap_Cvar_Set(R1_CVAR, "")
end

local function r1_from_cvar(et)
  local text = et.trap_Cvar_Get(R1_CVAR)
  if not text or text == "" then return nil end
  local r1, i = {}, 0
  for value in (text .. "|"):gmatch("([^|]*)|") do
    i = i + 1
    local name = R1_FIELDS[i]
    if name and value ~= "" then
      if R1_NUMBERS[name] then r1[name] = tonumber(value) else r1[name] = value end
    end
  end
  return i == #R1_FIELDS and r1 or nil
end

-- R1 of the R2 that begins on this map under this limit text; else nil and the reason.
function memory.r1_for(et, state, map, next_limit_raw)
  local r1 = state.r1 or r1_from_cvar(et)
  if not r1 then return nil, "no_r1_known" end
  if r1.map ~= map then return nil, "r1_of_another_map" end
  if not r1.start_unix then return nil, "r1_start_unknown" end
  if r1.next_limit_raw ~= next_limit_raw then return nil, "next_limit_differs" end
  return r1
end

-- ----- attempts -------------------------------------------------------------------------------------------------

-- Counts a start of this round number on this map and returns which one it is.
function memory.begin_attempt(state, map, number)
  local attempts = state.attempts
  if attempts.map ~= map then
    attempts = { map = map }
    state.attempts = attempts
  end
  if number == 1 then attempts.r2 = nil end
  local key = number == 1 and "r1" or "r2"
  attempts[key] = (attempts[key] or 0) + 1
  return attempts[key]
end

-- A round was finished, or another map or match begins: the next start is a first one again.
function memory.end_attempts(state)
  state.attempts.r1, state.attempts.r2 = nil, nil
end

return memory
