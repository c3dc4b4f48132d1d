local Circle, Rect, Triangle = {}, {}, {}
Circle.__index, Rect.__index, Triangle.__index = Circle, Rect, Triangle
local function circle(r) return setmetatable({r = r}, Circle) end
local function rect(w, h) return setmetatable({w = w, h = h}, Rect) end
local function triangle(b, h) return setmetatable({base = b, height = h}, Triangle) end
function Circle:area() return 3.14159 * self.r * self.r end
function Circle:grow(k) return circle(self.r * k) end
function Rect:area() return self.w * self.h end
function Rect:grow(k) return rect(self.w * k, self.h * k) end
function Triangle:area() return 0.5 * self.base * self.height end
function Triangle:grow(k) return triangle(self.base * k, self.height * k) end
local shapes = {}
for i = 0, 999 do
  local x = (i % 10 + 1) * 1.0
  if i % 3 == 0 then shapes[#shapes + 1] = circle(x)
  elseif i % 3 == 1 then shapes[#shapes + 1] = rect(x, x + 1.0)
  else shapes[#shapes + 1] = triangle(x, 2.0) end
end
local total = 0.0
for turn = 0, 1999 do
  for i = 1, #shapes do total = total + shapes[i]:area() end
  if turn % 10 == 0 then
    local k = turn % 20 == 0 and 1.01 or 0.99
    local new = {}
    for i = 1, #shapes do new[i] = shapes[i]:grow(k) end
    shapes = new
  end
end
print(string.format("%.3f", total))
