-- The same sum by a numeric for loop.
local sum = 0
for i = 1, 100000000 do sum = sum + i end
assert(sum == 5000000050000000)
