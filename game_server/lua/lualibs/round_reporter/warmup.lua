-- The time before a round goes live. It spans several VMs, so what is known of it waits in the state.

local warmup = {}

local COUNTDOWN = 1

-- One frame at gamestate 1 or 2. now_ms: process clock. True when something was learnt.
function warmup.frame(state, gamestate, somebody_here, now_unix, now_ms)
  local w = state.warmup
  if not w then
    w = {}
    state.warmup = w
  end
  local learnt = false
  if somebody_here and not w.start_ms then
    w.start_unix, w.start_ms, learnt = now_unix, now_ms, true
  end
  if gamestate == COUNTDOWN then
    if not w.countdown_ms then w.countdown_ms, learnt = now_ms, true end
  elseif w.countdown_ms then
    w.countdown_ms, learnt = nil, true
  end
  return learnt
end

-- At going live: {start_unix, warmup_ms (the whole of it), countdown_ms (its last part)}, or nil when nobody waited.
function warmup.take(state, now_ms)
  local w = state.warmup
  state.warmup = nil
  if not w or not w.start_ms or now_ms < w.start_ms then return nil end
  local whole = now_ms - w.start_ms
  local countdown = w.countdown_ms and math.min(whole, now_ms - w.countdown_ms) or nil
  return { start_unix = w.start_unix, warmup_ms = whole, countdown_ms = countdown }
end

return warmup
