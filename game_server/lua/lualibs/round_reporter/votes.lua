-- Surrender votes, read from what the engine prints about them. A vote that was only called is no surrender.

local votes = {}

local SIDES = { AXIS = 1, ALLIES = 2 }
local OUTCOMES = { Passed = "passed", Failed = "failed", ["TIMEOUT!"] = "timeout", ["CANCELED!"] = "canceled" }

local function open_vote(round)
  local last = round.votes[#round.votes]
  if last and last.outcome == "open" then return last end
  return nil
end

-- text: a print that starts with "callvote: ". caller: function(slot) -> guid, name. True when it was a surrender.
function votes.called(round, text, caller)
  local slot, side = text:match("^callvote: (%d+) Surrender %[(%u+)%]")
  if not slot then return false end
  slot = tonumber(slot)
  local guid, name = caller(slot)
  round.votes[#round.votes + 1] = {
    elapsed_ms = round.clock.elapsed, side = SIDES[side], caller_slot = slot, caller_guid = guid, caller_name = name,
    outcome = "open",
  }
  return true
end

-- text: a print that starts with "Vote ". Closes the vote that is open, if one is.
function votes.decided(round, text)
  local outcome = OUTCOMES[text:match("^Vote (%a+!?)") or ""]
  local vote = outcome and open_vote(round)
  if not vote then return false end
  local other = text:match("^Vote Passed:.-%) (%a+)")
  if other and other ~= "Surrender" then return false end
  vote.outcome = outcome
  local yes, no = text:match("%(Y:(%d+)%-N:(%d+)%)")
  vote.yes, vote.no = tonumber(yes), tonumber(no)
  return true
end

-- Who gave up and who had asked for it: {team, caller_guid, caller_name}, or nil when nobody surrendered.
function votes.surrender(round, exit_kind)
  local team = exit_kind == "surrender_axis" and 1 or exit_kind == "surrender_allies" and 2 or nil
  if not team then return nil end
  for i = #round.votes, 1, -1 do
    local vote = round.votes[i]
    if vote.outcome == "passed" and (vote.side == nil or vote.side == team) then
      return { team = team, caller_guid = vote.caller_guid, caller_name = vote.caller_name }
    end
  end
  return { team = team }
end

return votes
