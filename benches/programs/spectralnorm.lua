local floor = math.floor
local function entry(i, j)
  return 1.0 / (floor((i + j) * (i + j + 1) / 2) + i + 1)
end

local function times(v, out)
  local n = #v
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do sum = sum + entry(i, j) * v[j + 1] end
    out[i + 1] = sum
  end
end

local function times_transposed(v, out)
  local n = #v
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do sum = sum + entry(j, i) * v[j + 1] end
    out[i + 1] = sum
  end
end

local n = 1000
local u, v, between = {}, {}, {}
for i = 1, n do u[i], v[i], between[i] = 1.0, 0.0, 0.0 end
for _ = 1, 10 do
  times(u, between)
  times_transposed(between, v)
  times(v, between)
  times_transposed(between, u)
end
local vbv, vv = 0.0, 0.0
for i = 1, n do
  vbv = vbv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print(string.format("%.9f", math.sqrt(vbv / vv)))
