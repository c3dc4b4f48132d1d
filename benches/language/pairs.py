def main():
    seen = {}
    x = y = 0
    state = 12345
    for _ in range(1000000):
        state = (state * 1103515245 + 12345) % 2147483648
        k = state // 65536 % 4
        if k == 0: x += 1
        elif k == 1: x -= 1
        elif k == 2: y += 1
        else: y -= 1
        seen[(x, y)] = seen.get((x, y), 0) + 1
    best, most = (0, 0), 0
    for place, count in seen.items():
        if count > most or count == most and place < best:
            best, most = place, count
    print(len(seen), best[0], best[1], most)
main()
