-- SHA-256 in plain arithmetic: Lua 5.4 has no bit library, LuaJIT and 5.1 have no bit operators.
-- Words are whole numbers below 2^32; AND and XOR go through a table of nibbles. Meant for texts of a line or two.

local floor, byte, char, format, rep, sub = math.floor, string.byte, string.char, string.format, string.rep, string.sub

local WORD = 4294967296

local K = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}

-- XOR[16 * a + b] for nibbles a, b.
local XOR = {}
for a = 0, 15 do
  for b = 0, 15 do
    local result, place, x, y = 0, 1, a, b
    for _ = 1, 4 do
      if x % 2 ~= y % 2 then result = result + place end
      x, y, place = floor(x / 2), floor(y / 2), place * 2
    end
    XOR[16 * a + b] = result
  end
end

local function xor(a, b)
  local result, place = 0, 1
  for _ = 1, 8 do
    local x, y = a % 16, b % 16
    result = result + XOR[16 * x + y] * place
    a, b, place = (a - x) / 16, (b - y) / 16, place * 16
  end
  return result
end

local function rotate(word, bits)
  local low = word % 2 ^ bits
  return (word - low) / 2 ^ bits + low * 2 ^ (32 - bits)
end

local function shift(word, bits)
  return floor(word / 2 ^ bits)
end

-- a AND b, from a + b = (a XOR b) + 2 (a AND b).
local function both(a, b)
  return (a + b - xor(a, b)) / 2
end

local function padded(text)
  local length = #text
  local zeros = (55 - length) % 64
  local tail, bits = "", length * 8
  for _ = 1, 8 do
    tail = char(bits % 256) .. tail
    bits = floor(bits / 256)
  end
  return text .. "\128" .. rep("\0", zeros) .. tail
end

local function schedule(block)
  local w = {}
  for i = 1, 16 do
    local a, b, c, d = byte(block, 4 * i - 3, 4 * i)
    w[i] = ((a * 256 + b) * 256 + c) * 256 + d
  end
  for i = 17, 64 do
    local x, y = w[i - 15], w[i - 2]
    local s0 = xor(xor(rotate(x, 7), rotate(x, 18)), shift(x, 3))
    local s1 = xor(xor(rotate(y, 17), rotate(y, 19)), shift(y, 10))
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) % WORD
  end
  return w
end

local function digest_block(h, block)
  local w = schedule(block)
  local a, b, c, d, e, f, g, z = h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]
  for i = 1, 64 do
    local s1 = xor(xor(rotate(e, 6), rotate(e, 11)), rotate(e, 25))
    local choice = xor(g, both(e, xor(f, g)))
    local t1 = (z + s1 + choice + K[i] + w[i]) % WORD
    local s0 = xor(xor(rotate(a, 2), rotate(a, 13)), rotate(a, 22))
    local majority = xor(both(a, b), both(c, xor(a, b)))
    z, g, f, e, d, c, b, a = g, f, e, (d + t1) % WORD, c, b, a, (t1 + s0 + majority) % WORD
  end
  local add = { a, b, c, d, e, f, g, z }
  for i = 1, 8 do h[i] = (h[i] + add[i]) % WORD end
end

-- The SHA-256 of a byte string as 64 lower-case hex digits.
return function(text)
  local h = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  }
  local data = padded(text)
  for at = 1, #data, 64 do digest_block(h, sub(data, at, at + 63)) end
  local hex = ""
  for i = 1, 8 do
    local high = floor(h[i] / 65536)
    hex = hex .. format("%04x%04x", high, floor(h[i] - high * 65536))
  end
  return hex
end
