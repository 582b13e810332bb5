-- Keeps every report on disk before anything is sent, and never a half one: tmp/, state, rename, send.

local store = require("round_reporter.store")

local spool = {}

local MIB = 1024 * 1024

-- app: {folder, settings, console, sender, state, save_state}.
function spool.new(app)
  local self = { unsaved = {} } -- reports whose file could not be written, kept in memory
  local folder, console = app.folder, app.console

  local function count(name, by)
    local counts = app.state.counts
    counts[name] = (counts[name] or 0) + (by or 1)
  end

  -- Files and bytes as last counted by a sender, plus what was spooled since.
  local function fill()
    local counted = app.sender.counted() or { files = 0, bytes = 0, seen = 0 }
    local since = math.max(0, (app.state.spooled_total or 0) - (counted.seen or 0))
    return counted.files + since, counted.bytes
  end
  self.fill = fill

  local function is_full(length)
    local files, bytes = fill()
    return files >= app.settings.spool_max_files or bytes + length > app.settings.spool_max_mib * MIB
  end

  -- The oldest stay: what does not fit leaves one line in `overflow` and a count.
  local function overflow(name)
    count("overflowed")
    console.error("spool is full, report not kept: " .. name)
    local file = io.open(folder .. "/overflow", "ab")
    if file then
      file:write(name .. "\n")
      file:close()
    end
  end

  local function target_names()
    return app.settings.target_names
  end

  local function tmp_path(target, name)
    return folder .. "/tmp/" .. target .. "." .. name
  end

  local function spool_path(target, name)
    return folder .. "/spool/" .. target .. "/" .. name
  end

  local function write_copies(name, body)
    for _, target in ipairs(target_names()) do
      local ok, reason = store.write(tmp_path(target, name), body)
      if not ok then
        for _, other in ipairs(target_names()) do os.remove(tmp_path(other, name)) end
        return nil, reason
      end
    end
    return true
  end

  local function move_copies(name)
    for _, target in ipairs(target_names()) do
      local ok, reason = os.rename(tmp_path(target, name), spool_path(target, name))
      if not ok and not store.exists(spool_path(target, name)) then return nil, reason end
    end
    return true
  end

  local function put(name, body)
    local ok, reason = write_copies(name, body)
    if not ok then return nil, reason end
    -- From here on the state knows the report and no longer the live round: killed now, the next start finishes it.
    app.state.pending = name
    app.state.spooled_total = (app.state.spooled_total or 0) + 1
    app.save_state()
    ok, reason = move_copies(name)
    if not ok then return nil, reason end
    app.state.pending, app.rounds.dirty = nil, true -- saying so on disk can wait: moving twice does no harm
    return true
  end

  local function send(name)
    for _, target in ipairs(target_names()) do
      app.sender.upload(app.settings.targets[target], name, app.state.spooled_total)
    end
  end

  -- Called in the frame of the round's end, after the state has forgotten the live round. True when nothing more can be
  -- done for this report: it is on disk, or the spool is full.
  function self.keep(name, body)
    if is_full(#body) then
      overflow(name)
      app.save_state()
      return true
    end
    local ok, reason = put(name, body)
    if ok then
      send(name)
      return true
    end
    self.unsaved[#self.unsaved + 1] = { name = name, body = body }
    app.save_state()
    console.error_once("spool", ("spool not writable, report kept in memory: %s"):format(reason or "unknown reason"))
    return false
  end

  -- Once a second while there is something in memory, and at shutdown.
  function self.retry_unsaved()
    local left = {}
    for _, report in ipairs(self.unsaved) do
      if put(report.name, report.body) then
        send(report.name)
      else
        left[#left + 1] = report
      end
    end
    if #left == 0 and #self.unsaved > 0 then console.error("spool writable again, reports kept") end
    self.unsaved = left
  end

  -- What memory held and no file would take is counted, at least: in a cvar, as no file can be written.
  function self.give_up_unsaved(set_lost_count)
    if #self.unsaved > 0 then
      console.error(("spool still not writable, reports lost: %.0f"):format(#self.unsaved))
      set_lost_count(#self.unsaved)
    end
  end

  -- At load: what a lost state file forgot, and a report that was written but not yet moved when the server died.
  function self.take_over()
    local counted = app.sender.counted()
    if counted then app.state.spooled_total = math.max(app.state.spooled_total or 0, counted.seen or 0) end
    local name = app.state.pending
    if not name then return end
    for _, target in ipairs(target_names()) do os.rename(tmp_path(target, name), spool_path(target, name)) end
    app.state.pending = nil
    app.save_state()
  end

  return self
end

return spool
