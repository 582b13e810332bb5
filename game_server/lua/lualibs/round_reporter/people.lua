-- Who was there: one record per player of a round, with sides, stays and the baseline of his counters.
-- A record is plain data (it goes into the state file); fields that start with "_" live only in this VM.

local counters = require("round_reporter.counters")
local further = require("round_reporter.further")
local lives = require("round_reporter.lives")
local player = require("round_reporter.player")

local people = {}

function people.new(engine)
  local self = { slots = {}, bots = {}, connected = {}, connected_count = 0 }

  local function is_bot(slot, guid)
    return self.bots[slot] == true or guid:sub(1, 7) == "OMNIBOT"
  end

  function self.on_connect(slot, bot)
    self.bots[slot] = bot == 1 or bot == true or nil
    if not self.connected[slot] then
      self.connected[slot] = true
      self.connected_count = self.connected_count + 1
    end
  end

  local function forget_connection(slot)
    if self.connected[slot] then
      self.connected[slot] = nil
      self.connected_count = self.connected_count - 1
    end
    self.bots[slot] = nil
  end

  -- Somebody who was here before and left: the same GUID; bots, and people without one, by name.
  local function returning(round, guid, name, bot)
    for i = 1, #round.people do
      local person = round.people[i]
      local same = person.guid == guid and person.is_bot == bot and ((guid ~= "" and not bot) or person.name == name)
      if same and not person.present then return person end
    end
    return nil
  end

  local function close_span(round, person)
    local last = person.spans[#person.spans]
    if last and last.to == nil then last.to = round.clock.elapsed end
  end

  -- True when the side changed. The first player on a side makes this a round worth reporting: saved at once.
  function self.move_to_side(round, person, side)
    if person.side == side then return false end
    close_span(round, person)
    person.spans[#person.spans + 1] = { side = side, from = round.clock.elapsed }
    person.side = side
    if side == 3 then
      lives.leave(round, person)
    elseif not round.had_players then
      round.had_players, round._save_now = true, true
    end
    return true
  end

  function self.on_begin(round, slot)
    local person = self.slots[slot]
    if person and person.present then return person end
    local guid, name = engine.identity(slot)
    local bot = is_bot(slot, guid)
    person = returning(round, guid, name, bot)
    if not person then
      person = lives.begin({
        guid = guid, name = name, is_bot = bot, spans = {}, joined_ms = round.clock.elapsed, stays = 0,
      })
      round.people[#round.people + 1] = person
    end
    person.present, person.left_ms, person.slot, person.name, person.side = true, nil, slot, name, nil
    person.stays = person.stays + 1
    person._baseline = counters.read(engine, slot)
    person.baseline = counters.pack(person._baseline)
    person.class = engine.field(slot, "sess.playerType")
    self.slots[slot] = person
    self.move_to_side(round, person, engine.team(slot) or 3)
    player.tell_ahead(person._baseline)
    return person
  end

  -- Raw values and true baseline up to now, summed over this player's stays; nil when nothing can be read.
  local function settled_counters(person, slot)
    local raw = counters.read(engine, slot)
    if next(raw.values) == nil then return nil end
    local baseline = person._baseline or counters.unpack(person.baseline or "")
    local settled, reset = counters.settle(raw, baseline)
    person.counter_reset = person.counter_reset or reset
    if person.earlier_raw then
      raw = counters.sum(counters.unpack(person.earlier_raw), raw)
      settled = counters.sum(counters.unpack(person.earlier_baseline), settled)
    end
    return raw, settled
  end

  -- The slot is still readable now and empty right after. round: nil when none is being played.
  function self.on_disconnect(round, slot)
    forget_connection(slot)
    local person = self.slots[slot]
    self.slots[slot] = nil
    if not round or not person then return end
    local raw, baseline = settled_counters(person, slot)
    person.further = further.read(engine, slot) or person.further
    if raw then
      person.earlier_raw, person.earlier_baseline = counters.pack(raw), counters.pack(baseline)
    end
    lives.leave(round, person)
    close_span(round, person)
    person.present, person.left_ms, person.baseline, person._baseline = false, round.clock.elapsed, nil, nil
  end

  -- True when something changed that the state file should know.
  function self.on_userinfo(round, slot)
    local person = self.slots[slot]
    if not person then return false end
    local guid, name = engine.identity(slot)
    local renamed = name ~= person.name
    person.name = name
    if person.guid == "" then person.guid = guid end
    local team = engine.team(slot)
    return (team ~= nil and self.move_to_side(round, person, team)) or renamed
  end

  function self.side_is_empty()
    local axis, allies = false, false
    for slot in pairs(self.slots) do
      local team = engine.team(slot)
      axis, allies = axis or team == 1, allies or team == 2
    end
    return not (axis and allies)
  end

  -- Closes what is open and reads the counters of those still there; afterwards the records only have to be told.
  -- in_engine: false when the round is a memory of an earlier process and the slots say nothing about it.
  function self.close(round, in_engine)
    for i = 1, #round.people do
      local person = round.people[i]
      person.dead_at_end = person.present and person.dead_since ~= nil
      if person.present and in_engine and self.slots[person.slot] == person then
        local team = engine.team(person.slot)
        if team then self.move_to_side(round, person, team) end
        person.class = engine.field(person.slot, "sess.playerType") or person.class
        person._raw, person._settled = settled_counters(person, person.slot)
        person.further = further.read(engine, person.slot) or person.further
      elseif person.earlier_raw and not person.present then
        person._raw, person._settled = counters.unpack(person.earlier_raw), counters.unpack(person.earlier_baseline)
      end
      lives.leave(round, person)
      close_span(round, person)
    end
  end

  local function adopt_slot(round, slot, spawned)
    local guid, name = engine.identity(slot)
    if not self.connected[slot] then self.on_connect(slot) end
    for i = 1, #round.people do
      local person = round.people[i]
      if person.present and person.slot == slot and person.guid == guid then
        self.slots[slot], self.bots[slot], person.name = person, person.is_bot or nil, name
        return
      end
    end
    if engine.field(slot, "pers.connected") == 2 then
      self.on_begin(round, slot)
      spawned(slot)
    end
  end

  -- After `lua_restart`: the same clients in the same slots, without a callback that says so. spawned: called with the
  -- slot of each who has come since, as for a spawn.
  function self.adopt(round, spawned)
    for slot = 0, engine.max_clients() - 1 do
      if engine.is_connected(slot) then adopt_slot(round, slot, spawned) end
    end
    for i = 1, #round.people do
      local person = round.people[i]
      if person.present and self.slots[person.slot] ~= person then
        lives.leave(round, person)
        close_span(round, person)
        person.present, person.left_ms = false, round.clock.elapsed
      end
    end
  end

  return self
end

return people
