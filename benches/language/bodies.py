from math import sqrt


class Vec:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vec(self.x - other.x, self.y - other.y, self.z - other.z)

    def scaled(self, by):
        return Vec(self.x * by, self.y * by, self.z * by)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z


class Body:
    __slots__ = ("at", "speed", "mass")

    def __init__(self, at, speed, mass):
        self.at, self.speed, self.mass = at, speed, mass

    def push(self, away, by):
        self.speed = self.speed - away.scaled(by)

    def move(self, dt):
        self.at = self.at + self.speed.scaled(dt)

    def energy(self):
        return 0.5 * self.mass * self.speed.dot(self.speed)


class System:
    __slots__ = ("bodies",)

    def __init__(self, bodies):
        self.bodies = bodies

    def step(self, dt):
        bodies = self.bodies
        n = len(bodies)
        for i in range(n):
            for j in range(i + 1, n):
                away = bodies[i].at - bodies[j].at
                square = away.dot(away)
                pull = dt / (square * sqrt(square))
                left, right = bodies[i].mass, bodies[j].mass
                bodies[i].push(away, right * pull)
                bodies[j].push(away, -left * pull)
        for body in bodies:
            body.move(dt)

    def energy(self):
        bodies = self.bodies
        total = sum(body.energy() for body in bodies)
        for i in range(len(bodies)):
            for j in range(i + 1, len(bodies)):
                away = bodies[i].at - bodies[j].at
                total -= bodies[i].mass * bodies[j].mass / sqrt(away.dot(away))
        return total


def main():
    bodies = []
    for i in range(5):
        k = float(i)
        at = Vec(k * 5.0 - 2.0, k * k + 1.0, 0.5 - k * 0.25)
        speed = Vec(0.1 - k * 0.05, 0.3 * k, 0.02)
        bodies.append(Body(at, speed, 40.0 / (1.0 + k * 9.0)))
    system = System(bodies)
    before = system.energy()
    for _ in range(150_000):
        system.step(0.0001)
    print(f"{before:.9f} {system.energy():.9f}")


main()
