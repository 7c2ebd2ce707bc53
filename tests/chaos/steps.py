# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Everything that can happen in a world, and how often."""
import clocks
import commits
import hosts
import people
import processes
import states
from world import World

STEPS = {
    people.edit_manifests: 5, people.remove_all_volatile: 2, people.forget_the_protected: 1,
    people.unmark_the_protected: 2,
    people.edit_by_hand: 4, people.approve: 6, people.only_read: 1, people.observe: 1,
    people.reload_to_observe: 1, people.suspend: 1, people.apply_beside_the_daemon: 1,
    people.bad_network: 3, people.lagging_list: 2,
    processes.kill_anywhere: 2, processes.kill_at_some_time: 2, processes.kill_after_a_write: 2,
    processes.kill_after_each_write: 2, processes.stop_politely: 1, processes.freeze: 1,
    processes.freeze_in_a_write: 1, processes.second_process: 1,
    states.lose_state: 1, states.damage_state: 1, states.restore_backup: 1, states.full_disk: 1,
    states.read_only_state: 1, states.disk_read_only_under_the_daemon: 1,
    hosts.second_host: 1, hosts.rival: 1, hosts.stranger: 1,
    clocks.host_is_wrong: 1, clocks.host_jumps: 1, clocks.iam_is_wrong: 1,
}
OF_GIT = {commits.force_push: 4, commits.set_back: 2, commits.approved_rewrite: 2,
          commits.lose_the_server: 1, commits.damage_the_copy: 2}


def steps_of(world: World, number: int):
    """That many of them, at random; a step becomes less likely with each use, so that all are tried."""
    possible = {**STEPS, **(OF_GIT if commits.is_git(world) else {})}
    for _ in range(number):
        functions, weights = zip(*possible.items())
        step = world.chance.choices(functions, weights)[0]
        possible[step] *= 0.25
        yield step
