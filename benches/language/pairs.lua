local seen, places = {}, {}
local x, y, state = 0, 0, 12345
for _ = 1, 1000000 do
  state = (state * 1103515245 + 12345) % 2147483648
  local k = state // 65536 % 4
  if k == 0 then x = x + 1 elseif k == 1 then x = x - 1 elseif k == 2 then y = y + 1 else y = y - 1 end
  local key = x .. "," .. y
  local old = seen[key]
  if not old then places[#places + 1] = {x, y, key} end
  seen[key] = (old or 0) + 1
end
local bx, by, most = 0, 0, 0
for i = 1, #places do
  local p = places[i]
  local count = seen[p[3]]
  if count > most or count == most and (p[1] < bx or p[1] == bx and p[2] < by) then
    bx, by, most = p[1], p[2], count
  end
end
print(#places .. " " .. bx .. " " .. by .. " " .. most)
