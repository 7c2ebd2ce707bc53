# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Steps: processes that are killed, stopped, frozen, and too many."""
import signal
import time

from installation import Violation
from people import change_by_hand
from world import TWIN_KEY, VOLATILE, World


def kill_anywhere(world: World) -> None:
    daemon = world.main.start()
    world.main.wait_for_requests(world.chance.randrange(1, 25), daemon)
    world.main.end(daemon, signal.SIGKILL)


def kill_at_some_time(world: World) -> None:
    """Also while it starts, reads manifests, or writes its state."""
    world.change_volatile()
    world.publish()
    daemon = world.main.start()
    try:
        daemon.wait(world.chance.uniform(0.0, 5.0))
    except Exception:
        pass
    world.main.end(daemon, signal.SIGKILL)


def kill_after_a_write(world: World) -> None:
    _kill_at_write(world, world.chance.randrange(1, 6))


def kill_after_each_write(world: World) -> None:
    """IAM has received the write, but the reply never reaches the process; repeated until a run has
    nothing more to write."""
    world.change_volatile(0.25)
    world.publish()
    for _ in range(8):
        if not _kill_at_write(world, 1):
            return


def _kill_at_write(world: World, number: int) -> bool:
    """Whether that write happened."""
    run = world.main.start("--once")
    left = [number]

    def on_write(exchange):
        if exchange.key == world.main.key:
            left[0] -= 1
            if left[0] == 0:
                run.kill()

    world.tap.on_write = on_write
    world.main.wait(run, "run --once that is to be killed")
    world.tap.on_write = lambda _: None
    return left[0] <= 0


def stop_politely(world: World) -> None:
    daemon = world.main.start()
    world.main.wait_for_requests(world.chance.randrange(1, 25), daemon)
    code = world.main.end(daemon)
    if code not in (0, -signal.SIGTERM):  # the latter: before it could handle signals
        raise Violation(f"after SIGTERM the daemon ended with {code}")


def freeze(world: World) -> None:
    """The world continues without it."""
    daemon = world.main.start()
    world.main.wait_for_requests(world.chance.randrange(1, 20), daemon)
    daemon.send_signal(signal.SIGSTOP)
    world.grants.pop(world.chance.choice(VOLATILE), None)
    world.publish()
    change_by_hand(world)
    daemon.send_signal(signal.SIGCONT)
    world.main.wait_for_requests(10, daemon)
    world.main.end(daemon)


def freeze_in_a_write(world: World) -> None:
    """It is frozen when IAM has received its write, and someone edits before it has the reply."""
    world.change_volatile()
    world.publish()
    daemon = world.main.start("--once")
    frozen = []

    def on_write(exchange):
        if exchange.key == world.main.key and not frozen:
            frozen.append(exchange)
            daemon.send_signal(signal.SIGSTOP)
            change_by_hand(world)
            daemon.send_signal(signal.SIGCONT)

    world.tap.on_write = on_write
    world.main.wait(daemon, "run --once that was frozen")
    world.tap.on_write = lambda _: None


def second_process(world: World) -> None:
    """Two processes never use one state: the second is refused, also with another key."""
    key_file = world.main.folder / "second-key"
    key_file.write_text(TWIN_KEY)
    key_file.chmod(0o600)
    world.main.write_config(name="second.yaml", key_file=key_file)
    daemon = world.main.start()
    if world.main.answers(daemon):
        silence = world.main.silent("another process had that state", TWIN_KEY)
        world.change_volatile()
        world.publish()
        second = world.main.start("--once", config="second.yaml")
        code = world.main.wait(second, "run --once beside a daemon with the same state")
        silence.end(time.time())
        if code == 0:
            raise Violation("a second process ended well beside a daemon with the same state")
    world.main.end(daemon)
