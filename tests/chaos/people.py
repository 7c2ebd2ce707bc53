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
    """Their manifests go, and come back: what is under `protect` stays meanwhile."""
    without = {number: roles for number, roles in world.grants.items() if number not in PROTECTED}
    world.main.source.publish(files_of(without))
    world.main.run_once()
    world.main.approve()
    world.main.run_once()
    world.publish()
    world.main.run_once()


def unmark_the_protected(world: World) -> None:
    """Somebody takes the marker off what is protected, then no manifest wants it, and a person lets go whatever
    is held: the state knows that it was protected. The first run has told a new state so."""
    world.main.run_once()
    ours = world.ours()
    for policy_id in sorted(ours):
        if instance_of(ours[policy_id]) in world.promises.protected:
            world.tap.edit_by_hand(policy_id, {"description": "who wrote this?"})
    forget_the_protected(world)


def edit_by_hand(world: World) -> None:
    """Somebody changes a policy of ours in the console: its roles, its text, or deletes it."""
    change_by_hand(world)
    world.main.run_once()


def change_by_hand(world: World) -> None:
    """The roles of what is protected are left alone: once the state is lost, too, nothing may narrow them
    again but a day after `protect` was taken off."""
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
    """A person looks at what a new state wants to delete first, and approves it: from then on the counts
    alone hold deletes."""
    world.grants.pop(VOLATILE[0])
    world.publish()
    world.main.run_once()
    world.main.approve()
    world.main.run_once()


def perhaps_approve(world: World) -> None:
    """After something went wrong, a person may look, and let go what the rails hold."""
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
    """In the middle of whatever it does, the daemon is told to write no more. It shows when it has taken that
    in; a write may be under way even then, so the silence begins behind the next turn."""
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
    """Nothing is written until it is resumed, over restarts too."""
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
