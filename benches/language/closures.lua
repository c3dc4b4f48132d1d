local function compose(f, g) return function(x) return g(f(x)) end end
local function adder(n) return function(x) return x + n end end
local function apply_all(fs, x)
  for i = 1, #fs do x = fs[i](x) end
  return x
end
local steps = {}
for i = 0, 9 do
  if i % 2 == 0 then steps[#steps + 1] = adder(i)
  else steps[#steps + 1] = compose(adder(-i), function(v) return v * 3 % 10007 end) end
end
local total = 0
for i = 0, 199999 do total = (total + apply_all(steps, i % 1000)) % 1000003 end
for n = 0, 99 do
  local f = adder(n)
  local s = 0
  for x = 0, 999 do if f(x) % 3 == 0 then s = s + f(x) end end
  total = total + s
end
print(total)
