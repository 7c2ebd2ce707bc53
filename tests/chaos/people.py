# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Steps: what people do, in the manifests, in IAM and by commands."""
import signal
import time

from installation import ACCOUNT, PATIENCE
from witness import instance_of
from world import PROTECTED, READER_KEY, VOLATILE, World, files_of


def edit_manifests(world: World) -> None:
    world.change_volatile()
    world.publish()
    world.main.run_once()


def remove_all_volatile(world: World) -> None:
    for number in VOLATILE:
        world.grants.pop(number, None)
    world.publish()
    world.main.run_once()


def forget_the_protected(world: World) -> None:
    """Their manifests are removed and restored: what is under `protect` remains meanwhile."""
    without = {number: roles for number, roles in world.grants.items() if number not in PROTECTED}
    world.main.source.publish(files_of(without))
    world.main.run_once()
    world.main.approve()
    world.main.run_once()
    world.publish()
    world.main.run_once()


def unmark_the_protected(world: World) -> None:
    """Someone removes the marker of a protected policy, then no manifest wants it, and a person approves
    all holds: the state knows that it was protected. A new state knows it from the first run."""
    world.main.run_once()
    ours = world.ours()
    for policy_id in sorted(ours):
        if instance_of(ours[policy_id]) in world.promises.protected:
            world.tap.edit_by_hand(policy_id, {"description": "who wrote this?"})
    forget_the_protected(world)


def edit_by_hand(world: World) -> None:
    """Someone changes one of our policies in the console: its roles, its text, or deletes it."""
    change_by_hand(world)
    world.main.run_once()


def change_by_hand(world: World) -> None:
    """The roles of protected policies are left alone: even after the state was lost, they may only be
    narrowed a day after `protect` was removed."""
    ours = world.ours()
    if not ours:
        return
    policy_id = world.chance.choice(sorted(ours, key=lambda each: (instance_of(ours[each]), each)))
    manager = {"grant": {"roles": [{"role_id": "crn:v1:bluemix:public:iam::::serviceRole:Manager"}]}}
    changes = [{"description": "who wrote this?"}, {"state": "deleted"},
               {"description": "x (authzd: other/x#0123456789ab)"}]
    if instance_of(ours[policy_id]) not in world.promises.protected:
        changes += [{"control": manager}] * 2
    world.tap.edit_by_hand(policy_id, world.chance.choice(changes))


def approve(world: World) -> None:
    world.main.approve(world.chance)
    world.main.run_once()


def let_first_deletes_pass(world: World) -> None:
    """A person examines the first deletes of a new state, and approves them: from then on only the counts
    hold deletes."""
    world.grants.pop(VOLATILE[0])
    world.publish()
    world.main.run_once()
    world.main.approve()
    world.main.run_once()


def perhaps_approve(world: World) -> None:
    """After a failure, a person may examine and approve what the rails hold."""
    if world.chance.random() < 0.6:
        world.main.approve()
        world.main.run_once()


def only_read(world: World) -> None:
    """Commands that never write; the witness knows their key."""
    folder = world.work / "to-plan"
    folder.mkdir(exist_ok=True)
    for name, text in files_of(world.grants).items():
        (folder / name).write_text(text)
    world.main.call("plan", "--account", ACCOUNT, "--manifests", str(folder), "--owner", world.main.owner,
                    key=READER_KEY)
    for command in ("list", "export"):
        world.main.call(command, "--account", ACCOUNT, key=READER_KEY)


def observe(world: World) -> None:
    world.main.write_config(mode="observe")
    silence = world.main.silent("the mode is observe")
    edit_manifests(world)
    edit_by_hand(world)
    world.main.call("apply", "--yes")
    silence.end(time.time())
    world.main.write_config()


def reload_to_observe(world: World) -> None:
    """The daemon gets the command to write no more, whatever it is doing. It shows when it has read that; a
    write may be running even then, so the silence begins after the next turn."""
    daemon = world.main.start()
    world.main.wait_for_requests(world.chance.randrange(1, 20), daemon)
    if world.main.answers(daemon):
        world.main.write_config(mode="observe")
        daemon.send_signal(signal.SIGHUP)
        if shows_mode(world, daemon, "observe") and world.main.call("sync", "--wait").returncode in (0, 3, 5):
            silence = world.main.silent("a reload had set the mode to observe")
            world.change_volatile()
            world.publish()
            change_by_hand(world)
            world.main.call("sync", "--wait")
            world.main.end(daemon)
            silence.end(time.time())
    world.main.end(daemon)
    world.main.write_config()


def shows_mode(world: World, daemon, mode: str) -> bool:
    end = time.monotonic() + PATIENCE
    while daemon.poll() is None and time.monotonic() < end:
        if f'"mode": "{mode}"' in world.main.call("status", "--output", "json").stdout:
            return True
        time.sleep(0.2)
    return False


def suspend(world: World) -> None:
    """Nothing is written until it is resumed, also after restarts."""
    daemon = world.main.start()
    if world.main.answers(daemon) and world.main.call("suspend").returncode == 0:
        silence = world.main.silent("the account was suspended")
        world.change_volatile()
        world.publish()
        change_by_hand(world)
        world.main.call("sync", "--wait")
        world.main.end(daemon)
        world.main.run_once()
        world.main.call("apply", "--yes")
        silence.end(time.time())
        world.main.call("resume")
    world.main.end(daemon)
    world.main.run_once()


def apply_beside_the_daemon(world: World) -> None:
    daemon = world.main.start()
    world.main.answers(daemon)
    world.change_volatile()
    world.publish()
    world.main.call("apply", "--yes")
    world.main.call("sync", "--wait")
    world.main.end(daemon)


def bad_network(world: World) -> None:
    world.tap.weather.rate = world.chance.choice([0.1, 0.3])
    edit_manifests(world)
    world.tap.weather.rate = 0.0


def lagging_list(world: World) -> None:
    world.tap.ask_sandbox("switches", {"lag-reads": str(world.chance.randrange(1, 4))})
    edit_manifests(world)
    world.main.run_once()
    world.tap.ask_sandbox("switches", {"lag-reads": "0"})
