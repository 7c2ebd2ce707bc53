# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""A state's disk: if we may mount one, a small one of its own that can be full or read-only. Otherwise a
full disk is a limit on the size of files, and a read-only one a lack of permissions."""
import os
import pathlib
import resource
import signal
import subprocess

SIZE = 16 * 1024 * 1024


class Disk:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.ballast = folder / "ballast"
        # Only in our own mount namespace (see chaos.py), which removes the disk when we end.
        self.is_own = bool(os.environ.get("AUTHZD_CHAOS_MOUNTS")) and _succeeds(
            "mount", "-t", "tmpfs", "-o", f"size={SIZE}", "chaos", str(folder))

    def fill(self, left: int) -> dict:
        """Full except for that many bytes; returns how to start a process for that."""
        if self.is_own:
            with self.ballast.open("wb", buffering=0) as file:
                try:
                    while file.write(bytes(4096)):
                        pass
                except OSError:
                    pass
                file.truncate(max(0, file.tell() - left))
            return {}
        largest = max((path.stat().st_size for path in self.folder.rglob("*") if path.is_file()), default=0)

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest + left, resource.RLIM_INFINITY))

        return {"preexec_fn": limit}

    def free(self) -> None:
        self.ballast.unlink(missing_ok=True)

    def forbid_writing(self) -> bool:
        """False if that is impossible: file permissions do not restrict root."""
        if self.is_own:
            return _succeeds("mount", "-o", "remount,ro", str(self.folder))
        for path in (*self.folder.rglob("*"), self.folder):
            path.chmod(path.stat().st_mode & ~0o222)
        return os.geteuid() != 0

    def allow_writing(self) -> None:
        if self.is_own:
            _succeeds("mount", "-o", "remount,rw", str(self.folder))
            return
        for path in (self.folder, *self.folder.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)

    def close(self) -> None:
        if self.is_own:
            _succeeds("umount", "--lazy", str(self.folder))


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
