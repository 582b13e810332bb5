-- What must outlive a VM: the round being played, R1 for its R2, attempts, warmup and counts.
-- All of it is in the state file; R1 and the last ending also in a cvar each, for the day when no file can be written.

local store = require("round_reporter.store")

local memory = {}

local R1_CVAR, ENDING_CVAR = "round_reporter_r1", "round_reporter_ending"
local R1_FIELDS = { "start_unix", "fingerprint", "elapsed_ms", "limit_ms", "winner", "defender", "exit_kind",
  "next_limit_raw", "map" }
local R1_NUMBERS = { start_unix = true, elapsed_ms = true, limit_ms = true, winner = true, defender = true }
local ENDING_FIELDS = { "level", "exit_kind", "elapsed_ms", "end_unix", "winner", "next_limit_raw", "reason" }
local ENDING_NUMBERS = { elapsed_ms = true, end_unix = true, winner = true }
local LONGEST_CVAR = 255
local SAME_START_SECONDS = 10

function memory.empty()
  return { counts = {}, attempts = {} }
end

-- The state, and whether there was a file that tells nothing: half of one, or not ours.
function memory.load(folder)
  local text = store.read_swapped(folder .. "/state", folder .. "/tmp/state")
  local known = text and store.decode_state(text)
  local state = known or memory.empty()
  if type(state.counts) ~= "table" then state.counts = {} end
  if type(state.attempts) ~= "table" then state.attempts = {} end
  return state, text ~= nil and not known
end

-- true, or nil and the reason.
function memory.save(folder, state)
  return store.swap(folder .. "/state", store.encode_state(state), folder .. "/tmp/state")
end

-- Makes ready for a `save` in a frame that has much to do.
function memory.prepare_save(folder)
  store.prepare_swap(folder .. "/state", folder .. "/tmp/state")
end

-- ----- the exit line --------------------------------------------------------------------------------------------
-- A file of its own: the whole state would cost the frame of the round's end too much.

-- Empty: no exit line yet. Made anew, for what is written over another file could wait for the disk.
function memory.drop_exit(folder)
  store.forget(folder .. "/exit")
  os.remove(folder .. "/exit")
  store.prepare(folder .. "/exit")
end

function memory.keep_exit(folder, round)
  return store.write(folder .. "/exit", store.encode_state({
    boot_id = round.boot_id, server_key = round.server_key, exit_line = round.exit_line, exit_unix = round.exit_unix,
    winner = round.winner, defender = round.defender,
  }))
end

-- Gives a round of the state file the exit line it had when its server died, if it had one.
function memory.restore_exit(folder, round)
  local text = store.read(folder .. "/exit")
  local exit = text and store.decode_state(text)
  if not exit or exit.boot_id ~= round.boot_id or exit.server_key ~= round.server_key then return end
  round.exit_line, round.exit_unix, round.winner = exit.exit_line, exit.exit_unix, exit.winner
  round.defender = exit.defender or round.defender
end

-- ----- short forms in cvars -----------------------------------------------------------------------------------------

local function put_short(et, cvar, fields, record)
  local parts = {}
  for i = 1, #fields do
    local value = record[fields[i]]
    if type(value) == "number" then value = ("%.0f"):format(value) end
    parts[i] = (tostring(value or ""):gsub("[|%c]", "_"))
  end
  local text = table.concat(parts, "|")
  et.trap_Cvar_Set(cvar, #text <= LONGEST_CVAR and text or "")
end

local function get_short(et, cvar, fields, numbers)
  local text = et.trap_Cvar_Get(cvar)
  if not text or text == "" then return nil end
  local record, i = {}, 0
  for value in (text .. "|"):gmatch("([^|]*)|") do
    i = i + 1
    local name = fields[i]
    if name and value ~= "" then
      if numbers[name] then record[name] = tonumber(value) else record[name] = value end
    end
  end
  return i == #fields and record or nil
end

-- How the round of this level ended, kept until the state file has forgotten the round.
function memory.keep_ending(et, round, ending)
  put_short(et, ENDING_CVAR, ENDING_FIELDS, {
    level = round.server_key, exit_kind = ending.exit_kind, elapsed_ms = ending.elapsed_ms,
    end_unix = ending.end_unix, winner = ending.winner, next_limit_raw = ending.next_limit_raw, reason = ending.reason,
  })
end

local TOLD = "told "

-- The report of this round is on disk: should the state file still call it live, there is nothing to tell any more.
function memory.mark_told(et, round)
  et.trap_Cvar_Set(ENDING_CVAR, TOLD .. round.server_key)
end

function memory.is_told(et, round)
  return et.trap_Cvar_Get(ENDING_CVAR) == TOLD .. round.server_key
end

-- That ending, when this round is the one it belongs to; nil otherwise.
function memory.kept_ending(et, round)
  local ending = get_short(et, ENDING_CVAR, ENDING_FIELDS, ENDING_NUMBERS)
  if ending and ending.level == round.server_key and ending.elapsed_ms then return ending end
  return nil
end

-- ----- R1 for R2 ------------------------------------------------------------------------------------------------

function memory.keep_r1(et, state, r1)
  state.r1 = r1
  put_short(et, R1_CVAR, R1_FIELDS, r1)
end

function memory.drop_r1(et, state)
  state.r1 = nil
  et.trap_Cvar_Set(R1_CVAR, "")
end

-- R1 of the R2 that begins on this map under this limit text; else nil and the reason.
function memory.r1_for(et, state, map, next_limit_raw)
  local r1 = state.r1 or get_short(et, R1_CVAR, R1_FIELDS, R1_NUMBERS)
  if not r1 then return nil, "no_r1_known" end
  if r1.map ~= map then return nil, "r1_of_another_map" end
  if r1.next_limit_raw ~= next_limit_raw then return nil, "next_limit_differs" end
  return r1
end

-- ----- starts -----------------------------------------------------------------------------------------------------

-- The start of the round that goes live now, in unix seconds. With map and number it names the round for ever, so one
-- that is begun again within the same second gets the next.
function memory.issue_start(state, map, number, now_unix)
  local last, start = state.last_start, now_unix
  if last and last.map == map and last.number == number and now_unix <= last.unix
    and last.unix - now_unix < SAME_START_SECONDS then
    start = last.unix + 1
  end
  state.last_start = { map = map, number = number, unix = start }
  return start
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
