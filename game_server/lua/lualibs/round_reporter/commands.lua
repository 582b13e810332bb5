-- `round_reporter status|flush|check` on the server console.

local store = require("round_reporter.store")

local commands = {}

function commands.new(app)
  local console = app.console

  local function status()
    local files, bytes = app.spool.fill()
    console.error(("server_id=%s instance=%s boot=%s spool_files=%.0f spool_bytes=%.0f unsaved=%.0f"):format(
      tostring(app.settings.server_id), app.instance, app.boot_id, files, bytes, #app.spool.unsaved))
    for _, name in ipairs(app.settings.target_names) do
      local target = app.settings.targets[name]
      local last = (store.read(app.folder .. "/last-" .. name) or "nothing sent"):gsub("%s+$", "")
      console.error(("target %s url=%s sending=%s last=%s"):format(name, tostring(target.url),
        tostring(app.sender.can_send(target)), last))
    end
    for _, problem in ipairs(app.settings.problems) do console.error(problem) end
  end

  local function check()
    status()
    app.teller.say_hello()
  end

  local function flush()
    app.spool.retry_unsaved()
    app.sender.sweep(app.state.spooled_total or 0)
    console.error("flush: sending what is older than 35 seconds")
  end

  local known = { status = status, check = check, flush = flush }

  return function(word)
    local run = known[word]
    if run then return run() end
    console.error("usage: round_reporter status|flush|check")
  end
end

return commands
