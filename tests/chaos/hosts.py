# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Steps: more than one installation."""
from installation import Installation
from people import perhaps_approve
from world import ROLE_WORDS, STRANGERS, VOLATILE, World, files_of


def _run_together(*installations: Installation) -> None:
    runs = [(each, each.start("--once")) for each in installations]
    for each, run in runs:
        each.wait(run, "run --once beside another installation")


def copy_state_to(world: World, twin: Installation) -> None:
    """Without the end of the audit log: the twin has its own log."""
    world.main.copy_state_to(twin.state, without="audit")


def second_host(world: World) -> None:
    """Configuration and state were copied to a second host, and both use the same manifests."""
    twin = world.twin()
    copy_state_to(world, twin)
    twin.source.publish(files_of(world.grants))
    _run_together(world.main, twin)


def rival(world: World) -> None:
    """The second host has other manifests: the two want different things under one owner and one key."""
    twin = world.twin()
    copy_state_to(world, twin)
    grants = dict(world.grants)
    world.change_volatile()
    twin.source.publish(files_of(world.grants))
    world.grants = grants
    for _ in range(3):
        _run_together(world.main, twin)
    twin.approve(world.chance)
    _run_together(world.main, twin)
    perhaps_approve(world)
    world.main.run_once()


def stranger(world: World) -> None:
    """Another owner in the same account, with its own grants and one that we may want, too."""
    other = world.stranger()
    grants = {number: world.chance.choice(sorted(ROLE_WORDS)) for number in STRANGERS
              if world.chance.random() < 0.6}
    grants[world.chance.choice(VOLATILE)] = "Reader"
    other.source.publish(files_of(grants))
    world.change_volatile()
    world.publish()
    _run_together(world.main, other)
    other.approve(world.chance)
    _run_together(other, world.main)


def send_stranger_away(world: World) -> None:
    """At the end of a world: the other owner removes all its policies."""
    other = world.stranger()
    other.rails = world.rails(are_off=True)
    other.source.publish(files_of({STRANGERS[0]: "Reader"}))
    other.write_config()
    for _ in range(3):
        other.run_once()
        other.approve()
