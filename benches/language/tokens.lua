local function source(lines)
  local parts = {}
  for i = 0, lines - 1 do
    parts[#parts + 1] = string.format("let v%d = (x%d + %d) * y%d;\n", i % 977, i % 13, i * 7919 % 100003, i % 7)
  end
  return table.concat(parts)
end
local byte, sub = string.byte, string.sub
local function alpha(c) return c >= 97 and c <= 122 or c >= 65 and c <= 90 end
local function digit(c) return c >= 48 and c <= 57 end
local function tokens(text)
  local out, n, i = {}, #text, 1
  while i <= n do
    local c = byte(text, i)
    if alpha(c) then
      local start = i
      while i <= n do
        local d = byte(text, i)
        if not (alpha(d) or digit(d)) then break end
        i = i + 1
      end
      out[#out + 1] = {tag = 1, text = sub(text, start, i - 1)}
    elseif digit(c) then
      local value = 0
      while i <= n do
        local d = byte(text, i)
        if not digit(d) then break end
        value = value * 10 + d - 48
        i = i + 1
      end
      out[#out + 1] = {tag = 2, value = value}
    elseif c == 32 or c == 10 then i = i + 1
    else
      out[#out + 1] = {tag = 3, which = c}
      i = i + 1
    end
  end
  return out
end
local text = source(150000)
local all = tokens(text)
local names, count, total, signs = {}, 0, 0, 0
for i = 1, #all do
  local t = all[i]
  if t.tag == 1 then
    local old = names[t.text]
    if not old then count = count + 1 end
    names[t.text] = (old or 0) + 1
  elseif t.tag == 2 then total = total + t.value
  elseif t.which == 40 or t.which == 41 then signs = signs + 2
  else signs = signs + 1 end
end
print(#text .. " " .. #all .. " " .. count .. " " .. names["let"] .. " " .. total .. " " .. signs)
