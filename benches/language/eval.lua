local NUM, VAR, ADD, SUB, MUL, NEG = 1, 2, 3, 4, 5, 6
local function num(v) return {tag = NUM, value = v} end
local Var = {tag = VAR}
local function add(l, r) return {tag = ADD, left = l, right = r} end
local function sub(l, r) return {tag = SUB, left = l, right = r} end
local function mul(l, r) return {tag = MUL, left = l, right = r} end
local function neg(i) return {tag = NEG, inner = i} end

local function eval(e, x)
  local tag = e.tag
  if tag == NUM then return e.value
  elseif tag == VAR then return x
  elseif tag == ADD then return eval(e.left, x) + eval(e.right, x)
  elseif tag == SUB then return eval(e.left, x) - eval(e.right, x)
  elseif tag == MUL then return eval(e.left, x) * eval(e.right, x) % 1000003
  else return -eval(e.inner, x) end
end

local function build(depth, seed)
  if depth == 0 then
    if seed % 3 == 0 then return Var end
    return num(seed % 17)
  end
  local a = build(depth - 1, seed * 7 % 1009 + 1)
  local k = seed % 4
  if k == 0 then return neg(a)
  elseif k == 1 then return add(a, build(depth - 1, seed * 13 % 997 + 2))
  elseif k == 2 then return sub(a, build(depth - 1, seed * 11 % 991 + 3))
  else return mul(a, build(depth - 1, seed * 5 % 983 + 4)) end
end

local function isnum(e, v) return e.tag == NUM and e.value == v end

local function simplify(e)
  local tag = e.tag
  if tag == NEG then
    if e.inner.tag == NEG then return simplify(e.inner.inner) end
    return neg(simplify(e.inner))
  elseif tag == ADD then
    local l, r = e.left, e.right
    if l.tag == NUM and r.tag == NUM then return num(l.value + r.value) end
    if isnum(l, 0) then return simplify(r) end
    if isnum(r, 0) then return simplify(l) end
    return add(simplify(l), simplify(r))
  elseif tag == SUB then
    if isnum(e.right, 0) then return simplify(e.left) end
    return sub(simplify(e.left), simplify(e.right))
  elseif tag == MUL then
    local l, r = e.left, e.right
    if isnum(l, 0) or isnum(r, 0) then return num(0) end
    if isnum(l, 1) then return simplify(r) end
    if isnum(r, 1) then return simplify(l) end
    return mul(simplify(l), simplify(r))
  else return e end
end

local e = build(16, 5)
local total = 0
for x = 0, 99 do total = (total + eval(e, x)) % 1000003 end
local s = e
for _ = 1, 20 do s = simplify(s) end
for x = 0, 99 do total = (total * 31 + eval(s, x)) % 1000003 end
print(total)
