def source(lines):
    parts = []
    for i in range(lines):
        parts.append(f"let v{i % 977} = (x{i % 13} + {i * 7919 % 100003}) * y{i % 7};\n")
    return "".join(parts)
def tokens(text):
    out = []
    n = len(text)
    i = 0
    while i < n:
        c = text[i]
        if c.isalpha():
            start = i
            while i < n and text[i].isalnum(): i += 1
            out.append((1, text[start:i]))
        elif c.isdigit():
            value = 0
            while i < n and text[i].isdigit():
                value = value * 10 + ord(text[i]) - 48
                i += 1
            out.append((2, value))
        elif c == ' ' or c == '\n': i += 1
        else:
            out.append((3, c))
            i += 1
    return out
def main():
    text = source(150000)
    all = tokens(text)
    names = {}
    total = signs = 0
    for tag, v in all:
        if tag == 1: names[v] = names.get(v, 0) + 1
        elif tag == 2: total += v
        elif v == '(' or v == ')': signs += 2
        else: signs += 1
    print(len(text), len(all), len(names), names["let"], total, signs)
main()
