#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Compares authzd's HTTP readers with h11 over generated requests and replies: authzd takes nothing
that h11 refuses, and what both take, both read alike: where it ends, and what its body is.
usage: compare_with_h11.py HTTP_VERDICTS     (AUTHZD_SEED and AUTHZD_CASES are taken from the environment)
"""
import os
import random
import subprocess
import sys

try:
    import h11
except ImportError:
    print("skipped: python3-h11 is not installed")
    sys.exit(77)

NUMBERS = ["0", "1", "5", "05", "+5", "-1", "5,5", "0x5", "", " 5 ", "99999999999999999999"]
CODINGS = ["chunked", "Chunked", "gzip", "gzip, chunked", "chunked, chunked", "", "identity"]
HOSTS = ["a", "a:80", "[::1]", "", "a b", "a/b", "a,b"]
SIZES = ["5", "0005", "5;a", "5;a=b", '5;a="b;c"', "5 ", " 5", "5;", "g", "-5", "", "f" * 17]
ENDS = ["\r\n"] * 40 + ["\n", "\r", "\r\r\n", "\r\n ", " \r\n"]
METHODS = ["GET", "POST", "HEAD", "OPTIONS", "G=T", ""]
TARGETS = ["/", "/a?b=c", "*", "http://a/b", "a", "/ ", "/\x7f"]
VERSIONS = ["HTTP/1.1"] * 8 + ["HTTP/1.0"] * 3 + ["HTTP/2.0", "http/1.1", "HTTP/1.1 ", ""]
STATUSES = ["200 OK", "200 ", "200", "204 No Content", "304 x", "100 Continue", "103 x", "599 x", "20 x"]
SPECIAL = [b"\r", b"\n", b"\0", b" ", b"\t", b":", b";", b",", b"0", b"5", b"\x80", b"\x7f", b"\r\n", b"="]


class Generator:
    def __init__(self, seed):
        self.pick = random.Random(seed)

    def end(self):
        return self.pick.choice(ENDS)

    def mostly(self, usual, choices):
        return usual if self.pick.random() < 0.7 else self.pick.choice(choices)

    def fields(self, is_request):
        fields = []
        if is_request and self.pick.random() < 0.95:
            fields.append("Host: " + self.mostly("a", HOSTS))
        framing = self.pick.random()
        if framing < 0.4:
            fields.append("Content-Length: " + self.mostly("5", NUMBERS))
        elif framing < 0.8:
            fields.append("Transfer-Encoding: " + self.mostly("chunked", CODINGS))
        odd = ["Content-Length: 5", "Transfer-Encoding: chunked", "Host: b", "X: y", "X : y", "X:", ": y",
               "X", "X: y\r\n z", "Connection: close", "X: \x80\xff", "Content-Length : 5", " X: y"]
        while self.pick.random() < 0.25:
            fields.insert(self.pick.randrange(len(fields) + 1), self.pick.choice(odd))
        return fields

    def body(self, fields):
        if not any("chunked" in field.lower() for field in fields):
            return "hello" + self.mostly("", ["x", "GET / HTTP/1.1\r\n\r\n"])
        chunk = self.mostly("5", SIZES) + self.end() + self.mostly("hello", ["hell", "hello!", ""])
        trailer = self.mostly("", ["A: b\r\n", "A : b\r\n", "Content-Length: 7\r\n", "x\r\n"])
        return chunk + self.end() + self.mostly("0", ["00", "0;a", "0 ", ""]) + self.end() + trailer + self.end()

    def message(self, is_request):
        if is_request:
            blank = self.mostly(" ", ["  ", "\t", ""])
            start = (self.mostly("POST", METHODS) + blank + self.mostly("/", TARGETS) + " " +
                     self.pick.choice(VERSIONS))
        else:
            start = self.pick.choice(VERSIONS) + " " + self.mostly("200 OK", STATUSES)
        fields = self.fields(is_request)
        head = start + self.end() + "".join(field + self.end() for field in fields)
        text = (head + self.end() + self.body(fields)).encode("latin-1")
        while self.pick.random() < 0.3:
            at = self.pick.randrange(len(text) + 1)
            cut = self.pick.choice([0, 0, 1])
            text = text[:at] + self.pick.choice(SPECIAL) + text[at + cut:]
        return text


def read_by_h11(kind, data):
    """The same words as the verdicts."""
    connection = h11.Connection(h11.SERVER if kind == "request" else h11.CLIENT)
    if kind != "request":
        method = "HEAD" if kind == "reply-to-head" else "GET"
        connection.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
        connection.send(h11.EndOfMessage())
    word, body, ended = None, b"", False
    try:
        connection.receive_data(data)
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                word = event.method.decode()
            elif isinstance(event, h11.Response):
                word = str(event.status_code)
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return f"take {word} {body.hex()} {len(connection.trailing_data[0])}"
            elif event is h11.NEED_DATA and kind != "request" and not ended:
                ended = True
                connection.receive_data(b"")
            elif event is h11.NEED_DATA or isinstance(event, h11.ConnectionClosed):
                return "more"
    except h11.RemoteProtocolError:
        return "refuse"


def main():
    seed = int(os.environ.get("AUTHZD_SEED", "1"))
    count = int(os.environ.get("AUTHZD_CASES", "20000"))
    generator = Generator(seed)
    cases = []
    for number in range(count):
        kind = ["request", "request", "reply", "reply-to-head"][number % 4]
        cases.append((kind, generator.message(kind == "request")))
    lines = "".join(f"{kind} {data.hex()}\n" for kind, data in cases)
    ours = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True).stdout
    taken = {"request": 0, "reply": 0, "reply-to-head": 0}
    failures = 0
    for (kind, data), verdict in zip(cases, ours.splitlines(), strict=True):
        if not verdict.startswith("take"):
            continue
        taken[kind] += 1
        theirs = read_by_h11(kind, data)
        if theirs != verdict:
            failures += 1
            print(f"{kind} {data!r}\n  authzd: {verdict}\n  h11:    {theirs}")
    print(f"seed {seed}: {count} messages, authzd took {taken}, {failures} of them read otherwise by h11")
    few = [kind for kind, number in taken.items() if number < count // 100]
    if few:
        print(f"too few were taken to prove anything: {few}")
    sys.exit(1 if failures or few else 0)


if __name__ == "__main__":
    main()
