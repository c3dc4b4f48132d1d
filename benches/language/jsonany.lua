local byte, char, find, format, gsub, match, sub =
  string.byte, string.char, string.find, string.format, string.gsub, string.match, string.sub
local concat, tonumber, type, floor = table.concat, tonumber, type, math.floor
local null = {}
local function source(count)
  local parts = {}
  for i = 0, count - 1 do
    parts[#parts + 1] = format('{"id": %d, "name": "user %d", "active": %s, "score": %d.5, '
      .. '"tags": ["a%d", "b\\n%d", "\\"c\\""], '
      .. '"place": {"city": "C%d", "lat": %d.5, "lon": -%d.25}, "note": null}',
      i, i * 7919 % 100003, i % 2 == 0 and "true" or "false", i % 1000,
      i % 13, i % 7, i % 97, i % 180, i % 90)
  end
  return "[" .. concat(parts, ", ") .. "]"
end
local text
local unescaped = {['"'] = '"', ['\\'] = '\\', ['/'] = '/', b = '\b', f = '\f', n = '\n', r = '\r', t = '\t'}
local function fail(i) error("no JSON at " .. i) end
local function unescape(s, i)
  s = gsub(s, "\\u(%x%x%x%x)", function(hex) return utf8.char(tonumber(hex, 16)) end)
  return (gsub(s, "\\(.)", function(c) return unescaped[c] or fail(i) end))
end
local function str(i)
  local start = i + 1
  local at = start
  local escaped = false
  while true do
    at = find(text, '["\\]', at)
    if not at then fail(i) end
    if byte(text, at) == 34 then break end
    escaped = true
    at = at + 2
  end
  local s = sub(text, start, at - 1)
  if escaped then s = unescape(s, i) end
  return s, at + 1
end
local function blank(i) return find(text, "[^ \n\r\t]", i) or fail(i) end
local value
local function list(i)
  local out, n = {}, 0
  i = blank(i + 1)
  if byte(text, i) == 93 then return out, i + 1 end
  while true do
    n = n + 1
    out[n], i = value(i)
    i = blank(i)
    local c = byte(text, i)
    if c == 93 then return out, i + 1 end
    if c ~= 44 then fail(i) end
    i = blank(i + 1)
  end
end
-- The order in which the keys of an object came.
local keys_of = setmetatable({}, {__mode = "k"})
local function object(i)
  local out, keys, n = {}, {}, 0
  keys_of[out] = keys
  i = blank(i + 1)
  if byte(text, i) == 125 then return out, i + 1 end
  while true do
    if byte(text, i) ~= 34 then fail(i) end
    local key
    key, i = str(i)
    i = blank(i)
    if byte(text, i) ~= 58 then fail(i) end
    local v
    v, i = value(blank(i + 1))
    if out[key] == nil then n = n + 1; keys[n] = key end
    out[key] = v
    i = blank(i)
    local c = byte(text, i)
    if c == 125 then return out, i + 1 end
    if c ~= 44 then fail(i) end
    i = blank(i + 1)
  end
end
function value(i)
  local c = byte(text, i)
  if c == 34 then return str(i) end
  if c == 123 then return object(i) end
  if c == 91 then return list(i) end
  if c == 116 and sub(text, i, i + 3) == "true" then return true, i + 4 end
  if c == 102 and sub(text, i, i + 4) == "false" then return false, i + 5 end
  if c == 110 and sub(text, i, i + 3) == "null" then return null, i + 4 end
  local s = match(text, "^-?%d+%.?%d*[eE]?[+-]?%d*", i) or fail(i)
  return tonumber(s) or fail(i), i + #s
end
local function loads(whole)
  text = whole
  return (value(blank(1)))
end
local escapes = {['"'] = '\\"', ['\\'] = '\\\\', ['\n'] = '\\n', ['\r'] = '\\r', ['\t'] = '\\t'}
local function escape(c) return escapes[c] or format("\\u%04x", byte(c)) end
local function quoted(s)
  if find(s, '[%c"\\]') then s = gsub(s, '[%c"\\]', escape) end
  return '"' .. s .. '"'
end
local function dump(v, out, n)
  local kind = type(v)
  if kind == "string" then out[n + 1] = quoted(v); return n + 1 end
  if kind ~= "table" then out[n + 1] = tostring(v); return n + 1 end
  if v == null then out[n + 1] = "null"; return n + 1 end
  local keys = keys_of[v]
  if keys then
    out[n + 1] = "{"
    n = n + 1
    for i = 1, #keys do
      local key = keys[i]
      out[n + 1] = (i > 1 and ", " or "") .. quoted(key) .. ": "
      n = dump(v[key], out, n + 1)
    end
    out[n + 1] = "}"
    return n + 1
  end
  out[n + 1] = "["
  n = n + 1
  for i = 1, #v do
    if i > 1 then out[n + 1] = ", "; n = n + 1 end
    n = dump(v[i], out, n)
  end
  out[n + 1] = "]"
  return n + 1
end
local function dumps(v)
  local out = {}
  dump(v, out, 0)
  return concat(out)
end
local whole = source(60000)
local people = loads(whole)
local score, length, active = 0.0, 0, 0
for _, person in ipairs(people) do
  score = score + person.score
  score = score + person.place.lat
  if person.active then active = active + 1 end
  for _, tag in ipairs(person.tags) do length = length + #tag end
end
local again = dumps(people)
print(#whole .. " " .. #people .. " " .. floor(score) .. " " .. length .. " " .. active
  .. " " .. (again == whole and "True" or "False"))
