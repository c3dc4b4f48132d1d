local d, count = {}, 0
for i = 0, 999999 do
  local k = i * 7919 % 1000003
  if d[k] == nil then count = count + 1 end
  d[k] = i
end
local sum = 0
for i = 0, 1000002 do sum = sum + (d[i] or 0) end
for i = 0, 999998, 2 do
  local k = i * 7919 % 1000003
  d[k] = d[k] + 1
  sum = sum + d[k]
end
print(string.format("%d %.0f", count, sum))
