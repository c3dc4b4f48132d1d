local sqrt = math.sqrt
local m, d = 39.47841760435743, 365.24
local bodies = {
  {x = 0.0, y = 0.0, z = 0.0, vx = 0.0, vy = 0.0, vz = 0.0, mass = m},
  {x = 4.84143144246472090, y = -1.16032004402742839, z = -0.103622044471123109,
   vx = 0.00166007664274403694 * d, vy = 0.00769901118419740425 * d,
   vz = -0.0000690460016972063023 * d, mass = 0.000954791938424326609 * m},
  {x = 8.34336671824457987, y = 4.12479856412430479, z = -0.403523417114321381,
   vx = -0.00276742510726411 * d, vy = 0.00499852801234917238 * d,
   vz = 0.0000230417297573763929 * d, mass = 0.000285885980666130812 * m},
  {x = 12.8943695621391310, y = -15.1111514016986312, z = -0.223307578892655734,
   vx = 0.00296460137564761618 * d, vy = 0.00237847173959480950 * d,
   vz = -0.0000296589568540237556 * d, mass = 0.0000436624404335156298 * m},
  {x = 15.3796971148509165, y = -25.9193146099879641, z = 0.179258772950371181,
   vx = 0.00268067772490389322 * d, vy = 0.00162824170038242295 * d,
   vz = -0.0000951592254519715870 * d, mass = 0.0000515138902046611451 * m},
}
local function energy()
  local e = 0.0
  for i = 1, #bodies do
    local a = bodies[i]
    e = e + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      e = e - a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end
local function advance(dt)
  local n = #bodies
  for i = 1, n do
    local a = bodies[i]
    for j = i + 1, n do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local d2 = dx * dx + dy * dy + dz * dz
      local mag = dt / (d2 * sqrt(d2))
      local mi, mj = a.mass * mag, b.mass * mag
      a.vx = a.vx - dx * mj
      a.vy = a.vy - dy * mj
      a.vz = a.vz - dz * mj
      b.vx = b.vx + dx * mi
      b.vy = b.vy + dy * mi
      b.vz = b.vz + dz * mi
    end
  end
  for i = 1, n do
    local a = bodies[i]
    a.x = a.x + dt * a.vx
    a.y = a.y + dt * a.vy
    a.z = a.z + dt * a.vz
  end
end
for _ = 1, 2000000 do advance(0.01) end
print(string.format("%.9f", energy()))
