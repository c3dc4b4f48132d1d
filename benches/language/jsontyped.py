import json
from dataclasses import dataclass
@dataclass(slots=True)
class Place:
    city: str
    lat: float
    lon: float
@dataclass(slots=True)
class Person:
    id: int
    name: str
    active: bool
    score: float
    tags: list
    place: Place
    note: str
def read(d):
    p = d["place"]
    place = Place(p["city"], p["lat"], p["lon"])
    return Person(d["id"], d["name"], d["active"], d["score"], d["tags"], place, d["note"])
def shown(p):
    place = {"city": p.place.city, "lat": p.place.lat, "lon": p.place.lon}
    return {"id": p.id, "name": p.name, "active": p.active, "score": p.score, "tags": p.tags,
            "place": place, "note": p.note}
def source(count):
    parts = []
    for i in range(count):
        head = f'"id": {i}, "name": "user {i * 7919 % 100_003}", "active": {["true", "false"][i % 2]}'
        place = f'"place": {{"city": "C{i % 97}", "lat": {i % 180}.5, "lon": -{i % 90}.25}}'
        tags = f'"tags": ["a{i % 13}", "b\\n{i % 7}", "\\"c\\""]'
        parts.append(f'{{{head}, "score": {i % 1000}.5, {tags}, {place}, "note": null}}')
    return "[" + ", ".join(parts) + "]"
def main():
    text = source(60_000)
    people = [read(one) for one in json.loads(text)]
    score, length, active = 0.0, 0, 0
    for person in people:
        score += person.score
        score += person.place.lat
        if person.active: active += 1
        for tag in person.tags: length += len(tag)
    again = json.dumps([shown(one) for one in people])
    print(len(text), len(people), int(score), length, active, again == text)
main()
