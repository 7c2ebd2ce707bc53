#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Chaos: the built programs against the sandbox, with everything that can go wrong, checked by a witness.
usage: chaos.py BUILD-DIRECTORY [--seeds N] [--seed S] [--steps N] [--step NAME] [--keep]
Each world is printed as a story; if a seed fails, its folder is kept with the logs, and named."""
import argparse
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

from hosts import send_stranger_away
from installation import Violation
from people import let_first_deletes_pass
from steps import OF_GIT, STEPS, steps_of
from witness import judge_end
from world import OWNER, World

CALM_ROUNDS = 12


def find_peace(world: World) -> list[str]:
    """Calm: no faults, no limits, everything approved. In the end IAM matches the manifests, and
    nothing more is written."""
    if any(each.name == "stranger" for each in world.installations):
        send_stranger_away(world)
    world.promises.limits_until = time.time()
    world.main.rails = world.rails(are_off=True)
    world.main.write_config()
    world.take_away_forged_markers()
    wrong: list[str] = []
    for _ in range(CALM_ROUNDS):
        world.main.run_once()
        world.main.approve()
        wrong = judge_end(world.tap.policies(), world.wanted(), OWNER, world.untouched)
        if not wrong:
            break
    before = len(world.tap.writes())
    world.main.run_once()
    if not wrong and len(world.tap.writes()) != before:
        wrong.append("it is not at rest: with nothing left to do it wrote")
    return wrong


def live(world: World, steps) -> list[str]:
    world.main.run_once()
    if world.chance.random() < 0.7:
        let_first_deletes_pass(world)
    try:
        for step in steps:
            place, began = len(world.story), time.monotonic()
            world.story.append(step.__name__)
            step(world)
            world.story[place] += f"  ({time.monotonic() - began:.0f} s)"
            world.tell_story()
            if wrong := world.judge():
                return wrong
        world.story.append("calm")
        wrong = find_peace(world)
        return world.judge() + wrong
    except Violation as violation:
        return [str(violation), *world.judge()]


def try_seed(options, seed: int) -> bool:
    print(f"seed {seed}", flush=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="authzd-chaos-"))
    world = World(options.build.resolve(), work, seed)
    named = [step for step in {**STEPS, **OF_GIT} if step.__name__ == options.step]
    began = time.monotonic()
    wrong = ["the driver itself failed"]
    try:
        wrong = live(world, named * options.steps or steps_of(world, options.steps))
    finally:
        world.tell()
        world.close()
        print(f"  {'FAILED' if wrong else 'ok'}: {len(world.tap.writes())} writes, "
              f"{len(world.tap.journal)} requests, {time.monotonic() - began:.0f} s", flush=True)
        if wrong:
            print(*(f"  {line}" for line in wrong), *(f"    {line}" for line in world.story),
                  f"  kept in {work}; again: ./dev chaos 0 --seed {seed} --steps {options.steps}" +
                  (f" --step {options.step}" if options.step else ""),
                  sep="\n", flush=True)
    if options.keep and not wrong:
        print(f"  kept in {work}")
    elif not wrong:
        shutil.rmtree(work)
    return not wrong


def mount_apart() -> None:
    """If permitted, restarts in its own mount namespace, for disks that are full or read-only."""
    apart = ["unshare", "--mount", "--propagation", "private"]
    if "AUTHZD_CHAOS_MOUNTS" in os.environ or os.geteuid() != 0 or not shutil.which("unshare"):
        return
    if subprocess.run([*apart, "true"], stderr=subprocess.DEVNULL).returncode == 0:
        os.environ["AUTHZD_CHAOS_MOUNTS"] = "yes"
        os.execvp(apart[0], [*apart, sys.executable, *sys.argv])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=3, help="worlds, each from a seed of chance")
    parser.add_argument("--seed", type=int, action="append", default=[], help="this world, before those")
    parser.add_argument("--steps", type=int, default=14, help="of a world")
    parser.add_argument("--step", help="this step alone, again and again")
    parser.add_argument("--keep", action="store_true", help="keep the folders of worlds that went well")
    options = parser.parse_args()
    mount_apart()
    seeds = options.seed + [secrets.randbits(32) for _ in range(options.seeds)]
    results = [try_seed(options, seed) for seed in seeds]
    print(f"{sum(results)} of {len(results)} worlds kept every promise")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
