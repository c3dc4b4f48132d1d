local counts, distinct, length = {}, 0, 0
for _ = 1, 40 do
  local parts = {}
  for i = 0, 19999 do parts[#parts + 1] = "w" .. (i * 7 % 1000) end
  local text = table.concat(parts, " ")
  length = length + #text
  for word in text:gmatch("%S+") do
    local n = counts[word]
    if n == nil then distinct = distinct + 1 end
    counts[word] = (n or 0) + 1
  end
end
print(length .. " " .. distinct .. " " .. counts.w0 .. " " .. counts.w999)
