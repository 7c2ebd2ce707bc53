# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Steps: a state that is damaged, lost, restored, out of space, or read-only."""
import os
import shutil
import time

from people import edit_manifests, perhaps_approve
from world import World


def lose_state(world: World) -> None:
    alone = world.chance.random() < 0.5
    world.story.append(f"  the state is moved away{' alone' if alone else ', and what lies beside it'}")
    world.main.lose_state(alone)
    edit_manifests(world)
    perhaps_approve(world)


def damage_state(world: World) -> None:
    """It is refused, or taken for a new one; never for a valid one. Then it is moved away, as in the
    runbook."""
    files = sorted(path for path in world.main.state.glob("state.db*") if path.stat().st_size > 0)
    if not files:
        return
    path, kind = world.chance.choice(files), world.chance.choice(["cut", "emptied", "scribbled"])
    world.story.append(f"  {path.name} is {kind}")
    world.main.forget()
    world.main.has_whole_chain &= path.name != "state.db.audit"
    size = path.stat().st_size
    if kind == "scribbled":
        with path.open("r+b") as file:
            file.seek(world.chance.randrange(size))
            file.write(world.chance.randbytes(64))
    else:
        os.truncate(path, size // 2 if kind == "cut" else 0)
    edit_manifests(world)
    world.main.lose_state()
    world.main.run_once()
    perhaps_approve(world)


def restore_backup(world: World) -> None:
    """An older state is restored: only the file, as in the runbook, or with all files beside it; then the
    audit log shows that its end was restored, too."""
    backup = world.work / "backup"
    world.main.copy_state_to(backup)
    edit_manifests(world)
    edit_manifests(world)
    alone = world.chance.random() < 0.7
    world.story.append(f"  put back: {'state.db alone' if alone else 'all'}")
    world.main.lose_state(alone)
    for path in backup.iterdir():
        if not alone or path.name == "state.db":
            shutil.copy(path, world.main.state)
    world.main.has_whole_chain &= alone
    edit_manifests(world)
    perhaps_approve(world)


def full_disk(world: World) -> None:
    """What cannot be recorded is not sent: the witness reads the audit log."""
    left = world.chance.choice([0, 0, 4096, 20_000, 100_000])
    world.story.append(f"  room for {left} bytes" + ("" if world.disk.is_own else
                                                     " a file, as no disk could be mounted"))
    world.change_volatile()
    world.publish()
    more = world.disk.fill(left)
    world.main.run_once(**more)
    world.main.run_once(**more)
    world.disk.free()
    world.main.run_once()


def read_only_state(world: World) -> None:
    world.change_volatile()
    world.publish()
    is_forbidden = world.disk.forbid_writing()
    if is_forbidden:
        silence = world.main.silent("its state could not be written to")
        world.main.run_once()
        world.main.call("apply", "--yes")
        silence.end(time.time())
    else:
        world.story.append("  skipped: to root, without a disk of our own, nothing is read-only")
    world.disk.allow_writing()
    world.main.run_once()


def disk_read_only_under_the_daemon(world: World) -> None:
    """A file system that has errors is remounted read-only, while the daemon has its files open."""
    daemon = world.main.start()
    if world.main.answers(daemon) and world.disk.is_own and world.disk.forbid_writing():
        world.change_volatile()
        world.publish()
        world.main.call("sync", "--wait")
        world.main.wait_for_requests(10, daemon)
        world.disk.allow_writing()
        world.main.wait_for_requests(10, daemon)
    world.main.end(daemon)
    world.main.run_once()
