# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""What the scripts of manifests/template/ci ask of GitHub and GitLab, on one local port: comments in
pages, artefacts, and a second host for downloads. It refuses a wrong token, and looks on the command
lines of all processes for the right one while a request waits."""
import glob
import http.server
import io
import json
import re
import threading
import urllib.parse
import zipfile

PROJECT = 42  # of GitLab
BOTS = {"github": "github-actions[bot]", "gitlab": "project_42_bot"}


def command_lines():
    """The command line of every process that can be read."""
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                yield file.read()
        except OSError:
            pass  # it has ended


class Forge:
    def __init__(self, tokens):
        self.tokens = tokens  # by forge
        self.comments = {"github": [], "gitlab": []}
        self.writes, self.faults = [], []
        self.pulls, self.artefacts = [], []  # of GitHub
        self.requests, self.pipelines, self.jobs, self.files = [], [], [], {}  # of GitLab
        self.next_id = 1000
        handler = type("Handler", (ForgeHandler,), {"forge": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def add_comment(self, kind, author, body):
        self.next_id += 1
        who = {"user": {"login": author}} if kind == "github" else {"author": {"username": author}}
        self.comments[kind].append({"id": self.next_id, "body": body, **who})
        return self.comments[kind][-1]

    def zipped(self, number):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            for name, text in self.artefacts[number]["files"].items():
                archive.writestr(name, text)
        return data.getvalue()


class ForgeHandler(http.server.BaseHTTPRequestHandler):
    forge = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer("GET")

    def do_POST(self):
        self.answer("POST")

    def do_PATCH(self):
        self.answer("PATCH")

    def do_PUT(self):
        self.answer("PUT")

    def answer(self, method):
        for line in command_lines():
            for token in self.forge.tokens.values():
                if token.encode() in line:
                    self.forge.faults.append(f"a token is on a command line: {line!r}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        try:
            self.route(method, path, dict(urllib.parse.parse_qsl(query)), body)
        except Exception as error:  # an unanswered request would only look like a dead host
            self.forge.faults.append(f"{method} {self.path}: {error!r}")
            self.send(500, {"message": "a fault of the test"})

    def send(self, status, value, **headers):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def route(self, method, path, query, body):
        forge = self.forge
        if found := re.fullmatch(r"/storage/(\d+)", path):  # another host in real life
            if self.headers.get("Authorization"):
                forge.faults.append("the token went to another host")
            return self.send(200, forge.zipped(int(found[1])))
        kind = "gitlab" if path.startswith("/api/v4/") else "github"
        given = self.headers.get("PRIVATE-TOKEN") if kind == "gitlab" else self.headers.get("Authorization")
        wanted = forge.tokens[kind] if kind == "gitlab" else f"Bearer {forge.tokens[kind]}"
        if given != wanted:
            return self.send(401, {"message": "Bad credentials\x1b[31m"})
        if kind == "github":
            return self.route_github(method, path, query, body)
        return self.route_gitlab(method, path.removeprefix("/api/v4"), query, body)

    def page(self, everything, query):
        size = min(int(query.get("per_page", 30)), 100)
        first = (int(query.get("page", 1)) - 1) * size
        self.send(200, everything[first:first + size])

    def change(self, kind, method, number, body):
        """A new comment (number: None), or a change of one."""
        text = json.loads(body)["body"]
        if len(text) > 65536:
            return self.send(422, {"message": "Body is too long (maximum is 65536 characters)"})
        self.forge.writes.append((kind, method, number))
        if number is None:
            return self.send(201, self.forge.add_comment(kind, BOTS[kind], text))
        comment = next(each for each in self.forge.comments[kind] if each["id"] == number)
        comment["body"] = text
        return self.send(200, comment)

    def route_github(self, method, path, query, body):
        forge = self.forge
        path = path.removeprefix("/repos/acme/authorizations")
        if path == "/issues/7/comments":
            if method == "POST":
                return self.change("github", method, None, body)
            return self.page(forge.comments["github"], query)
        if method == "PATCH" and (found := re.fullmatch(r"/issues/comments/(\d+)", path)):
            return self.change("github", method, int(found[1]), body)
        if re.fullmatch(r"/commits/[0-9a-f]+/pulls", path):
            return self.send(200, forge.pulls)
        if path == "/actions/artifacts":
            listed = [dict(each, id=number) for number, each in enumerate(forge.artefacts)]
            return self.send(200, {"artifacts": [each for each in listed if each["name"] == query["name"]]})
        if found := re.fullmatch(r"/actions/artifacts/(\d+)/zip", path):
            return self.send(302, b"", Location=f"{forge.url}/storage/{found[1]}")
        return self.send(404, {"message": f"Not Found: {method} {path}"})

    def route_gitlab(self, method, path, query, body):
        forge = self.forge
        if path == "/user":
            return self.send(200, {"id": 5, "username": BOTS["gitlab"]})
        path = path.removeprefix(f"/projects/{PROJECT}")
        if path == "/merge_requests/7/notes":
            if method == "POST":
                return self.change("gitlab", method, None, body)
            return self.page(forge.comments["gitlab"], query)
        if method == "PUT" and (found := re.fullmatch(r"/merge_requests/7/notes/(\d+)", path)):
            return self.change("gitlab", method, int(found[1]), body)
        if re.fullmatch(r"/repository/commits/[0-9a-f]+/merge_requests", path):
            return self.send(200, forge.requests)
        if path == "/merge_requests/7/pipelines":
            return self.send(200, forge.pipelines)
        if found := re.fullmatch(r"/pipelines/(\d+)/jobs", path):
            return self.send(200, [each for each in forge.jobs if each["pipeline"] == int(found[1])])
        if (found := re.fullmatch(r"/jobs/(\d+)/artifacts/plan/hashes", path)) and int(found[1]) in forge.files:
            return self.send(200, forge.files[int(found[1])].encode())
        return self.send(404, {"message": f"404 Not Found: {method} {path}"})
