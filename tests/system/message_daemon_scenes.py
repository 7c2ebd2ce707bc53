# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Situations with a daemon at work. Each function is a scene, and its text the heading."""
import os
import signal
import socket
import subprocess

from message_stage import ACCOUNT, OTHER


def two_grants(it, **configuration):
    it.configure(**configuration)
    it.manifest("disks", "server-protect")
    it.manifest("mail", "messagehub")


def held_delete(it, **configuration):
    """Two grants are made, and the delete of one is held; returns the hash of the hold."""
    two_grants(it, **configuration)
    it.start_and_rest()
    it.drop("mail")
    it.start_and_rest("Held")
    return it.quietly("plan").find(r"authzd approve ([0-9a-f]{64})")


def addressed(it):
    """A daemon: whom a command reaches"""
    two_grants(it, mode="observe")
    it.start_and_rest("OutOfSync")
    it.say("status: mode observe", "status", table=True)
    it.say("apply in mode observe", "apply", "--yes", only_end=True)
    it.say("an account that it does not have", "status", "production")
    it.say("an option that is its configuration's to say", "plan", "--mode", "sync")
    it.say("an owner", "plan", "--owner", "other")
    it.configure("other.yaml")
    it.say("another configuration", "status", "--config", "other.yaml", config=False)
    it.say("another configuration, for a command that can stand alone", "plan", "--config", "other.yaml",
           config=False)
    it.say("a user who may not use the socket", "status", as_other=True)
    it.say("sync", "sync")
    it.say("sync of an account that it does not have", "sync", "production")
    it.configure(mode="synch")
    it.reload()
    it.until("the reload to be refused", lambda: "refused" in it.quietly("status").out)
    it.say("status: a reload was refused", "status", table=True)
    it.write("authzd.yaml", "kind: [\n")
    it.say("the configuration is no YAML any more", "status")


def synced(it):
    """A daemon: sync --wait"""
    two_grants(it)
    it.manifest("broken", "is", role="Redaer")
    it.start_and_rest("Conflicts", "NotReady", "Stalled")
    it.say("status: a conflict", "status", table=True)
    it.say("sync --wait: a conflict", "sync", "--wait")
    it.drop("broken")
    it.say("sync --wait, and no time", "sync", "--wait", "--timeout", "0s")
    it.start_and_rest()
    it.say("status: all is well", "status", table=True)
    it.say("apply: nothing to do", "apply", "--yes")
    it.say("wait", "wait", "disks")


def approved(it):
    """A daemon: approve"""
    hash = held_delete(it)
    it.say("status: a rail holds", "status", table=True)
    it.say("wait for what nobody wants any more", "wait", "mail")
    it.say("no such hash", "approve", "0" * 64, "--yes")
    it.say("one of two is not there", "approve", hash, "0" * 64, "--yes")
    it.say("a hash that is too short", "approve", "0" * 12, "--yes")
    it.say("no such revision", "approve", "main", "--yes")
    it.say("no terminal to ask on", "approve", hash)
    it.say("the answer is no", "approve", hash, answer="no", only_end=True)
    it.quietly("suspend")
    it.say("yes", "approve", hash, "--yes")
    it.say("again", "approve", hash, "--yes")
    it.say("approvals", "approvals", table=True)
    it.say("approvals --revoke: no such", "approvals", "--revoke", "0" * 64)
    it.say("approvals --revoke: too short", "approvals", "--revoke", "0" * 12)
    it.say("approvals --revoke", "approvals", "--revoke", hash)
    it.say("approvals: none", "approvals")
    it.quietly("resume")
    said = it.say("sync --wait: a rail holds", "sync", "--wait")
    it.follow(said, r"  authzd (approve .*)", "--yes")
    it.rest()
    said = it.say("runs", "runs", table=True)
    run = next(line.split()[0] for line in said.out.splitlines() if " -1 " in line)
    it.say("show", "show", run)
    it.say("show: no such run", "show", "0" * 12)


def two_people(it):
    """A daemon: two people approve"""
    hash = held_delete(it, rails="{removalGrace: 0s, maxDeletePercent: 100, approvers: {need: 2}}")
    it.say("apply: a rail holds", "apply", "--yes")
    it.say("apply --plan-hash", "apply", "--plan-hash", it.quietly("plan").find(r"Plan hash (\S+)"))
    said = it.say("the first one", "approve", hash, "--yes", only_end=True)
    if "no login" not in said.out + said.err:
        it.say("the same one, again", "approve", hash, "--yes", only_end=True)


def suspended(it):
    """A daemon: suspend and resume"""
    two_grants(it)
    it.start_and_rest()
    it.say("suspend", "suspend")
    it.say("status", "status", table=True)
    it.say("sync --wait", "sync", "--wait")
    it.manifest("more", "is")
    it.say("apply", "apply", "--yes", only_end=True)
    it.say("resume", "resume")
    it.say("suspend of one", "suspend", "prod")
    it.say("resume of all", "resume")
    it.say("resume of one", "resume", "prod")


def rolled_out(it):
    """A daemon: waves"""
    two_grants(it)
    it.start_and_rest()
    it.say("rollout without waves", "rollout")
    waves = "{waves: [{name: canary, match: {ring: canary}}, {match: {env: prod}, after: 1h}]}"
    two_grants(it, rollout=waves, accounts=f"[{it.account(more=', labels: {env: prod}')}]")
    it.start_and_rest()
    it.say("rollout: what was there before the waves", "rollout")
    it.say("pause", "rollout", "pause")
    it.say("pause again", "rollout", "pause")
    it.say("resume", "rollout", "resume")
    it.say("promote another revision", "rollout", "promote", "5c1e0a7b")
    it.say("promote", "rollout", "promote", "--urgent")
    it.say("pause of a revision", "rollout", "pause", "5c1e0a7b")


def undone(it):
    """A daemon: undo, unpin and release"""
    hash = held_delete(it)
    it.quietly("approve", hash, "--yes")
    it.rest()
    runs = it.quietly("runs").out.splitlines()
    run = next(line.split()[0] for line in runs if " -1 " in line)
    first = next(line.split()[0] for line in runs if "+2 " in line)
    it.say("no such run", "undo", "0" * 12, "--yes")
    it.say("an id that is too short", "undo", "0123", "--yes")
    it.say("no terminal to ask on", "undo", run, only_end=True)
    it.say("the answer is no", "undo", run, answer="no", only_end=True)
    it.say("a hash of no plan", "undo", run, "--plan-hash", "0" * 64, only_end=True)
    it.say("yes", "undo", run, "--yes")
    it.say("again", "undo", run, "--yes")
    it.say("a run whose policies others are of by now", "undo", first, "--yes")
    it.say("unpin: what is pinned", "unpin", table=True)
    it.say("unpin: no such", "unpin", "disk")
    it.say("unpin", "unpin", "mail")
    it.say("unpin, again", "unpin", "mail")
    it.say("unpin --all, and nothing is pinned", "unpin", "--all")
    it.say("release: no such", "release", "disk", "--yes")
    it.say("release: no terminal", "release", "disks", only_end=True)
    it.say("release", "release", "disks", "--yes", only_end=True)


def refused(it):
    """A daemon: manifests that are not valid"""
    two_grants(it)
    it.start_and_rest()
    it.write("manifests/bad.yaml", "kind: [\n")
    it.start_and_rest("RevisionRefused")
    it.say("status", "status", table=True)
    it.say("sync --wait", "sync", "--wait")
    it.say("plan", "plan")
    it.say("apply", "apply", "--yes")


def key_refused(it):
    """A daemon: a key that IAM refuses"""
    two_grants(it)
    it.secret("key", "revoked-key")
    it.start_and_rest("NotReady", "Stalled")
    it.say("status", "status", table=True)
    it.say("sync --wait", "sync", "--wait")
    it.say("wait", "wait", "disks", "--timeout", "0s")
    it.say("undo", "undo", "0" * 12, "--yes")


def other_account(it):
    """A daemon: one of two accounts has a key of the other"""
    two_grants(it, accounts=f"[{it.account()}, {it.account('test', OTHER)}]")
    it.start_and_rest()
    it.say("sync --wait", "sync", "--wait", only_end=True)
    it.say("plan", "plan", only_end=True)
    it.say("export", "export", "--account", "test")
    it.say("suspend of one by its id", "suspend", ACCOUNT)


class Repository:
    """A Git repository of manifests, and what serves it."""

    def __init__(self, it):
        self.it, self.bare, self.author = it, it.folder / "served/manifests.git", it.folder / "author"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(it.folder), "GIT_CONFIG_NOSYSTEM": "1"}
        for who in ("AUTHOR", "COMMITTER"):
            self.environment |= {f"GIT_{who}_NAME": "Ann", f"GIT_{who}_EMAIL": "ann@example.com"}
        self.git("init", "-q", "--bare", "-b", "main", self.bare)
        self.git("init", "-q", "-b", "main", self.author)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.server = subprocess.Popen(
            ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={self.port}",
             f"--base-path={it.folder}/served", "--export-all"],
            env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True)
        it.until("git daemon to listen", self.answers)

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def git(self, *words):
        subprocess.run(["git", *words], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def push(self, *sources):
        """One commit with a manifest for each of the sources."""
        for source in sources:
            self.it.manifest(source, source, folder="author")
        self.git("-C", self.author, "add", "-A")
        self.git("-C", self.author, "commit", "-qm", "change")
        self.git("-C", self.author, "push", "-q", self.bare, "HEAD:main")

    def set_back(self):
        self.git("-C", self.author, "reset", "-q", "--hard", "HEAD~1")
        self.git("-C", self.author, "push", "-q", "-f", self.bare, "HEAD:main")

    def stop(self):
        os.killpg(self.server.pid, signal.SIGTERM)
        self.server.wait()


def set_back(it):
    """Manifests from a Git repository"""
    repository = Repository(it)
    try:
        url = f"git://127.0.0.1:{repository.port}/manifests.git"
        it.configure(source='{git: {url: "%s"}}' % url)
        it.say("it has no such branch", "plan")
        repository.push("server-protect")
        repository.push("messagehub")
        it.say("a revision", "apply", "--yes", only_end=True)
        repository.set_back()
        it.say("the branch was set back, plan", "plan")
        said = it.say("the branch was set back, apply", "apply", "--yes")
        it.follow(said, r"authzd (approve [0-9a-f]{40}.*)", "--yes")
        it.say("and apply", "apply", "--yes")
        it.configure(source='{git: {url: "%s"}}' % url.replace("manifests", "other"))
        it.say("there is no such repository", "plan", "--local")
        it.configure(source='{git: {url: "%s", path: production}}' % url)
        it.say("it has no such folder", "plan", "--local")
    finally:
        repository.stop()
    it.say("nobody serves it", "plan", "--local")


SCENES = [addressed, synced, approved, two_people, suspended, rolled_out, undone, refused, key_refused, other_account, set_back]
