local people, state = {}, 42
for i = 1, 1000000 do
  state = (state * 1103515245 + 12345) % 2147483648
  people[i] = {name = "p" .. state % 50000, age = state // 7 % 90, score = (state % 1000) / 10.0}
end
local by_age, by_name = {}, {}
for i = 1, #people do by_age[i] = people[i]; by_name[i] = people[i] end
local floor = math.floor
for i = 1, #people do
  local p = people[i]
  p.key = p.age * 1000000 + floor(p.score * 10.0)
end
table.sort(by_age, function(a, b) return a.key < b.key end)
table.sort(by_name, function(a, b) return a.name < b.name end)
local check = 0
for i = 1, 1000000, 1000 do check = (check * 31 + by_age[i].age + #by_name[i].name) % 1000003 end
print(by_age[1].age .. " " .. by_age[#by_age].age .. " " .. by_name[1].name .. " " .. by_name[#by_name].name .. " " .. check)
