-- The reporter's own folder: whole files, written beside their place and renamed into it, and the state file.

local store = {}

local concat, gsub, format, byte, char, sub, find = table.concat, string.gsub, string.format, string.byte,
  string.char, string.sub, string.find

-- ----- files ----------------------------------------------------------------------------------------------------

-- The whole file, or nil and the reason.
function store.read(path)
  local file, reason = io.open(path, "rb")
  if not file then return nil, reason end
  local text, why = file:read("*a")
  file:close()
  return text, why
end

function store.exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local prepared = {} -- empty files this VM has made for what it will write

-- Makes the file that `write` will fill, ahead: to find room for a new file takes many times as long as to write it.
function store.prepare(path)
  local file = not prepared[path] and io.open(path, "wb")
  if not file then return end
  file:close()
  prepared[path] = true
end

-- A prepared file that nothing came into is taken away.
function store.forget(path)
  if prepared[path] then os.remove(path) end
  prepared[path] = nil
end

local function open_to_write(path)
  local is_there = prepared[path]
  prepared[path] = nil
  return is_there and io.open(path, "r+b") or io.open(path, "wb")
end

-- The texts, one behind another. true, or nil and the reason.
function store.write(path, ...)
  local file, reason = open_to_write(path)
  if not file then return nil, reason end
  local written, why = file:write(...)
  local closed, why_not = file:close() -- a full disk may show only here
  if written and closed then return true end
  os.remove(path)
  return nil, why or why_not
end

-- Never a half-written file at `path`: beside it first (in the same folder tree), then renamed.
function store.replace(path, text, beside)
  local ok, reason = store.write(beside, text)
  if not ok then return nil, reason end
  return os.rename(beside, path)
end

-- The same for a file that is written in frames of play. Renamed over another one it could wait for the disk, as file
-- systems write a file out then; so the other one steps aside. Killed in between, `read_swapped` finds the newest.
function store.swap(path, text, beside)
  local before = path .. ".before"
  if not prepared[beside] then os.remove(before) end
  local ok, reason = store.write(beside, text)
  if not ok then return nil, reason end
  os.rename(path, before)
  ok, reason = os.rename(beside, path)
  if not ok then os.rename(before, path) end
  return ok, reason
end

-- Does ahead what the next swap need not do then.
function store.prepare_swap(path, beside)
  if prepared[beside] then return end
  os.remove(path .. ".before")
  store.prepare(beside)
end

function store.read_swapped(path, beside)
  local text = store.read(path)
  if text then return text end
  text = store.read(beside)
  if text and text ~= "" then return text end
  return store.read(path .. ".before")
end

-- A word for the shell, whatever is in it.
function store.shell_word(text)
  return "'" .. gsub(text, "'", "'\\''") .. "'"
end

-- Makes folders that are not there yet; the only command the reporter waits for, once per installation.
function store.make_folders(paths)
  local missing = {}
  for i = 1, #paths do
    local probe = paths[i] .. "/.probe"
    if store.write(probe, "") then os.remove(probe) else missing[#missing + 1] = store.shell_word(paths[i]) end
  end
  if #missing > 0 then os.execute("mkdir -p " .. concat(missing, " ") .. " </dev/null >/dev/null 2>&1") end
end

-- ----- state: nested tables of numbers, texts and booleans as key=value lines ---------------------------------------

local function escaped(text)
  if not find(text, "[%c%%=]") then return text end
  return (gsub(text, "[%c%%=]", function(c) return format("%%%02x", byte(c)) end))
end

local function unescaped(text)
  return (gsub(text, "%%(%x%x)", function(hex) return char(tonumber(hex, 16)) end))
end

local function flatten(value, path, out)
  for key, item in pairs(value) do
    local name = type(key) == "number" and "#" .. format("%.0f", key) or key
    if sub(name, 1, 1) ~= "_" then
      local full = path == "" and name or path .. "/" .. name
      local kind = type(item)
      if kind == "table" then
        if next(item) == nil then out[#out + 1] = full .. "=t" end
        flatten(item, full, out)
      elseif kind == "number" then
        out[#out + 1] = full .. "=n" .. item
      elseif kind == "string" then
        out[#out + 1] = full .. "=s" .. escaped(item)
      elseif kind == "boolean" then
        out[#out + 1] = full .. "=b" .. (item and "1" or "0")
      end
    end
  end
end

local function whole(number)
  if number and number == math.floor(number) and number > -2 ^ 53 and number < 2 ^ 53 then
    return tonumber(format("%.0f", number))
  end
  return number
end

local function value_of(text)
  local kind, rest = sub(text, 1, 1), sub(text, 2)
  if kind == "n" then return whole(tonumber(rest)) end
  if kind == "s" then return unescaped(rest) end
  if kind == "b" then return rest == "1" end
  if kind == "t" then return {} end
  return nil
end

-- Keys must not hold "/" or "="; keys that start with "_" are left out.
function store.encode_state(state)
  local out = {}
  flatten(state, "", out)
  out[#out + 1] = "complete=b1\n"
  return concat(out, "\n")
end

-- The table again, or nil when the text is not a whole state file.
function store.decode_state(text)
  local state = {}
  for line in string.gmatch(text, "[^\n]+") do
    local path, value = line:match("^([^=]+)=(.*)$")
    if not path then return nil end
    local at, last = state, nil
    for name in string.gmatch(path, "[^/]+") do
      if last ~= nil then
        if type(at[last]) ~= "table" then at[last] = {} end
        at = at[last]
      end
      last = sub(name, 1, 1) == "#" and whole(tonumber(sub(name, 2))) or name
    end
    if last == nil then return nil end
    local decoded = value_of(value)
    if type(decoded) ~= "table" or type(at[last]) ~= "table" then at[last] = decoded end
  end
  if not state.complete then return nil end
  state.complete = nil
  return state
end

return store
