# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Steps for a world with manifests in Git; in others they do nothing."""
import shutil

from people import edit_manifests
from sources import Repository
from world import STABLE, World, files_of


def is_git(world: World) -> bool:
    return isinstance(world.main.source, Repository)


def force_push(world: World) -> None:
    """Another history, without a grant that every revision wants: it is refused, as it does not descend
    from the applied revision. The witness would see the delete."""
    lost = world.chance.sample(STABLE, world.chance.randrange(1, 3))
    rewritten = {number: roles for number, roles in world.grants.items() if number not in lost}
    world.main.source.rewrite(files_of(rewritten))
    world.main.run_once()
    world.main.run_once()
    world.main.source.go_back_to_main()
    world.main.run_once()


def set_back(world: World) -> None:
    """The branch is reset to its first commit, and then to the newest again."""
    source = world.main.source
    first = source.git("rev-list", "--max-parents=0", "HEAD").splitlines()[0]
    source.git("push", "-qf", "origin", f"{first}:main")
    world.main.run_once()
    source.push()
    edit_manifests(world)


def approved_rewrite(world: World) -> None:
    """A history that was rewritten on purpose, and that a person approves."""
    world.change_volatile()
    revision = world.main.source.rewrite(files_of(world.grants))
    world.main.source.keep_rewritten()
    world.main.run_once()
    world.main.call("approve", revision, "--yes")
    world.main.run_once()


def lose_the_server(world: World) -> None:
    world.change_volatile()
    world.publish()
    world.main.source.fall_silent()
    world.main.run_once()
    world.main.source.serve()
    world.main.run_once()


def damage_the_copy(world: World) -> None:
    """authzd's copy of the repository, beside its state, is truncated or removed."""
    copy = world.main.state / "git"
    files = sorted(path for path in copy.rglob("*") if path.is_file())
    if files and world.chance.random() < 0.6:
        path = world.chance.choice(files)
        world.story.append(f"  {path.relative_to(copy)} is cut")
        size = path.stat().st_size
        path.chmod(0o600)
        with path.open("r+b") as file:
            file.truncate(size // 2)
        edit_manifests(world)
    else:
        world.story.append("  the copy is gone")
    shutil.rmtree(copy, ignore_errors=True)
    edit_manifests(world)
