local function bottom_up(depth)
  if depth == 0 then return {} end
  return {bottom_up(depth - 1), bottom_up(depth - 1)}
end
local function check(tree)
  if tree[1] then return 1 + check(tree[1]) + check(tree[2]) end
  return 1
end
local n = 16
local long_lived = bottom_up(n)
local total = check(bottom_up(n + 1))
for depth = 4, n, 4 do
  local sum = 0
  for _ = 1, 2 ^ (n - depth + 4) do sum = sum + check(bottom_up(depth)) end
  total = total + sum
end
print(string.format("%.0f", total + check(long_lived)))
