-- The same sum by a while loop.
local sum, i, n = 0, 1, 100000000
while i <= n do
  sum = sum + i
  i = i + 1
end
assert(sum == 5000000050000000)
