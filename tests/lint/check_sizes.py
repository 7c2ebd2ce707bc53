#!/usr/bin/env python3
"""Fails where a file or a function is over its budget (CONTRIBUTING.md), and prints the medians."""
import pathlib
import re
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from check_coroutines import blank, matching  # noqa: E402

HEADER, SOURCE, TEST, FUNCTION, WIDTH = 200, 400, 500, 60, 100
NOT_A_FUNCTION = re.compile(r"\b(namespace|class|struct|enum|union|extern)\b[^()]*$")
CONTROL = re.compile(r"(^|[^\w])(if|for|while|switch|catch|else|do|try)\b[^;{}]*$")


def table_lines(text, pairs, brace):
    """The lines of tables that the body at `brace` returns: data, which one reads row by row."""
    tables = re.compile(r"\breturn\s*(\{)").finditer(text, brace, pairs[brace])
    return sum(text.count("\n", m.start(1), pairs[m.start(1)]) for m in tables)


def functions(text):
    """(line, length) of each outermost body: what follows a parameter list, outside other bodies."""
    text = blank(text)
    pairs, i = matching(text), 0
    while i < len(text):
        if text[i] == "{" and i in pairs:
            head = re.split(r"[;{}]", text[:i])[-1]
            named_value = re.match(r"\s*>\s*\w", head.rpartition(")")[2])
            if "(" in head and not named_value and not NOT_A_FUNCTION.search(head) and not CONTROL.search(head):
                first, last = text.count("\n", 0, i) + 1, text.count("\n", 0, pairs[i]) + 1
                yield first, last - first + 1 - table_lines(text, pairs, i)
                i = pairs[i]
        i += 1


def budget(path):
    if path.parts[0] == "tests":
        return TEST
    return HEADER if path.suffix == ".hpp" else SOURCE


def quantiles(numbers):
    ordered = sorted(numbers) or [0]
    return f"median {statistics.median(ordered):.0f}, p90 {ordered[len(ordered) * 9 // 10]}, largest {ordered[-1]}"


def main(root):
    root = pathlib.Path(root)
    bad, files, lengths = [], [], []
    for top in ("reconciler", "daemon", "tests"):
        for file in sorted((root / top).rglob("*.[hc]pp")):
            path, text = file.relative_to(root), file.read_text()
            size = text.count("\n")
            if size > budget(path):
                bad.append(f"{path}:1: {size} lines; the budget is {budget(path)}")
            found = list(functions(text))
            bad += [f"{path}:{line}: a function of {n} lines; the budget is {FUNCTION}" for line, n in found if n > FUNCTION]
            if top != "tests":
                files.append(size)
                lengths += [n for _, n in found]
    print("\n".join(bad + [f"sizes: files: {quantiles(files)}; functions: {quantiles(lengths)} lines"]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
