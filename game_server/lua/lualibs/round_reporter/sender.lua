-- Starts the detached shell that sends: it holds none of the server's descriptors, least of all its UDP socket, and no
-- frame waits for it. What became of an upload is seen later, by whether its file is still in the spool.

local bell = require("round_reporter.bell")
local bell_script = require("round_reporter.bell_script")
local store = require("round_reporter.store")
local script = require("round_reporter.sender_script")

local sender = {}

-- Run by bash: closes every descriptor above 2, whatever its number, then becomes the script.
local CLOSE_ALL = 'for f in /proc/self/fd/* /dev/fd/*; do n=${f##*/}; case $n in 0|1|2|*[!0-9]*) ;; '
  .. '*) eval "exec $n>&-" ;; esac; done 2>/dev/null; exec "$BASH" "$0" "$@"'
-- sh has no two-digit redirections.
local CLOSE_FEW = "3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-"

local ANSWER_SECONDS = 40

local function find_program(name)
  for folder in ((os.getenv("PATH") or "") .. ":/usr/local/bin:/usr/bin:/bin"):gmatch("[^:]+") do
    if folder:sub(1, 1) == "/" and store.exists(folder .. "/" .. name) then return folder .. "/" .. name end
  end
  return nil
end

-- folder: the instance's own; settings: as read; console, now_unix: as everywhere.
function sender.new(folder, settings, console, now_unix)
  local self = { fallbacks = {}, waiting = {}, waiting_count = 0, in_haste = false }
  local put_off = {} -- uploads for which `start` has still to be called: {targets, name, spooled_total}
  local bash, curl = find_program("bash"), find_program("curl")
  local script_path = folder .. "/sender.sh"

  local function fallback(text)
    self.fallbacks[#self.fallbacks + 1] = text
    console.error_once("fallback:" .. text, text)
  end

  local function write_if_new(path, text)
    if store.read(path) == text then return true end
    return store.replace(path, text, folder .. "/tmp/" .. path:match("[^/]+$"))
  end

  -- Writes the script and the targets' addresses; says once what is missing on this host.
  function self.prepare()
    if not bash then fallback("no bash: descriptors above 9 stay open in senders") end
    if not curl then fallback("no curl: reports stay in the spool") end
    write_if_new(script_path, script)
    write_if_new(folder .. "/bell.sh", bell_script)
    bell.take_down(folder)
    for i = 1, #settings.target_names do
      local target = settings.targets[settings.target_names[i]]
      local path = folder .. "/targets/" .. target.name
      if target.usable then
        write_if_new(path, target.url .. "\n" .. target.token_file .. "\n" .. (settings.sendable and "" or "held\n"))
      else
        os.remove(path)
      end
    end
  end

  function self.can_send(target)
    return curl ~= nil and settings.sendable and target.usable == true
  end

  local function launch(...)
    local words = { ... }
    for i = 1, #words do words[i] = store.shell_word(words[i]) end
    local arguments = table.concat(words, " ")
    local command
    if bash then
      command = store.shell_word(bash) .. " -c " .. store.shell_word(CLOSE_ALL) .. " "
        .. store.shell_word(script_path) .. " " .. arguments
    else
      command = "sh " .. store.shell_word(script_path) .. " " .. arguments .. " " .. CLOSE_FEW
    end
    os.execute(command .. " </dev/null >/dev/null 2>&1 &")
  end

  -- targets: names of those in whose spool the file `name` is; spooled_total: how many this instance has spooled so far. In
  -- haste the senders are started by `start`.
  function self.upload(targets, name, spooled_total)
    local chosen, until_unix = {}, now_unix() + ANSWER_SECONDS
    for _, target in ipairs(targets) do
      if self.can_send(settings.targets[target]) then
        console.info(("Sending webhook %s to %s"):format(name, target))
        chosen[#chosen + 1] = target
        self.waiting[#self.waiting + 1] = { target = target, name = name, until_unix = until_unix }
      end
    end
    self.waiting_count = #self.waiting
    if #chosen == 0 then return end
    put_off[#put_off + 1] = { targets = chosen, name = name, spooled_total = spooled_total }
    if not self.in_haste then self.start() end
  end

  -- Starts what was put off, last of all in a frame: who has been rung for takes this processor as soon as we ask the system
  -- for the time. In haste it is whoever waits at the bell that starts the senders; else, and where nobody waits, we do.
  function self.start()
    if #put_off == 0 then return end
    local uploads = put_off
    put_off = {}
    for _, upload in ipairs(uploads) do
      if not (self.in_haste and bell.ring(folder, upload.targets, upload.name, upload.spooled_total)) then
        for _, target in ipairs(upload.targets) do
          launch("upload", folder, target, upload.name, ("%.0f"):format(upload.spooled_total))
        end
      end
    end
  end

  -- Also counts what is in the spool, so it runs where nothing can be sent as well.
  function self.sweep(spooled_total)
    launch("sweep", folder, ("%.0f"):format(spooled_total), (table.unpack or unpack)(settings.target_names))
  end

  -- The handshake: never spooled, its answer is shown when it comes. It also goes while a bad setting holds the reports
  -- back, for it is what tells the service's side of the bad setting.
  function self.hello(body)
    if not store.write(folder .. "/tmp/hello.json", body) then return end
    for i = 1, #settings.target_names do
      local target = settings.targets[settings.target_names[i]]
      if curl and target.usable then
        os.remove(folder .. "/hello-" .. target.name)
        launch("hello", folder, target.name)
        self.waiting[#self.waiting + 1] = { target = target.name, until_unix = now_unix() + ANSWER_SECONDS }
        self.waiting_count = #self.waiting
      end
    end
  end

  local function last_code(target, name)
    local sent, code = (store.read(folder .. "/last-" .. target) or ""):match("^(%S+) (%d+)")
    return sent == name and code or nil
  end

  -- True when nothing more is to be expected about this one.
  local function concluded(item, now)
    if not item.name then
      local code = store.read(folder .. "/hello-" .. item.target)
      if code then console.info(("Handshake with %s: status %s"):format(item.target, (code:gsub("%s", "")))) end
      return code ~= nil or now > item.until_unix
    end
    if not store.exists(folder .. "/spool/" .. item.target .. "/" .. item.name) then
      if store.exists(folder .. "/refused/" .. item.target .. "/" .. item.name) then
        console.error(("Webhook send failed %s to %s: refused, status %s"):format(item.name, item.target,
          last_code(item.target, item.name) or "unknown"))
      else
        console.info(("Sent round notification %s to %s"):format(item.name, item.target))
      end
      return true
    end
    local code = last_code(item.target, item.name)
    if not code and now <= item.until_unix then return false end
    console.error(("Webhook send failed %s to %s: status %s, kept in the spool"):format(item.name, item.target,
      code or "unknown"))
    return true
  end

  -- Called once a second while something is under way.
  function self.watch(now)
    local left = {}
    for i = 1, #self.waiting do
      if not concluded(self.waiting[i], now) then left[#left + 1] = self.waiting[i] end
    end
    self.waiting, self.waiting_count = left, #left
  end

  -- What the last sender counted: {targets = {name = {files, bytes}}, files, bytes, oldest, refused, seen}, where seen
  -- is how many reports had been spooled when it started. nil before the first one.
  function self.counted()
    local text = store.read(folder .. "/count")
    local refused, seen = (text or ""):match("\n:refused=(%d+)\n:seen=(%d+)\n")
    if not seen then return nil end
    local result = { targets = {}, files = 0, bytes = 0, refused = tonumber(refused), seen = tonumber(seen) }
    for name, files, bytes, oldest in text:gmatch("([%w_-]+)=(%d+) (%d+) (%d+)\n") do
      files, bytes, oldest = tonumber(files), tonumber(bytes), tonumber(oldest)
      result.targets[name] = { files = files, bytes = bytes }
      result.files, result.bytes = result.files + files, result.bytes + bytes
      if files > 0 and oldest < (result.oldest or math.huge) then result.oldest = oldest end
    end
    return result
  end

  return self
end

return sender
