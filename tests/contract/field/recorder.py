# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""A proxy between authzd and the sandbox that keeps each write as IAM gets it."""
import dataclasses
import http.client
import http.server
import json
import threading
import urllib.parse


@dataclasses.dataclass
class Write:
    method: str
    path: str
    body: dict | None  # of a POST or a PUT, as it was sent
    status: int


class Recorder:
    """Listens on loopback. `take` hands out the writes since it was last asked."""

    def __init__(self, sandbox_url):
        self.upstream = urllib.parse.urlsplit(sandbox_url).netloc
        self._lock = threading.Lock()
        self._writes = []
        handler = type("Handler", (_Handler,), {"recorder": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def take(self):
        with self._lock:
            taken, self._writes = self._writes, []
        return taken

    def keep(self, write):
        with self._lock:
            self._writes.append(write)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    recorder: Recorder

    def setup(self):
        super().setup()
        self.sandbox = http.client.HTTPConnection(self.recorder.upstream)

    def finish(self):
        self.sandbox.close()
        super().finish()

    def relay(self):
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        own = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        self.sandbox.request(self.command, self.path, sent or None, own)
        reply = self.sandbox.getresponse()
        body = reply.read()
        if self.command != "GET" and "/policies" in self.path:
            self.recorder.keep(Write(self.command, self.path, json.loads(sent) if sent else None, reply.status))
        self.send_response_only(reply.status, reply.reason)
        for name, value in reply.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = relay

    def log_message(self, *_):
        pass
