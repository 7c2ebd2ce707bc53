# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Steps: clocks that jump, the host's and IAM's, in both directions. Each jump is longer than the five
minutes up to which authzd trusts IAM's time, so that no jump may release anything."""
from clock import FakeClock
from people import edit_manifests
from world import World

MINUTE, DAY = 60, 86_400
JUMPS = [2 * DAY, -2 * DAY, 40 * DAY, -40 * DAY, 60 * MINUTE, -10 * MINUTE, 7 * MINUTE]


def host_is_wrong(world: World) -> None:
    """From the start of a run to its end."""
    if not FakeClock.is_there():
        world.story.append("  skipped: no libfaketime here")
        return
    world.main.clock.set(_jump(world))
    world.change_volatile()
    world.publish()
    world.main.run_once(faked=True)
    world.main.clock.set(0)
    world.main.run_once()


def host_jumps(world: World) -> None:
    """While the daemon runs, forth and back."""
    if not FakeClock.is_there():
        world.story.append("  skipped: no libfaketime here")
        return
    daemon = world.main.start(faked=True)
    world.main.wait_for_requests(world.chance.randrange(1, 20), daemon)
    world.main.clock.set(_jump(world))
    world.change_volatile()
    world.publish()
    world.main.wait_for_requests(20, daemon)
    world.main.clock.set(0)
    world.main.wait_for_requests(20, daemon)
    world.main.end(daemon)


def iam_is_wrong(world: World) -> None:
    world.tap.ask_sandbox("clock", {"offset_ms": 1000 * _jump(world)})
    edit_manifests(world)
    edit_manifests(world)
    world.tap.ask_sandbox("clock", {"offset_ms": 0})
    world.main.run_once()


def _jump(world: World) -> int:
    seconds = world.chance.choice(JUMPS)
    world.story.append(f"  by {seconds:+d} s")
    return seconds
