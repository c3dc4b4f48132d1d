local function inside(cx, cy)
  local x, y = 0.0, 0.0
  for i = 0, 99 do
    local x2, y2 = x * x, y * y
    if x2 + y2 > 4.0 then return i end
    y = 2.0 * x * y + cy
    x = x2 - y2 + cx
  end
  return 100
end
local size, total = 1400, 0
for py = 0, size - 1 do
  local cy = 2.0 * py / size - 1.0
  for px = 0, size - 1 do
    total = total + inside(2.0 * px / size - 1.5, cy)
  end
end
print(total)
