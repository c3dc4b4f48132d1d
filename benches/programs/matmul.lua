local function matrix(n, seed)
  local m = {}
  for i = 0, n - 1 do
    local row = {}
    for j = 0, n - 1 do row[j + 1] = seed * (i - j) * (i + j) end
    m[i + 1] = row
  end
  return m
end
local function product(a, b)
  local n, columns, out = #a, {}, {}
  for j = 1, n do
    local column = {}
    for k = 1, n do column[k] = b[k][j] end
    columns[j] = column
  end
  for i = 1, n do
    local row, line = a[i], {}
    for j = 1, n do
      local column, sum = columns[j], 0.0
      for k = 1, n do sum = sum + row[k] * column[k] end
      line[j] = sum
    end
    out[i] = line
  end
  return out
end
local n = 600
local c = product(matrix(n, 1.0 / n / n), matrix(n, 2.0 / n / n))
print(string.format("%.9f", c[n / 2 + 1][n / 2 + 1]))
