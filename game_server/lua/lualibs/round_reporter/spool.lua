-- Keeps every report on disk before anything is sent, and never a half one: tmp/, state, rename, send.
-- Each target has a spool of its own, with bounds of its own: one that is never emptied costs the others nothing.

local store = require("round_reporter.store")

local unpack = table.unpack or unpack

local spool = {}

local MIB = 1024 * 1024
local NOTHING = { files = 0, bytes = 0 }

-- app: {folder, settings, console, sender, state, save_state, make_folders}.
function spool.new(app)
  -- Reports of which a copy could not be written, kept in memory: {name, body, targets, told}, the body in pieces.
  local self = { unsaved = {} }
  local folder, console = app.folder, app.console

  local function tmp_path(target, name)
    return folder .. "/tmp/" .. target .. "." .. name
  end

  local function spool_path(target, name)
    return folder .. "/spool/" .. target .. "/" .. name
  end

  -- ----- how full it is ------------------------------------------------------------------------------------------

  -- What a sender counted last (nil: none yet), and how many reports were spooled since. Read once a frame.
  local last, looked_ms
  local function counted()
    local now = app.now_ms()
    if now ~= looked_ms then last, looked_ms = app.sender.counted() or app.state.counted, now end
    return last, math.max(0, (app.state.spooled_total or 0) - (last and last.seen or 0))
  end

  -- Files and bytes in all spools: as last counted by a sender, plus the files spooled since. With them what it
  -- counted besides: {oldest, refused}.
  function self.fill()
    local known, since = counted()
    known = known or NOTHING
    return known.files + since * #app.settings.target_names, known.bytes, known
  end

  -- The targets whose spool has room for one more of this length, and those whose has not.
  local function with_room(length)
    local known, since = counted()
    local free, full = {}, {}
    for _, target in ipairs(app.settings.target_names) do
      local of_target = known and known.targets[target] or NOTHING
      local fits = of_target.files + since < app.settings.spool_max_files
        and of_target.bytes + (since + 1) * length <= app.settings.spool_max_mib * MIB
      local list = fits and free or full
      list[#list + 1] = target
    end
    return free, full
  end

  -- The oldest stay: what does not fit leaves one line in `overflow` and a count.
  local function overflow(name, targets)
    app.state.counts.overflowed = (app.state.counts.overflowed or 0) + 1
    local file = io.open(folder .. "/overflow", "ab")
    for _, target in ipairs(targets) do
      console.error(("spool is full, report not kept for %s: %s"):format(target, name))
      if file then file:write(target .. " " .. name .. "\n") end
    end
    if file then file:close() end
  end

  -- ----- keeping -------------------------------------------------------------------------------------------------

  local expected -- the name of a report whose files are there already

  -- Makes the files of the report that is likely to come next, in a frame that has little else to do; nil: none is. What came
  -- to nothing is taken away.
  function self.expect(name)
    if name == expected then return end
    for _, target in ipairs(app.settings.target_names) do
      if expected then store.forget(tmp_path(target, expected)) end
      if name then store.prepare(tmp_path(target, name)) end
    end
    expected = name
  end

  -- Writes one copy a target beside the spool; those that could not be written stay in report.targets.
  local function write_copies(report)
    local written, left, reason = {}, {}, nil
    for _, target in ipairs(report.targets) do
      local ok, why = store.write(tmp_path(target, report.name), unpack(report.body))
      local list = ok and written or left
      list[#list + 1], reason = target, reason or why
    end
    report.targets = left
    return written, reason
  end

  -- From here on the state knows the report and no longer the live round: killed now, the next start finishes it.
  local function note_pending(report)
    app.state.pending = report.name
    if not report.is_numbered then
      report.is_numbered, app.state.spooled_total = true, (app.state.spooled_total or 0) + 1
    end
    app.save_state()
  end

  -- Moves the written copies into the spools and returns those that arrived; the others stay in report.targets.
  local function move_copies(report, written)
    local arrived, reason = {}, nil
    for _, target in ipairs(written) do
      local ok, why = os.rename(tmp_path(target, report.name), spool_path(target, report.name))
      local list = ok and arrived or report.targets
      list[#list + 1], reason = target, reason or why
    end
    return arrived, reason
  end

  -- Spools and sends what can be spooled of a report: true, or nil and the reason when a copy is left. Nothing is sent
  -- before everything is spooled: what a sender counts must not be less than what was there when it was started.
  local function put(report)
    local written, no_write = write_copies(report)
    if #written > 0 then note_pending(report) end
    local arrived, no_move = move_copies(report, written)
    app.sender.upload(arrived, report.name, app.state.spooled_total)
    if #report.targets > 0 then return nil, no_write or no_move or "unknown reason" end
    app.state.pending, app.rounds.dirty = nil, true -- saying so on disk can wait: moving twice does no harm
    return true
  end

  local function length_of(body)
    local length = 0
    for i = 1, #body do length = length + #body[i] end
    return length
  end

  -- Called in the frame of the round's end, after the state has forgotten the live round. body: the pieces of its text;
  -- told: the counts it carries. Returns whether nothing more can be done for this report, and whether its counts are told.
  function self.keep(name, body, told)
    local free, full = with_room(length_of(body))
    if #full > 0 then overflow(name, full) end
    if #free == 0 then
      self.expect(nil)
      return true, false
    end
    local report = { name = name, body = body, targets = free, told = told }
    local ok, reason = put(report)
    self.expect(nil)
    if ok then return true, true end
    self.unsaved[#self.unsaved + 1] = report
    app.save_state()
    console.error_once("spool", "spool not writable, report kept in memory: " .. reason)
    return false, true
  end

  -- Once a second while there is something in memory, and at shutdown.
  function self.retry_unsaved()
    local left = {}
    for _, report in ipairs(self.unsaved) do
      if not put(report) then left[#left + 1] = report end
    end
    if #left == 0 and #self.unsaved > 0 then console.error("spool writable again, reports kept") end
    self.unsaved = left
  end

  -- The last attempt before this VM goes, also for folders that somebody took away. Returns what is lost now.
  function self.give_up_unsaved()
    if #self.unsaved == 0 then return {} end
    app.make_folders()
    self.retry_unsaved()
    if #self.unsaved > 0 then
      console.error(("spool still not writable, reports lost: %.0f"):format(#self.unsaved))
    end
    local lost = self.unsaved
    self.unsaved = {}
    return lost
  end

  -- At load: what a lost state file forgot, and a report that was written but not yet moved when the server died.
  function self.take_over()
    local known = app.sender.counted()
    if known then
      app.state.counted, app.state.spooled_total = known, math.max(app.state.spooled_total or 0, known.seen)
    end
    local name = app.state.pending
    if not name then return end
    for _, target in ipairs(app.settings.target_names) do os.rename(tmp_path(target, name), spool_path(target, name)) end
    app.state.pending = nil
    app.save_state()
  end

  return self
end

return spool
