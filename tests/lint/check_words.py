#!/usr/bin/env python3
"""Fails on text that has no place in the tree: paths of one machine, registry hosts, marks of
unfinished work, comments that talk about how the code came to be rather than about the code."""
import pathlib
import re
import subprocess
import sys

SELF = "tests/lint/check_words.py"
ALLOWED = re.compile(r"(^|/)(LICENSE|CHANGELOG\.md|package-lock\.json)$|^tests/lint/selftest\.py$|^tests/conformance/node/\.npmrc$")
RULES = [
    (r"(?<![\w.])/(work|root|home|Users)/\w", "a path of one machine"),
    (r"registry\.npmjs|npm\.pkg\.|pypi\.org|artifactory|\bverdaccio\b", "a registry host"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", "a mark of unfinished work; do it, or write an issue"),
    (r"(?i)\b(this|previous|earlier|another) session\b|\bsub-?agents?\b|\b(AI|LLM)[- ](written|generated)\b",
     "talk about how the code was made"),
    (r"(?i)\b(mend(s|ed|ing)?|anew|(go|goes|going) on being|(do|does|did) not come off|(is|be) heard|"
     r"thinks? of|at hand|ever more rarely|without a word|of its own accord)\b",
     "old English: write fix, again, remains, failed, available, with backoff"),
    (r"///? *(@brief|@param|Gets? the \w+\.$|Constructor\b)", "a comment that says what the name says"),
    (r"^\s*using namespace (?!std::(chrono|literals|\w+_literals)\b)", "using namespace"),
    (r"\bGTEST_SKIP\b(?!\(\) << \"no [\w ]+ here\b)|\bDISABLED_\w",
     "a test that does not run; where the machine lacks something, say \"no … here\""),
]
# Plain English in comments and documents. Strings, identifiers and test names may keep their words.
PLAIN_FILES = re.compile(
    r"^(README|CONTRIBUTING|SECURITY)\.md$|^manifests/README\.md$|^daemon/docs/|^reconciler/|"
    r"^daemon/|"
    r"^tests/(integration|property|support|unit)/")
PLAIN = re.compile(
    r"(?i)\b((stand|stood|stands) for|(bring|brings|brought|give|gives|given) back|kept back|"
    r"tak(e|es|en|ing) (it |them )?(off|away)|made again|by hand|lets? go|(go|goes) on|no matter|"
    r"(is|are|was|were) told|(nobody|no one) (knows|can say|hears|asks)|for good|"
    r"what (comes|came|became|becomes) of|it is said|comes? to (it|them|rest)|(do|does) without|"
    r"(a|other) hands?|all the same|(go|goes) past|hand(s|ed)? (in|out|over|on)|hangs? on|"
    r"puts? (back|off)|(say|says|said) (of|again)|(speak|speaks|spoken) (of|to|through)|"
    r"stands? (before|behind|beside)|told apart|want(s|ed) away|what (is|was) there|whose word|"
    r"whoever (asks|has|is|keeps|reads|waits|was|works|writes))\b")
COMMENT = re.compile(r"^(?:[^\"]|\"(?:[^\"\\]|\\.)*\")*?//[/!]?<? (.*)$")


def prose(file, text):
    """The lines of a document, or the comments of a source, each with its number."""
    fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if file.endswith(".md"):
            fenced ^= line.lstrip().startswith("```")
            if not fenced:
                yield number, line
        elif file.endswith((".hpp", ".cpp")):
            comment = COMMENT.match(line)
            if comment:
                yield number, comment.group(1)


def main(root):
    root = pathlib.Path(root)
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True,
    ).stdout.split("\n")
    files = [f for f in listed if f and f != SELF and not ALLOWED.search(f) and (root / f).is_file()]
    rules = [(re.compile(pattern), why) for pattern, why in RULES]
    bad = []
    for file in files:
        text = (root / file).read_bytes().decode("utf-8", "replace")
        for number, line in enumerate(text.split("\n"), 1):
            bad += [f"{file}:{number}: {why}" for rule, why in rules if rule.search(line)]
        if PLAIN_FILES.search(file):
            found = [(number, PLAIN.search(line)) for number, line in prose(file, text)]
            bad += [f"{file}:{number}: not plain English: {hit.group()}" for number, hit in found if hit]
    print("\n".join(bad) or f"words: {len(files)} files hold none of them")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
