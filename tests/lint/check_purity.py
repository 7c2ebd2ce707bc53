#!/usr/bin/env python3
"""Fails where an archive of reconciler/ calls the outside world: a clock, the environment, a file, a
socket, chance, a log. Looks at symbols, so that no helper in between can hide it."""
import re
import subprocess
import sys

CPP = re.compile(
    r"std::chrono::_V2::\w+_clock::now|std::random_device|std::filesystem::"
    r"|std::basic_[io]?f(ile)?(stream|buf)|std::[io]?fstream|std::c(out|err|in|log)\b"
    r"|std::thread|std::mutex|boost::asio|spdlog::"
)
C = set(
    "getenv secure_getenv setenv fopen fopen64 open open64 openat read write close stat access unlink"
    " rename opendir socket connect bind send recv getaddrinfo time clock_gettime gettimeofday"
    " localtime localtime_r tzset mktime rand random srand getrandom printf puts fprintf fputs system fork"
    " execve popen usleep nanosleep pthread_create".split()
)


def undefined(archive):
    lines = subprocess.run(
        ["nm", "-C", "--undefined-only", archive], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    member = ""
    for line in lines:
        if line.endswith(":"):
            member = line[:-1]
        elif line.strip():
            yield member, line.split(None, 1)[1].split("@")[0]


def main(archives):
    bad = [
        f"{archive}({member}): calls {symbol}"
        for archive in archives
        for member, symbol in undefined(archive)
        if symbol in C or CPP.search(symbol)
    ]
    print("\n".join(bad) or f"purity: {len(archives)} archives call nothing outside")
    return 1 if bad or not archives else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
