local function count_primes(limit)
  local is_prime = {}
  for i = 0, limit do is_prime[i] = true end
  local count = 0
  for i = 2, limit do
    if is_prime[i] then
      count = count + 1
      for j = i * i, limit, i do is_prime[j] = false end
    end
  end
  return count
end
local total = 0
for _ = 1, 10 do total = total + count_primes(5000000) end
print(total)
