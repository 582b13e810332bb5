-- Spawns, deaths and the time between them, on the pause-free clock and only while the round is live.

local lives = {}

local SWITCHED_TEAM = 59 -- the means of death that is none
local FIRST_ENTITY_AFTER_CLIENTS = 64

-- The part of a player's record this module owns. Times in milliseconds of the round's clock.
function lives.begin(person)
  person.spawns, person.deaths, person.revives_given, person.times_revived = 0, 0, 0, 0
  person.alive_ms, person.dead_ms, person.max_dead_ms, person.causes = 0, 0, 0, {}
  return person
end

-- Whether he was on a side at any time of the round.
function lives.took_part(person)
  for _, span in ipairs(person.spans) do
    if span.side == 1 or span.side == 2 then return true end
  end
  return false
end

local function end_death(round, person)
  if not person.dead_since then return end
  local dead = round.clock.elapsed - person.dead_since
  person.dead_ms = person.dead_ms + dead
  person.max_dead_ms = math.max(person.max_dead_ms, dead)
  person.dead_since = nil
end

-- Neither alive nor waiting for a respawn any more: gone, a spectator, changing side, or the round is over.
function lives.leave(round, person)
  if person.alive_since then
    person.alive_ms = person.alive_ms + (round.clock.elapsed - person.alive_since)
    person.alive_since = nil
  end
  end_death(round, person)
end

-- how: "spawned", "moved" (with a change of side) or "revived".
function lives.enter(round, person, how)
  local now = round.clock.elapsed
  end_death(round, person)
  person.alive_since = person.alive_since or now
  if how == "revived" then
    person.times_revived = person.times_revived + 1
  else
    person.spawns = person.spawns + 1
    person.first_spawn_ms = person.first_spawn_ms or now
  end
end

-- people: the roster of this VM. Spawns wait here for the next frame: a change of side gives the same callback as a
-- spawn, and only one frame later it shows whether the player is in the world or in limbo.
function lives.new(engine, people)
  local self = { pending = {}, pending_count = 0 }

  function self.on_spawn(slot, revived, team_change)
    if not self.pending[slot] then self.pending_count = self.pending_count + 1 end
    self.pending[slot] = (revived == 1 and "revived") or (team_change == 1 and "moved") or "spawned"
  end

  local function settle(round, slot, how)
    local person = people.slots[slot]
    if not person then return end
    local team = engine.team(slot)
    if team then people.move_to_side(round, person, team) end
    local in_world = engine.in_world(slot)
    if in_world == nil then in_world = how ~= "moved" end
    if in_world then lives.enter(round, person, how) elseif person.alive_since then lives.leave(round, person) end
  end

  -- Called once per frame.
  function self.settle_spawns(round)
    if self.pending_count == 0 then return end
    local pending = self.pending
    self.pending, self.pending_count = {}, 0
    for slot, how in pairs(pending) do settle(round, slot, how) end
  end

  local function cause_of(target, attacker)
    if target == attacker then return "self" end
    if not attacker or attacker < 0 or attacker >= FIRST_ENTITY_AFTER_CLIENTS then return "world" end
    local killer, victim = people.slots[attacker], people.slots[target]
    if killer and killer.side == victim.side then return "team" end
    return "enemy"
  end

  function self.on_obituary(round, target, attacker, means_of_death)
    local person = people.slots[target]
    if not person then return end
    if means_of_death == SWITCHED_TEAM then
      lives.leave(round, person)
      return
    end
    if self.pending[target] then -- died in the frame of the spawn: it was a real one
      lives.enter(round, person, self.pending[target])
      self.pending[target], self.pending_count = nil, self.pending_count - 1
    end
    if not person.alive_since then return end
    lives.leave(round, person)
    person.dead_since, person.deaths = round.clock.elapsed, person.deaths + 1
    local cause = cause_of(target, attacker) .. ":" .. tostring(means_of_death)
    person.causes[cause] = (person.causes[cause] or 0) + 1
  end

  function self.on_revive(reviver)
    local person = people.slots[reviver]
    if person then person.revives_given = person.revives_given + 1 end
  end

  return self
end

return lives
