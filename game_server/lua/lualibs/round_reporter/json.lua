-- JSON text from Lua values: ordered objects, integers as digits, any byte in any string.
-- An object is made with json.object("key", value, "key", value, ...): the order stays as written, a nil value
-- leaves its key out, json.null writes null. Any other table is a list. Nothing here can raise on hostile text.

local json = {}

local byte, char, format, rep, gsub, find, sub = string.byte, string.char, string.format, string.rep, string.gsub,
  string.find, string.sub
local concat, floor, huge = table.concat, math.floor, math.huge

json.null = setmetatable({}, { __tostring = function() return "null" end })
local null = json.null

local REPLACEMENT = "\239\191\189" -- U+FFFD

function json.object(...)
  return { n = select("#", ...), ... }
end

-- The same object with more keys at its end.
function json.extend(object, ...)
  local n, more = object.n, select("#", ...)
  for i = 1, more do object[n + i] = (select(i, ...)) end
  object.n = n + more
  return object
end

-- What writes itself, for long lists of plain numbers: write(out, at) puts texts that are JSON together into the list `out`
-- from at + 1 on, and answers where the last one is. A long one calls `json.gather` now and then.
function json.raw(write)
  return { raw = write }
end

-- nil becomes an explicit null: "unknown", said aloud.
function json.or_null(value)
  if value == nil then return null end
  return value
end

-- Length of the well-formed UTF-8 sequence at `i` (1 to 4), or nil: overlong forms, surrogates, values above
-- U+10FFFF, stray continuation bytes and cut sequences are not well-formed.
local function sequence_length(text, i)
  local a, b, c, d = byte(text, i, i + 3)
  if a < 0x80 then return 1 end
  if a < 0xC2 or a > 0xF4 then return nil end
  if not b or b < 0x80 or b > 0xBF then return nil end
  if a < 0xE0 then return 2 end
  if a < 0xF0 then
    if not c or c < 0x80 or c > 0xBF then return nil end
    if a == 0xE0 and b < 0xA0 then return nil end
    if a == 0xED and b > 0x9F then return nil end
    return 3
  end
  if not c or c < 0x80 or c > 0xBF or not d or d < 0x80 or d > 0xBF then return nil end
  if a == 0xF0 and b < 0x90 then return nil end
  if a == 0xF4 and b > 0x8F then return nil end
  return 4
end

-- The text as valid UTF-8 (each bad byte replaced by U+FFFD), and whether it had been valid already.
function json.to_utf8(text)
  if not find(text, "[\128-\255]") then return text, true end
  local parts, count, valid = {}, 0, true
  local i, length = 1, #text
  while i <= length do
    local size = sequence_length(text, i)
    count = count + 1
    if size then
      parts[count] = sub(text, i, i + size - 1)
    else
      parts[count], valid, size = REPLACEMENT, false, 1
    end
    i = i + size
  end
  return concat(parts), valid
end

function json.to_hex(text)
  return (gsub(text, ".", function(c) return format("%02x", byte(c)) end))
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\" }
for code = 0, 31 do ESCAPES[char(code)] = format("\\u%04x", code) end
ESCAPES["\127"] = "\\u007f"
ESCAPES["\n"], ESCAPES["\r"], ESCAPES["\t"] = "\\n", "\\r", "\\t"

local function quoted(utf8_text)
  if find(utf8_text, '["\\%c]') then
    utf8_text = gsub(utf8_text, '["\\%c]', ESCAPES)
  end
  return '"' .. utf8_text .. '"'
end

-- The digits of the whole numbers that are common: thousands are in a report, and making a text of each takes time.
json.DIGITS = {}
for number = 0, 2047 do json.DIGITS[number] = format("%.0f", number) end
local DIGITS = json.DIGITS

-- Digits for a whole number, at most 14 significant digits for another one, null for what JSON has no word for.
function json.number(value)
  local digits = DIGITS[value]
  if digits then return digits end
  if type(value) ~= "number" or value ~= value or value == huge or value == -huge then return "null" end
  local whole = floor(value)
  if whole ~= value then return (gsub(format("%.14g", value), ",", ".")) end
  if value > -1e14 and value < 1e14 then return whole .. "" end
  return format("%.0f", value)
end

local function list_has_bad_text(list)
  for i = 1, #list do
    if type(list[i]) == "string" then
      local _, valid = json.to_utf8(list[i])
      if not valid then return true end
    end
  end
  return false
end

-- Keys as they are written: few, and each in a report hundreds of times.
local function keys_behind(mark)
  return setmetatable({}, { __index = function(known, key)
    local text = mark .. '"' .. key .. '":'
    known[key] = text
    return text
  end })
end
local FIRST_KEY, NEXT_KEY = keys_behind("{"), keys_behind(",")

-- A text, and behind it what has been lost of it.
local function text_of(key, item)
  local text, valid = json.to_utf8(item)
  if valid then return quoted(text) end
  return quoted(text) .. ',"' .. key .. '_hex":"' .. json.to_hex(item) .. '"'
end

-- Key and text as in an object, for one that is written at once.
function json.text(key, item)
  return '"' .. key .. '":' .. text_of(key, item)
end

local write

local function write_hex_list(out, at, list)
  for i = 1, #list do
    local text = tostring(list[i])
    local _, valid = json.to_utf8(text)
    at = at + 1
    out[at] = (i == 1 and "[" or ",") .. (valid and "null" or '"' .. json.to_hex(text) .. '"')
  end
  out[at + 1] = "]"
  return at + 1
end

local function write_object(out, at, value)
  local keys = FIRST_KEY
  for i = 1, value.n, 2 do
    local key, item = value[i], value[i + 1]
    if item ~= nil then
      local kind = type(item)
      at = at + 1
      out[at] = keys[key]
      keys = NEXT_KEY
      if kind == "string" then
        at = at + 1
        out[at] = text_of(key, item)
      else
        at = write(out, at, item)
        if kind == "table" and item.n == nil and item ~= null and list_has_bad_text(item) then
          at = at + 1
          out[at] = ',"' .. key .. '_hex":'
          at = write_hex_list(out, at, item)
        end
      end
    end
  end
  out[at + 1] = keys == FIRST_KEY and "{}" or "}"
  return at + 1
end

local function write_list(out, at, value)
  local count = #value
  if count == 0 then
    out[at + 1] = "[]"
    return at + 1
  end
  for i = 1, count do
    at = at + 1
    out[at] = i == 1 and "[" or ","
    at = write(out, at, value[i])
  end
  out[at + 1] = "]"
  return at + 1
end

write = function(out, at, value)
  local kind = type(value)
  if kind == "table" and value ~= null then
    if value.n then return write_object(out, at, value) end
    if value.raw then return value.raw(out, at) end
    return write_list(out, at, value)
  end
  at = at + 1
  if kind == "string" then
    out[at] = quoted((json.to_utf8(value)))
  elseif kind == "number" then
    out[at] = json.number(value)
  elseif kind == "boolean" then
    out[at] = value and "true" or "false"
  else
    out[at] = "null"
  end
  return at
end

local MANY = 448 -- of a report's texts, some 20 KiB

-- Makes one piece of the texts so far when they are many, and answers where the last one is now. One text of a whole report
-- would cost more than its pieces: memory for it is asked for anew each time, and comes from the system page by page.
function json.gather(out, at)
  if at < MANY then return at end
  local pieces = out.pieces
  pieces[#pieces + 1] = concat(out, "", 1, at)
  return 0
end

-- The value as one line of JSON (valid UTF-8), in pieces. A text in an object that was not valid UTF-8 keeps its bytes
-- beside it as `<key>_hex`; a list with such a text has a `<key>_hex` of the same length, null where nothing was lost.
function json.encode_in_pieces(value)
  local pieces = {}
  local out = { pieces = pieces }
  local at = write(out, 0, value)
  pieces[#pieces + 1] = concat(out, "", 1, at)
  return pieces
end

-- The same as one text.
function json.encode(value)
  return concat(json.encode_in_pieces(value))
end

return json
