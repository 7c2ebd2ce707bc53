# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""A host's clock that jumps, also while a process runs: libfaketime, controlled by a file. Only the time of
day jumps, as with a real clock; the monotonic clock does not."""
import os
import pathlib

LIBRARIES = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class FakeClock:
    def __init__(self, path: pathlib.Path):
        self.path = path
        self.set(0)

    @staticmethod
    def is_there() -> bool:
        return bool(LIBRARIES)

    def set(self, seconds: int) -> None:
        """Sets how far the clock is ahead from now on."""
        beside = self.path.with_suffix(".new")
        beside.write_text(f"{seconds:+d}\n")
        beside.replace(self.path)

    def environment(self) -> dict[str, str]:
        sanitizers = {name: ":".join(filter(None, (os.environ.get(name), "verify_asan_link_order=0")))
                      for name in ("ASAN_OPTIONS",)}
        return {**os.environ, **sanitizers, "LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_TIMESTAMP_FILE": str(self.path), "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1"}
