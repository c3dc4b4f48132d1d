def compose(f, g): return lambda x: g(f(x))
def adder(n): return lambda x: x + n
def apply_all(fs, x):
    for f in fs: x = f(x)
    return x
def main():
    steps = []
    for i in range(10):
        if i % 2 == 0: steps.append(adder(i))
        else: steps.append(compose(adder(-i), lambda v: v * 3 % 10007))
    total = 0
    for i in range(200000):
        total = (total + apply_all(steps, i % 1000)) % 1000003
    for n in range(100):
        f = adder(n)
        total += sum([f(x) for x in range(1000) if f(x) % 3 == 0])
    print(total)
main()
