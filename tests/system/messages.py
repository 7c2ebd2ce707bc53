#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Every message of a command that tells of an outcome, or of what is in its way, beside the situation
that leads to it: each is produced with the real programs, and compared with messages.expected, which a
reviewer reads. AUTHZD_UPDATE_GOLDEN=1 rewrites that file.
usage: messages.py BUILD-DIRECTORY [SCENE…]   (with a SCENE: shows what it says, and compares nothing)"""
import concurrent.futures
import difflib
import os
import pathlib
import sys
import tempfile

import message_scenes
import message_daemon_scenes
import message_question_scenes
from message_stage import Scene

EXPECTED = pathlib.Path(__file__).with_name("messages.expected")
AT_ONCE = 6  # scenes: they mostly wait


def play(build, work, scene):
    it = Scene(build, work / scene.__name__, scene.__doc__, getattr(scene, "policies", ()))
    try:
        scene(it)
    except Exception as error:
        raise SystemExit(f"messages.py: {scene.__name__}: {error!r}\n{''.join(it.lines[-2:])}\n{it.log()}")
    finally:
        it.close()
    return "\n".join(it.lines)


def main():
    build, chosen = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    scenes = [scene for scene in (*message_scenes.SCENES, *message_daemon_scenes.SCENES,
                              *message_question_scenes.SCENES)
              if not chosen or scene.__name__ in chosen]
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        work.chmod(0o755)  # for calls by another user
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            actual = "\n".join(pool.map(lambda scene: play(build, work, scene), scenes))
    if chosen:
        print(actual)
        return
    if os.environ.get("AUTHZD_UPDATE_GOLDEN"):
        EXPECTED.write_text(actual)
    expected = EXPECTED.read_text()
    if actual != expected:
        sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), actual.splitlines(True),
                                                   "messages.expected", "what was said"))
        sys.exit("messages.py: not as expected. If it is meant, and true: AUTHZD_UPDATE_GOLDEN=1 rewrites it")
    print(f"messages: {actual.count(chr(10) + '## ')} situations, each said as expected")


if __name__ == "__main__":
    main()
