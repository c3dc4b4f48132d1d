import sys
sys.setrecursionlimit(10000)

class Num:
    __slots__ = ("value",)
    def __init__(self, value): self.value = value
class Var:
    __slots__ = ()
class Add:
    __slots__ = ("left", "right")
    def __init__(self, left, right): self.left = left; self.right = right
class Sub:
    __slots__ = ("left", "right")
    def __init__(self, left, right): self.left = left; self.right = right
class Mul:
    __slots__ = ("left", "right")
    def __init__(self, left, right): self.left = left; self.right = right
class Neg:
    __slots__ = ("inner",)
    def __init__(self, inner): self.inner = inner
VAR = Var()

def eval_(e, x):
    c = e.__class__
    if c is Num: return e.value
    if c is Var: return x
    if c is Add: return eval_(e.left, x) + eval_(e.right, x)
    if c is Sub: return eval_(e.left, x) - eval_(e.right, x)
    if c is Mul: return eval_(e.left, x) * eval_(e.right, x) % 1000003
    return -eval_(e.inner, x)

def build(depth, seed):
    if depth == 0:
        if seed % 3 == 0: return VAR
        return Num(seed % 17)
    a = build(depth - 1, seed * 7 % 1009 + 1)
    k = seed % 4
    if k == 0: return Neg(a)
    if k == 1: return Add(a, build(depth - 1, seed * 13 % 997 + 2))
    if k == 2: return Sub(a, build(depth - 1, seed * 11 % 991 + 3))
    return Mul(a, build(depth - 1, seed * 5 % 983 + 4))

def isnum(e, v): return e.__class__ is Num and e.value == v

def simplify(e):
    c = e.__class__
    if c is Neg:
        if e.inner.__class__ is Neg: return simplify(e.inner.inner)
        return Neg(simplify(e.inner))
    if c is Add:
        l, r = e.left, e.right
        if l.__class__ is Num and r.__class__ is Num: return Num(l.value + r.value)
        if isnum(l, 0): return simplify(r)
        if isnum(r, 0): return simplify(l)
        return Add(simplify(l), simplify(r))
    if c is Sub:
        if isnum(e.right, 0): return simplify(e.left)
        return Sub(simplify(e.left), simplify(e.right))
    if c is Mul:
        l, r = e.left, e.right
        if isnum(l, 0) or isnum(r, 0): return Num(0)
        if isnum(l, 1): return simplify(r)
        if isnum(r, 1): return simplify(l)
        return Mul(simplify(l), simplify(r))
    return e

e = build(16, 5)
total = 0
for x in range(100):
    total = (total + eval_(e, x)) % 1000003
s = e
for _ in range(20):
    s = simplify(s)
for x in range(100):
    total = (total * 31 + eval_(s, x)) % 1000003
print(total)
