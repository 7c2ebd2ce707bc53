# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""A tap between authzd and the sandbox: an HTTP proxy that records each request with its reply and,
around each write, the content of the account before and after it. It can also simulate a bad network."""
import dataclasses
import http.client
import http.server
import json
import random
import sys
import threading
import time
import urllib.parse
import urllib.request

WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclasses.dataclass
class Exchange:
    """One request, as IAM received it. `before` and `after`: id → policy, of a write that reached IAM."""

    at: float  # IAM's time, seconds
    key: str  # the API key of the process that sent it
    method: str
    path: str  # without the query
    headers: dict[str, str]  # of the request, names in lower case
    body: dict | None
    status: int = 0  # 0: it never reached IAM
    before: dict[str, dict] = dataclasses.field(default_factory=dict)
    after: dict[str, dict] = dataclasses.field(default_factory=dict)

    def is_write(self) -> bool:
        return self.method in WRITES and "/policies" in self.path

    def policy_id(self) -> str:
        """Of the policy in the path; empty for a list or a create."""
        head, _, tail = self.path.partition("/policies")
        return tail.lstrip("/")


class Weather:
    """What the network does to each exchange. Changed by the driver, read by the tap."""

    KINDS = ("lost_reply", "lost_request", "unavailable", "slow", "rate_limited", "cut_body", "web_page")

    def __init__(self, seed: int):
        self.chance = random.Random(seed)
        self.rate = 0.0  # share of exchanges with a fault

    def fault(self) -> str:
        return self.chance.choice(self.KINDS) if self.chance.random() < self.rate else ""


class Tap:
    """Listens on loopback; `on_write` is called with each write after IAM received it and before its
    reply is forwarded, so that a process can be killed at exactly that moment."""

    def __init__(self, sandbox_url: str, seed: int):
        self.upstream = urllib.parse.urlsplit(sandbox_url).netloc
        self.journal: list[Exchange] = []
        self.weather = Weather(seed)
        self.on_write = lambda exchange: None
        self.keys: dict[str, str] = {}  # token → API key
        self.lock = threading.Lock()  # one write at a time, so that `before` and `after` are right
        handler = type("Handler", (_Handler,), {"tap": self})
        self.server = _Server(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def policies(self) -> dict[str, dict]:
        """Every active policy of the account, read directly."""
        with urllib.request.urlopen(f"http://{self.upstream}/sandbox/v1/policies") as reply:
            every = json.load(reply)["policies"]
        return {each["id"]: each for each in every if each["state"] == "active"}

    def wait_until_idle(self, patience: float) -> None:
        """Waits until no client is connected."""
        end, idle = time.monotonic() + patience, 0
        while idle < 3 and time.monotonic() < end:
            time.sleep(0.02)
            idle = 0 if self.server.connections else idle + 1

    def requests(self) -> int:
        return len(self.journal)

    def ask_sandbox(self, path: str, body: dict) -> None:
        """The driver's own access to the sandbox, without the tap's rules and faults."""
        request = urllib.request.Request(f"http://{self.upstream}/sandbox/v1/{path}",
                                         json.dumps(body).encode(), method="POST")
        urllib.request.urlopen(request).close()

    def edit_by_hand(self, policy_id: str, change: dict) -> None:
        """Someone changes a policy in the console; the journal has it as such."""
        with self.lock:
            exchange = Exchange(time.time(), "", "BY HAND", f"/v2/policies/{policy_id}", {}, change, 200,
                                before=self.policies())
            self.ask_sandbox(f"policies/{policy_id}", {"as": "IBMid-somebody", **change})
            exchange.after = self.policies()
            self.journal.append(exchange)

    def writes(self) -> list[Exchange]:
        return [each for each in self.journal if each.is_write() and each.status]


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.connections: set[int] = set()  # numbers of the open ones

    def process_request(self, request, client_address):
        self.connections.add(id(request))
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        super().shutdown_request(request)
        self.connections.discard(id(request))

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # clients that are gone are expected here
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tap: Tap

    def log_message(self, *_):
        pass

    def _serve(self):
        try:
            self._exchange()
        except OSError:  # the client is gone: it was killed
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _exchange(self):
        tap = self.tap
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        exchange = Exchange(
            at=time.time(), key=self._key(raw), method=self.command,
            path=self.path.partition("?")[0],
            headers={name.lower(): value for name, value in self.headers.items()},
            body=_json(raw))
        fault = tap.weather.fault() if not self.path.startswith("/sandbox/") else ""
        if fault == "lost_request":
            tap.journal.append(exchange)
            return self._hang_up()
        if fault in ("unavailable", "rate_limited", "web_page"):
            tap.journal.append(exchange)
            return self._invent(fault)
        status, headers, body = self._pass_on(exchange, raw)
        if self.path.startswith("/identity/token") and status == 200:
            tap.keys[json.loads(body)["access_token"]] = exchange.key
        if exchange.is_write() and 200 <= status < 300:
            tap.on_write(exchange)
        if fault == "slow":
            time.sleep(0.3)
        if fault == "lost_reply":
            return self._hang_up()
        self._reply(status, headers, body, cut=fault == "cut_body")

    def _key(self, raw: bytes) -> str:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token in self.tap.keys:
            return self.tap.keys[token]
        form = urllib.parse.parse_qs(raw.decode("utf-8", "replace"))
        return form.get("apikey", [""])[0]

    def _pass_on(self, exchange: Exchange, raw: bytes):
        tap = self.tap
        with tap.lock if exchange.is_write() else threading.Lock():
            if exchange.is_write():
                exchange.before = tap.policies()
            upstream = http.client.HTTPConnection(tap.upstream, timeout=30)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            upstream.request(self.command, self.path, raw or None, headers)
            reply = upstream.getresponse()
            body = reply.read()
            upstream.close()
            exchange.status = reply.status
            if exchange.is_write():
                exchange.after = tap.policies()
            tap.journal.append(exchange)
        return reply.status, reply.getheaders(), body

    def _reply(self, status: int, headers, body: bytes, cut: bool = False):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self._hang_up()

    def _invent(self, fault: str):
        status, body = {"unavailable": (503, b""), "rate_limited": (429, b""),
                        "web_page": (200, b"<html>maintenance</html>")}[fault]
        self._reply(status, [("Content-Type", "text/html")], body)

    def _hang_up(self):
        self.close_connection = True
        self.connection.close()


def _json(raw: bytes):
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
