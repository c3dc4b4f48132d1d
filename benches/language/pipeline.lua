local wrap, yield = coroutine.wrap, coroutine.yield

local function walk_into(node)
  if node.left then walk_into(node.left) end
  yield(node.value)
  if node.right then walk_into(node.right) end
end

local function walk(node)
  return wrap(function() walk_into(node) end)
end

local function numbers(n)
  return wrap(function()
    local state = 7
    for _ = 1, n do
      state = (state * 1103515245 + 12345) % 2147483648
      yield(state // 65536)
    end
  end)
end

local function map(f, xs)
  return function()
    local x = xs()
    if x ~= nil then return f(x) end
  end
end

local function filter(f, xs)
  return function()
    local x = xs()
    while x ~= nil and not f(x) do x = xs() end
    return x
  end
end

local function without_runs(xs)
  return wrap(function()
    local last = -1
    for x in xs do
      if x ~= last then yield(x) end
      last = x
    end
  end)
end

local function in_pairs(xs)
  return wrap(function()
    while true do
      local a = xs()
      local b = a ~= nil and xs() or nil
      if a == nil or b == nil then return end
      yield(a, b)
    end
  end)
end

local function tree(low, high)
  if low > high then return nil end
  local middle = (low + high) // 2
  return {value = middle, left = tree(low, middle - 1), right = tree(middle + 1, high)}
end

local small = map(function(x) return x % 1000 end, numbers(2000000))
local some = filter(function(x) return x % 3 ~= 0 end, small)
local total, count = 0, 0
for a, b in in_pairs(without_runs(some)) do
  total = (total * 31 + a * b) % 1000003
  count = count + 1
end
local sums = 0
local root = tree(1, 30000)
for turn = 0, 3 do
  local i = 0
  for value in walk(root) do
    sums = (sums + i * value + turn) % 1000003
    i = i + 1
  end
end
print(count .. " " .. total .. " " .. sums)
