class Person:
    __slots__ = ("name", "age", "score")
    def __init__(self, name, age, score): self.name = name; self.age = age; self.score = score
def main():
    people = []
    state = 42
    for i in range(1000000):
        state = (state * 1103515245 + 12345) % 2147483648
        people.append(Person(f"p{state % 50000}", state // 7 % 90, float(state % 1000) / 10.0))
    by_age = sorted(people, key=lambda p: p.age * 1000000 + int(p.score * 10.0))
    by_name = sorted(people, key=lambda p: p.name)
    check = 0
    for i in range(0, 1000000, 1000):
        check = (check * 31 + by_age[i].age + len(by_name[i].name)) % 1000003
    print(by_age[0].age, by_age[-1].age, by_name[0].name, by_name[-1].name, check)
main()
