class Node:
    __slots__ = ("value", "left", "right")

    def __init__(self, value, left, right):
        self.value, self.left, self.right = value, left, right

    def walk(self):
        left, right = self.left, self.right
        if left is not None:
            yield from left.walk()
        yield self.value
        if right is not None:
            yield from right.walk()


def numbers(n):
    state = 7
    for _ in range(n):
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
        yield state // 65_536


def without_runs(xs):
    last = -1
    for x in xs:
        if x != last:
            yield x
        last = x


def in_pairs(xs):
    while True:
        a = next(xs, None)
        b = next(xs, None)
        if a is None or b is None:
            return
        yield a, b


def tree(low, high):
    if low > high:
        return None
    middle = (low + high) // 2
    return Node(middle, tree(low, middle - 1), tree(middle + 1, high))


def main():
    small = map(lambda x: x % 1000, numbers(2_000_000))
    some = filter(lambda x: x % 3 != 0, small)
    total = count = 0
    for a, b in in_pairs(without_runs(some)):
        total = (total * 31 + a * b) % 1_000_003
        count += 1
    sums = 0
    root = tree(1, 30_000)
    for turn in range(4):
        for i, value in enumerate(root.walk()):
            sums = (sums + i * value + turn) % 1_000_003
    print(count, total, sums)


main()
