local sqrt = math.sqrt

local Vec = {}
Vec.__index = Vec
local function vec(x, y, z) return setmetatable({x = x, y = y, z = z}, Vec) end
function Vec.__add(a, b) return vec(a.x + b.x, a.y + b.y, a.z + b.z) end
function Vec.__sub(a, b) return vec(a.x - b.x, a.y - b.y, a.z - b.z) end
function Vec:scaled(by) return vec(self.x * by, self.y * by, self.z * by) end
function Vec:dot(other) return self.x * other.x + self.y * other.y + self.z * other.z end

local Body = {}
Body.__index = Body
function Body:push(away, by) self.speed = self.speed - away:scaled(by) end
function Body:move(dt) self.at = self.at + self.speed:scaled(dt) end
function Body:energy() return 0.5 * self.mass * self.speed:dot(self.speed) end

local System = {}
System.__index = System

function System:step(dt)
  local bodies = self.bodies
  local n = #bodies
  for i = 1, n do
    for j = i + 1, n do
      local away = bodies[i].at - bodies[j].at
      local square = away:dot(away)
      local pull = dt / (square * sqrt(square))
      local left, right = bodies[i].mass, bodies[j].mass
      bodies[i]:push(away, right * pull)
      bodies[j]:push(away, -left * pull)
    end
  end
  for _, body in ipairs(bodies) do body:move(dt) end
end

function System:energy()
  local bodies = self.bodies
  local total = 0
  for _, body in ipairs(bodies) do total = total + body:energy() end
  for i = 1, #bodies do
    for j = i + 1, #bodies do
      local away = bodies[i].at - bodies[j].at
      total = total - bodies[i].mass * bodies[j].mass / sqrt(away:dot(away))
    end
  end
  return total
end

local bodies = {}
for i = 0, 4 do
  local k = i + 0.0
  local at = vec(k * 5.0 - 2.0, k * k + 1.0, 0.5 - k * 0.25)
  local speed = vec(0.1 - k * 0.05, 0.3 * k, 0.02)
  bodies[#bodies + 1] = setmetatable({at = at, speed = speed, mass = 40.0 / (1.0 + k * 9.0)}, Body)
end
local system = setmetatable({bodies = bodies}, System)
local before = system:energy()
for _ = 1, 150000 do system:step(0.0001) end
print(string.format("%.9f %.9f", before, system:energy()))
