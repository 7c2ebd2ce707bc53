# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Where the manifests of an installation are: in a directory, or in a Git repository on a server."""
import os
import pathlib
import shutil
import socket
import subprocess
import time

PATIENCE = 60.0  # seconds, until git daemon listens


class Directory:
    kind = "directory"

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir()

    def configuration(self) -> str:
        return f"{{directory: {{path: {self.folder}}}}}"

    def publish(self, files: dict[str, str]) -> None:
        """Gives the folder exactly these files; those that already match are left alone."""
        for old in self.folder.iterdir():
            if old.name not in files:
                old.unlink()
        for name, text in files.items():
            path = self.folder / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)

    def close(self) -> None:
        pass


class Repository:
    """A bare repository, served by git daemon on loopback, and the clone of the person who commits."""

    kind = "git"

    def __init__(self, folder: pathlib.Path):
        self.folder, self.author = folder, folder / "author"
        folder.mkdir()
        self.environment = {**os.environ, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
        for role in ("AUTHOR", "COMMITTER"):
            self.environment[f"GIT_{role}_NAME"] = "Ann"
            self.environment[f"GIT_{role}_EMAIL"] = "ann@example.com"
        self.git("init", "-q", "--bare", "-b", "main", str(folder / "manifests.git"), at=folder)
        self.git("init", "-q", "-b", "main", str(self.author), at=folder)
        self.git("remote", "add", "origin", str(folder / "manifests.git"))
        self.server: subprocess.Popen | None = None
        self.port = 0
        self.serve()

    @staticmethod
    def is_there() -> bool:
        return shutil.which("git") is not None

    def git(self, *words: str, at: pathlib.Path | None = None) -> str:
        return subprocess.run(["git", *words], cwd=at or self.author, env=self.environment, check=True,
                              capture_output=True, text=True).stdout.strip()

    def configuration(self) -> str:
        return f"{{git: {{url: \"git://127.0.0.1:{self.port}/manifests.git\", path: manifests}}}}"

    # ── the server ──────────────────────────────────────────────────────────────────────────────
    def serve(self) -> None:
        """On its previous port, or at first on a free one, which another program may take before us."""
        for _ in range(20):
            port = self.port or _free_port()
            self.server = subprocess.Popen(
                ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", "--export-all",
                 f"--base-path={self.folder}"], env=self.environment, start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self._listens(port):
                self.port = port
                return
        raise SystemExit("chaos: git daemon did not start")

    def _listens(self, port: int) -> bool:
        end = time.monotonic() + PATIENCE
        while self.server.poll() is None and time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return True
            time.sleep(0.02)
        return False

    def fall_silent(self) -> None:
        if self.server is not None:
            os.killpg(self.server.pid, 15)  # git daemon is a child of git
            self.server.wait()
            self.server = None

    close = fall_silent

    # ── commits ─────────────────────────────────────────────────────────────────────────────────
    def publish(self, files: dict[str, str]) -> None:
        """A commit on top of the branch, if anything changed."""
        self._write(files)
        if self.git("status", "--porcelain") or not self._head():
            self.git("commit", "-qm", "change")
        self.push()

    def rewrite(self, files: dict[str, str]) -> str:
        """A history without the earlier commits, pushed by force; returns its revision."""
        self.git("checkout", "-q", "--orphan", "rewritten")
        self._write(files)
        self.git("commit", "-qm", "another history")
        self.git("push", "-qf", "origin", "HEAD:main")
        return self._head()

    def go_back_to_main(self) -> None:
        """Restores the branch of before it was rewritten."""
        self.git("checkout", "-qf", "main")
        self.git("branch", "-qD", "rewritten")
        self.push()

    def keep_rewritten(self) -> None:
        """Makes the rewritten history the branch."""
        self.git("branch", "-qM", "rewritten", "main")

    def push(self) -> None:
        self.git("push", "-qf", "origin", "HEAD:main")

    def _write(self, files: dict[str, str]) -> None:
        shutil.rmtree(self.author / "manifests", ignore_errors=True)
        (self.author / "manifests").mkdir()
        for name, text in files.items():
            (self.author / "manifests" / name).write_text(text)
        self.git("add", "-A")

    def _head(self) -> str:
        try:
            return self.git("rev-parse", "-q", "--verify", "HEAD")
        except subprocess.CalledProcessError:
            return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
