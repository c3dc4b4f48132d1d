import json
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
    people = json.loads(text)
    score, length, active = 0.0, 0, 0
    for person in people:
        score += person["score"]
        score += person["place"]["lat"]
        if person["active"]: active += 1
        for tag in person["tags"]: length += len(tag)
    again = json.dumps(people)
    print(len(text), len(people), int(score), length, active, again == text)
main()
