class Circle:
    __slots__ = ("r",)
    def __init__(self, r): self.r = r
    def area(self): return 3.14159 * self.r * self.r
    def grow(self, k): return Circle(self.r * k)
class Rect:
    __slots__ = ("w", "h")
    def __init__(self, w, h): self.w = w; self.h = h
    def area(self): return self.w * self.h
    def grow(self, k): return Rect(self.w * k, self.h * k)
class Triangle:
    __slots__ = ("base", "height")
    def __init__(self, base, height): self.base = base; self.height = height
    def area(self): return 0.5 * self.base * self.height
    def grow(self, k): return Triangle(self.base * k, self.height * k)

def main():
    shapes = []
    for i in range(1000):
        x = float(i % 10 + 1)
        if i % 3 == 0: shapes.append(Circle(x))
        elif i % 3 == 1: shapes.append(Rect(x, x + 1.0))
        else: shapes.append(Triangle(x, 2.0))
    total = 0.0
    for turn in range(2000):
        for s in shapes:
            total += s.area()
        if turn % 10 == 0:
            k = 1.01 if turn % 20 == 0 else 0.99
            shapes = [s.grow(k) for s in shapes]
    print(f"{total:.3f}")
main()
