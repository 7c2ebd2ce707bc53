#!/usr/bin/env python3
"""Fails where a call of std::filesystem may throw: in the program each of them takes a std::error_code,
so that a file that is gone or forbidden is an error of one account and no exception in a loop."""
import os
import re
import sys

NAMES = (
    "absolute canonical weakly_canonical relative proximate copy copy_file copy_symlink create_directory"
    " create_directories create_hard_link create_symlink create_directory_symlink current_path equivalent"
    " exists file_size hard_link_count is_block_file is_character_file is_directory is_empty is_fifo is_other"
    " is_regular_file is_socket is_symlink last_write_time permissions read_symlink remove remove_all rename"
    " resize_file space status symlink_status temp_directory_path directory_iterator"
    " recursive_directory_iterator"
).split()
CALL = re.compile(r"\b(?:fs|std::filesystem)::(" + "|".join(NAMES) + r")\b(?:\s+\w+)?\s*\(")
# An iterator without arguments is the end; a file_status that was read before needs no look.
HARMLESS = re.compile(r"_iterator\(\)$|\(status\)$")
CODE = re.compile(r"\b(?:ec|ignored|none|error_code)\b")
LOOP = re.compile(r"\bfor\s*\([^;)]*:\s*(?:fs|std::filesystem)::(?:recursive_)?directory_iterator")
MEMBER = re.compile(
    r"\bentry(?:\.|->)(?:exists|file_size|is_directory|is_regular_file|is_symlink|is_fifo|is_other|is_socket"
    r"|last_write_time|refresh|status|symlink_status)\(\s*\)"
)


def argument_list(text, begin):
    """From the opening bracket to the one that closes it."""
    depth = 0
    for at in range(begin, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin : at + 1]
    return text[begin:]


def findings(text):
    text = re.sub(r"//[^\n]*", lambda comment: " " * len(comment.group()), text)
    for call in CALL.finditer(text):
        arguments = argument_list(text, call.end() - 1)
        if not HARMLESS.search(call.group(1) + arguments) and not CODE.search(arguments):
            yield text.count("\n", 0, call.start()) + 1, call.group(1) + " without an error_code"
    for loop in LOOP.finditer(text):
        yield text.count("\n", 0, loop.start()) + 1, "a loop over a directory throws at its next step"
    for member in MEMBER.finditer(text):
        yield text.count("\n", 0, member.start()) + 1, member.group() + " without an error_code"


def main(folders):
    bad = []
    files = 0
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in sorted(n for n in names if n.endswith((".cpp", ".hpp"))):
                files += 1
                path = os.path.join(parent, name)
                with open(path, encoding="utf-8") as file:
                    bad += [f"{path}:{line}: {what}" for line, what in findings(file.read())]
    print("\n".join(bad) or f"filesystem: no call in {files} files throws")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
