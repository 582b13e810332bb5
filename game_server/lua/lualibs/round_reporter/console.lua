-- Lines on the server console. Operators filter on the phrases: "round_reporter: <phrase> ...".

local console = {}

local LONGEST_LINE = 1000 -- the engine cuts at 1024, the newline with the rest
local LEVELS = { error = 1, info = 2, debug = 3 }

-- Only printable ASCII reaches the console: a map or file name cannot colour, break or forge a line.
local function printable(text)
  return (tostring(text):gsub("[^ -~]", "?"))
end

-- et: the engine's table. Level: "error", "info" or "debug".
function console.new(et)
  local self = { level = LEVELS.info, said = {}, error_count = 0 }

  local function write(text)
    et.G_Print(("round_reporter: " .. printable(text)):sub(1, LONGEST_LINE) .. "\n")
  end

  function self.set_level(name)
    self.level = LEVELS[name] or LEVELS.info
  end

  function self.error(text)
    write(text)
  end

  function self.info(text)
    if self.level >= LEVELS.info then write(text) end
  end

  function self.debug(text)
    if self.level >= LEVELS.debug then write(text) end
  end

  -- Said once per kind in the life of this VM, however often it happens.
  function self.error_once(kind, text)
    if self.said[kind] then return end
    self.said[kind] = true
    write(text)
  end

  -- An error inside the reporter: counted always, printed once per place.
  function self.internal_error(place, message)
    self.error_count = self.error_count + 1
    self.error_once("internal:" .. place, "internal error in " .. place .. ": " .. tostring(message))
  end

  return self
end

return console
