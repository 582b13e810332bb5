-- The pause-free clock of a round and its pauses.
-- Level time runs on in a pause; the engine moves the level start after it, in steps of half a second while the pause
-- lasts and exactly in the frame in which it ends. So level time minus level start is true outside a pause, and
-- inside one the last value before it is.

local clock = {}

local QUIET_MS = 600 -- no further step for this long: a pause that was only seen by its steps is over

-- The part of a round this module owns (plain data, kept in the state file). Milliseconds of level time.
function clock.start(level_time, level_start)
  return { level_time = level_time, level_start = level_start or level_time, elapsed = 0 }
end

local function open_pause(round, how, start_elapsed, now_unix, requested_by)
  local pauses = round.pauses
  local pause = {
    number = #pauses + 1, start_unix = now_unix, start_elapsed_ms = start_elapsed, requested_by = requested_by,
    level_start_before = round.clock.level_start, how = how, open = true,
  }
  pauses[#pauses + 1] = pause
  return pause
end

local function close_pause(pause, end_unix, length_ms)
  pause.end_unix, pause.length_ms, pause.open = end_unix, length_ms, false
end

function clock.open_pause(round)
  local last = round.pauses[#round.pauses]
  if last and last.open then return last end
  return nil
end

-- One frame: level_start is the configstring's value (nil: unreadable), is_paused the pause bit. Returns true when a
-- pause began or ended.
function clock.tick(round, level_time, level_start, is_paused, now_unix, requested_by)
  local c = round.clock
  level_start = level_start or c.level_start
  local pause, step = clock.open_pause(round), level_start - c.level_start
  local changed = false
  c.level_time = level_time
  if is_paused then
    if not pause then
      open_pause(round, "bit", c.elapsed, now_unix, requested_by)
      changed = true
    end
    if pause and pause.how == "step" then pause.how = "bit" end
  elseif pause and pause.how == "bit" then
    c.elapsed = level_time - level_start
    pause.start_elapsed_ms = c.elapsed
    close_pause(pause, now_unix, level_start - pause.level_start_before)
    changed = true
  elseif step > 0 then
    c.elapsed = level_time - level_start
    if not pause then
      open_pause(round, "step", c.elapsed, now_unix, requested_by)
      changed = true
    end
    c.last_step_level, c.last_step_unix = level_time, now_unix
  elseif pause then
    if level_time - c.last_step_level > QUIET_MS then
      close_pause(pause, c.last_step_unix, level_start - pause.level_start_before)
      c.elapsed = level_time - level_start
      changed = true
    end
  else
    c.elapsed = level_time - level_start
  end
  c.level_start = level_start
  return changed
end

-- The pauses of a finished round; one still open is closed at the round's end and says so.
function clock.closed_pauses(round, end_unix)
  local closed = {}
  for i = 1, #round.pauses do
    local pause = round.pauses[i]
    local length, ended = pause.length_ms, pause.end_unix
    if pause.open then
      length = math.max(0, round.clock.level_time - pause.level_start_before - pause.start_elapsed_ms)
      ended = end_unix
    end
    closed[i] = {
      number = pause.number, start_unix = pause.start_unix, end_unix = ended,
      start_elapsed_ms = pause.start_elapsed_ms, length_ms = length, requested_by = pause.requested_by,
      open_at_end = pause.open,
    }
  end
  return closed
end

return clock
