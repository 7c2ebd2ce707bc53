#!/usr/bin/env python3
"""Fails on coroutine code that is wrong or that g++ 12 compiles wrongly.

Full-expressions that hold a co_await: g++ 12 destroys brace temporaries, lambdas that capture by value
and the branches of ?: twice. Name them on the line above.

Coroutines that take references, views or spans: the thing referred to may be gone when the coroutine
goes on. Take values; or say who owns it: on the line of each such parameter, as in
`// coroutine-ref: the awaiter's`, or for all of them in the comment above, that they `outlive` the
call or `belong to the caller`. A definition is as good as its declaration's comment, an override
as its interface's.

`detached`: nobody would see how the coroutine ended.
"""
import pathlib
import re
import sys

COMMENT_OR_TEXT = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
EXPRESSION_RULES = [
    (re.compile(r"[(,]\s*(?:[A-Za-z_][\w:<>]*)?\s*\{\s*[^}\s]"), "brace temporary beside co_await; name it first"),
    (re.compile(r"(?<![\w)\]])\[\s*(?!&\s*\]|\]|this\s*\])[^\]\[]*\]\s*(?=[({]|mutable|->)"),
     "lambda capturing by value beside co_await; name it first"),
    (re.compile(r"\?[^?:]*:(?!:)"), "?: beside co_await; use if, or name it first"),
]
ALIAS = re.compile(r"\busing (\w+) = (?:boost::asio::)?(?:Async|awaitable)<")
SUSPENDING = (
    r"(?:\b(?:Async|awaitable)<[^;{}()]*?>%s)\s+((?:\w+::)*)(\w+)\s*\(((?:[^()]|\([^()]*\))*)\)([^;{]*)[;{]")
BORROWS = re.compile(r"&|\bstring_view\b|\bspan<")
PARAMETER_MARK = re.compile(r"// coroutine-ref: \w")
MARK = re.compile(r"\boutlives?\b|\bbelongs?\s+(//+\s*)?to\s+(//+\s*)?the\s+(//+\s*)?caller\b")


def blank(text):
    """Comments and literals away, every line where it was."""
    return COMMENT_OR_TEXT.sub(lambda m: '""' + "\n" * m[0].count("\n"), text)


def matching(text):
    """Index of the partner of every bracket."""
    pairs, stack = {}, []
    for i, c in enumerate(text):
        if c in "([{":
            stack.append(i)
        elif c in ")]}" and stack:
            pairs[i] = stack.pop()
            pairs[pairs[i]] = i
    return pairs


def is_block(text, brace):
    """Whether the { at `brace` opens a block rather than a braced value."""
    before = text[:brace].rstrip()
    if not before or before[-1] in ");{}":
        return True
    head = re.split(r"[;{}]", before)[-1]
    return bool(re.search(r"(\belse|\btry|\bdo|\bmutable|\bnoexcept|\bconst|\boverride|\bfinal)$|\]$|\)\s*(mutable\s*)?->[^,]*$", head)
                or re.search(r"\b(namespace|class|struct|enum)\b", head))


def full_expression(text, pairs, at):
    """The bounds of the full-expression around text[at]: a statement, or a condition in brackets."""
    start = at
    while start > 0:
        c = text[start - 1]
        if c in ")]}":
            if c == "}" and is_block(text, pairs.get(start - 1, 0)):
                break
            start = pairs.get(start - 1, start - 1)
            continue
        if c == ";" or (c == "{" and is_block(text, start - 1)):
            break
        if c == "(" and re.search(r"\b(if|while|for|switch)\s*(constexpr\s*)?$", text[: start - 1]):
            return start, pairs.get(start - 1, len(text))
        start -= 1
    end = at
    while end < len(text) and text[end] != ";":
        end = pairs[end] + 1 if text[end] in "([{" and end in pairs else end + 1
    return start, end


def without_bodies(text, pairs, start, end):
    """The expression with the bodies of its lambdas emptied: their statements are judged alone."""
    out, i = [], start
    while i < end:
        if text[i] == "{" and is_block(text, i) and i in pairs:
            out.append("{}")
            i = pairs[i]
        else:
            out.append(text[i])
        i += 1
    return "".join(out)


def check_expressions(path, text):
    pairs, seen = matching(text), set()
    for match in re.finditer(r"\bco_await\b", text):
        start, end = full_expression(text, pairs, match.start())
        if start in seen:
            continue
        seen.add(start)
        expression = without_bodies(text, pairs, start, end)
        line = text[: match.start()].count("\n") + 1
        yield from (f"{path}:{line}: {why}" for rule, why in EXPRESSION_RULES if rule.search(expression))
    for match in re.finditer(r"\bdetached\b", text):
        yield f"{path}:{text[: match.start()].count(chr(10)) + 1}: detached: name a handler that looks at the end"


def comment_above(raw_lines, line):
    """The comment that ends right above a line (from 1), with what stands on the line itself."""
    kept = [raw_lines[line - 1]]
    while line > 1 and raw_lines[line - 2].strip().startswith("//"):
        line -= 1
        kept.append(raw_lines[line - 1])
    return "\n".join(reversed(kept))


def each_marked(raw_lines, text, match):
    """Whether the line of every borrowed parameter says who owns it."""
    first = text[: match.start(3)].count("\n")
    borrowing = [n for n, line in enumerate(match[3].split("\n"), first) if BORROWS.search(line)]
    return all(PARAMETER_MARK.search(raw_lines[n]) for n in borrowing)


def functions(path, suspending):
    raw = path.read_text()
    text = blank(raw)
    lines = raw.split("\n")
    for match in suspending.finditer(text):
        qualifier, name, parameters, tail = match.groups()
        first = text[: match.start()].count("\n") + 1
        last = text[: match.end()].count("\n") + 1
        said = comment_above(lines, first) + "\n".join(lines[first - 1 : last])
        marked = bool(MARK.search(said)) or each_marked(lines, text, match)
        yield qualifier + name, name, parameters, "override" in tail, marked, first


def check_parameters(paths):
    aliases = sorted({name for path in paths for name in ALIAS.findall(path.read_text())})
    suspending = re.compile(SUSPENDING % "".join(rf"|\b{name}" for name in aliases))
    found = [(path, *function) for path in paths for function in functions(path, suspending)]
    said = {name for _, _, name, _, _, marked, _ in found if marked}
    declared = {name for path, _, name, _, _, _, _ in found if path.suffix == ".hpp"}
    for path, qualified, name, parameters, overrides, marked, line in found:
        elsewhere = overrides or ("::" in qualified and name in declared)
        if BORROWS.search(parameters) and not (marked or elsewhere or name in said):
            yield (f"{path}:{line}: coroutine {qualified} borrows a parameter; take a value, or say above it"
                   " that it outlives the call")


def main(arguments):
    paths = [pathlib.Path(a) for a in arguments]
    files = sorted(f for p in paths for f in (p.rglob("*.[hc]pp") if p.is_dir() else [p]))
    bad = [problem for file in files for problem in check_expressions(file, blank(file.read_text()))]
    bad += check_parameters(files)
    print("\n".join(bad) or f"coroutines: {len(files)} files hold no form that breaks")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
