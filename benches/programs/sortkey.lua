local pairs_, seed = {}, 42
for i = 0, 299999 do
  -- The product does not fit a double; it is taken apart.
  local low, high = seed % 65536, math.floor(seed / 65536)
  seed = (low * 1103515245 + 12345 + (high * 1103515245 % 32768) * 65536) % 2147483648
  pairs_[i + 1] = {seed % 100000, i}
end
table.sort(pairs_, function(a, b)
  return a[1] * 1000000 + a[2] < b[1] * 1000000 + b[2]
end)
local check = 0
for i = 1, 300000, 1000 do
  check = (check * 31 + pairs_[i][2]) % 1000000007
end
print(string.format("%.0f", check))
