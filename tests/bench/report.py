#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Prints what authzd costs, as ratios against floors taken in the same run (budgets: design §14).

usage: report.py BUILD-DIRECTORY [PART…]
parts: requests cpu memory load diff questions converge start latency accounts

It judges nothing by the clock alone, and its exit code says only whether it could measure.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from fleet import Fleet  # noqa: E402
from latency import Watched  # noqa: E402
from sandbox import ACCOUNT, OTHER_ROLE, ROLE, Sandbox, write_manifests  # noqa: E402


class Report:
    """Rows of one table, printed as they come: budget, measured, floor, ratio, verdict."""

    WIDTHS = (51, 31, 29, 7)

    def __init__(self):
        self.missed = 0
        self.line("what", "measured", "floor or limit", "ratio", "budget")

    def line(self, *cells):
        padded = [cell.ljust(width) for cell, width in zip(cells, self.WIDTHS)]
        print("  ".join(padded + [cells[-1]]).rstrip(), flush=True)

    def row(self, what, measured, floor, ratio, most, unit=""):
        """`most`: the largest ratio that is within the budget; None: it has none."""
        within = most is None or ratio <= most
        self.missed += not within
        verdict = "" if most is None else f"≤ {most:g} {'ok' if within else 'MISSED'}"
        self.line(what, measured + unit, floor + unit, f"{ratio:.2f}", verdict)


def ms(microseconds):
    return f"{microseconds / 1000:.2f} ms"


class Bench:
    def __init__(self, build, work, report):
        self.build, self.work, self.report = build, work, report

    def tool(self, name, *args, **environment):
        done = subprocess.run([self.build / "tests/bench" / name, *map(str, args)],
                              env=environment, stdout=subprocess.PIPE, check=True, text=True)
        return json.loads(done.stdout)

    def sandbox(self, *switches):
        return Sandbox(self.build, self.work, *switches)

    def synced(self, policies, *switches):
        """A sandbox that holds `policies` grants, and the manifests that want them."""
        sandbox = self.sandbox(*switches)
        manifests = write_manifests(self.work / f"manifests-{policies}", policies)
        self.converge(sandbox, manifests, 8, 0)
        return sandbox, manifests

    def converge(self, sandbox, manifests, concurrency, rate):
        done = self.tool("bench_cycle", "converge", concurrency, rate,
                         **sandbox.environment(manifests))
        if done["failed"]:
            raise SystemExit(f"report.py: writes failed: {done}")
        return done

    # ── the parts ───────────────────────────────────────────────────────────────────────────────
    def requests(self):
        for what, switches, pages in (("one page", (), 1),
                                      ("pages of 100", ("list-default-limit=100",), 10)):
            sandbox, manifests = self.synced(1000, *switches)
            with sandbox:
                seen = len(sandbox.log())
                self.tool("bench_cycle", "quiet", 4, **sandbox.environment(manifests))
                log = sandbox.log()[seen:]
            roles = sum("/v2/roles" in each["target"] for each in log)
            tokens = sum("/identity/" in each["target"] for each in log)
            quiet = (len(log) - tokens - roles - pages) / 4
            self.report.row(f"requests of a quiet cycle, {what}", f"{quiet:g}", f"{pages} pages",
                            quiet / pages, 1)
            self.report.row("  of the cycle before it", f"{roles} role look-ups", "1 pair",
                            roles, 1)

    def cpu(self):
        for policies, cycles in ((100, 200), (1000, 40), (4000, 15)):
            sandbox, manifests = self.synced(policies)
            with sandbox:
                pairs = []
                for _ in range(3):
                    floor = self.tool("bench_floor", sandbox.list_url(), cycles,
                                      TOKEN=sandbox.token())
                    cycle = self.tool("bench_cycle", "quiet", cycles,
                                      **sandbox.environment(manifests))
                    pairs.append((cycle["cpu_us"] / floor["cpu_us"], cycle, floor))
            ratio, cycle, floor = sorted(pairs, key=lambda each: each[0])[1]
            self.report.row(f"CPU of a quiet cycle, {policies} policies", ms(cycle["cpu_us"]),
                            ms(floor["cpu_us"]) + " curl + one DOM", ratio,
                            2 if policies == 4000 else None)
        looks = self.tool("bench_cycle", "load", BENCH_ACCOUNT=ACCOUNT,
                          BENCH_MANIFESTS=str(manifests))
        self.report.row("unchanged revision, 4000 grants: loaded again",
                        "yes" if looks["loaded_again"] else f"no, {ms(looks['again_us'])} CPU",
                        f"{ms(looks['first_us'])} to load", looks["loaded_again"], 0)

    def memory(self):
        for policies, most, what in ((1, 20, "idle"), (4000, 32, "4000 policies")):
            sandbox, manifests = self.synced(policies)
            with sandbox:
                resident, peak = self.resident(sandbox, manifests)
            self.report.row(f"resident memory, {what}",
                            f"{resident:.1f} MiB (peak {peak:.1f})", f"{most} MiB",
                            resident / most, 1)

    def resident(self, sandbox, manifests):
        daemon = sandbox.daemon(self.work, manifests)
        try:
            sandbox.wait_for_cycles(3)
            status = pathlib.Path(f"/proc/{daemon.pid}/status").read_text()
        finally:
            daemon.terminate()
            daemon.wait()
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return [int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]

    def google(self, name, expression):
        """Times of a Google Benchmark program, by benchmark name, in milliseconds."""
        done = subprocess.run([self.build / "tests/bench" / name, "--benchmark_format=json",
                               f"--benchmark_filter={expression}", "--benchmark_min_time=0.3"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        per_ms = {"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1e3}
        return {each["name"]: each["cpu_time"] * per_ms[each["time_unit"]]
                for each in json.loads(done.stdout)["benchmarks"] if "cpu_time" in each}

    def load(self):
        times = self.google("bench_load", "^bm_load(_floor)?/10000$")
        measured, floor = times["bm_load/10000"], times["bm_load_floor/10000"]
        self.report.row("load and validate 10,000 grants", f"{measured:.1f} ms",
                        f"{floor:.1f} ms yaml-cpp", measured / floor, 1.2)

    def diff(self):
        times = self.google("bench_plan", "/10000+$")
        for name, what, most in (("diff_equal", "all equal", 6),
                                 ("diff_other_roles", "all differ", 25)):
            small, large = times[f"{name}/10000"], times[f"{name}/100000"]
            self.report.row(f"diff of 10,000 × 10,000, {what}", f"{small:.1f} ms", f"{most} ms",
                            small / most, 1)
            self.report.row("  of 100,000 × 100,000: per grant", f"{large:.1f} ms",
                            f"{10 * small:.1f} ms linear", large / (10 * small), 1.5)

    def questions(self):
        times = self.google("bench_question", "/1000$")
        for name, what in (("why_over_accounts", "why"), ("reach_of_a_target", "reach of a target"),
                           ("reach_of_all", "reach of all")):
            took = times[f"{name}/1000"]
            self.report.row(f"{what}, over 1,000 × 500 policies", f"{took:.0f} ms", "1000 ms",
                            took / 1000, 1)

    def converge_times(self):
        # (verb, what one costs in requests, N, latency in ms, at a time, a second)
        cases = (("create", 1, 200, 50, 8, 0), ("create", 1, 100, 50, 8, 20),
                 ("update", 2, 100, 50, 8, 0), ("delete", 3, 100, 50, 8, 0))
        for verb, requests, number, latency, width, rate in cases:
            took = self.timed_writes(verb, number, latency, width, rate)
            if took[verb + "d"] != number:
                raise SystemExit(f"report.py: the {verb}s did not go through: {took}")
            floor = number * requests * latency / 1000 / width
            limit = f"{latency} ms, {width} at a time"
            if rate:
                burst = rate / 2  # what the pace lets go at once
                floor = max(floor, (number * requests - burst) / rate)
                limit = f"{rate}/s"
            self.report.row(f"converge {number} {verb}s, {limit}", f"{took['seconds']:.2f} s",
                            f"{floor:.2f} s, {requests} request{'s'[:requests - 1]} each",
                            took["seconds"] / floor, 1.1)

    def timed_writes(self, verb, number, latency, width, rate):
        before, after = self.work / "before", self.work / "after"
        write_manifests(before, 1 if verb == "create" else number + 1)
        write_manifests(after, 1 if verb == "delete" else number + 1,
                        role=OTHER_ROLE if verb == "update" else ROLE, first_role=ROLE)
        with self.sandbox() as sandbox:
            self.converge(sandbox, before, 8, 0)
            sandbox.delay(latency)
            return self.converge(sandbox, after, width, rate)

    def start(self):
        sandbox, manifests = self.synced(1000)
        with sandbox:
            list_alone = ["curl", "-sSf", "-o", "/dev/null", "-H",
                          f"Authorization: Bearer {sandbox.token()}", sandbox.list_url()]
            plan = sandbox.plan_command(manifests)
            floors, plans = [], []
            for _ in range(9):
                floors.append(wall(list_alone, {}))
                plans.append(wall(plan, sandbox.environment(manifests)))
        measured, floor = statistics.median(plans), statistics.median(floors)
        self.report.row("start to first plan, 1000 policies", f"{1000 * measured:.0f} ms",
                        f"{1000 * floor:.0f} ms the list by curl", measured / floor, 2)

    def latency(self):
        with self.sandbox() as sandbox, Watched(sandbox, self.work) as watched:
            self.limited("from a push's webhook to the write sent", watched.push_to_write(), 1, "s")
            self.limited("from a poke to drift repaired", watched.poke_to_repair(), 1, "s")

    def accounts(self):
        for number, policies, most, interval in ((1000, 10, 128, 60), (1000, 500, 512, 60)):
            what = f"{number:,} accounts × {policies}"
            with Fleet(self.build, self.work, number, policies, interval) as fleet:
                fleet.wait_ready()
                self.limited(f"{what}, TLS: CPU until READY", fleet.cpu(), 5, "s")
                fleet.wait_for_passes(1)
                first = fleet.cpu()
                self.report.row("  CPU of the first pass", f"{first:.1f} s", "", 0, None)
                fleet.wait_for_passes(2)
                fleet.turns()
                before, lists = fleet.cpu(), fleet.lists()
                fleet.wait_for_passes(3)
                quiet = (fleet.cpu() - before) * number / (fleet.lists() - lists)
                self.limited("  CPU of a quiet pass", quiet, 10, "s")
                self.limited("  longest turn of the loop", fleet.turns()[0], 50, "ms")
                resident, peak = fleet.resident()
                self.limited(f"  resident memory (peak {peak:.0f})", resident, most, "MiB")
                self.limited("  descriptors", fleet.descriptors(), 256, "")
                used, took = fleet.reload()
                self.limited(f"  CPU of a reload ({took:.2f} s)", used, 1, "s")
                self.report.row("  longest turn with it", f"{fleet.turns()[0]:.0f} ms", "", 0, None)

    def limited(self, what, measured, most, unit):
        self.report.row(what, f"{measured:.1f} {unit}".strip(), f"{most} {unit}".strip(),
                        measured / most, 1)


def wall(command, environment):
    begun = time.monotonic()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - begun


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    parts = {"requests": Bench.requests, "cpu": Bench.cpu, "memory": Bench.memory,
             "load": Bench.load, "diff": Bench.diff, "questions": Bench.questions,
             "converge": Bench.converge_times,
             "start": Bench.start, "latency": Bench.latency, "accounts": Bench.accounts}
    # That of many accounts takes minutes, and a disk that syncs fast: each cycle is in the state.
    chosen = sys.argv[2:] or [name for name in parts if name != "accounts"]
    for name in chosen:
        if name not in parts:
            raise SystemExit(f"report.py: no part {name}; there are: {' '.join(parts)}")
    with tempfile.TemporaryDirectory(prefix="authzd-bench-") as work:
        report = Report()
        bench = Bench(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(work), report)
        for name in chosen:
            parts[name](bench)
    print(f"\n{report.missed} beyond budget" if report.missed else "\nall within budget")


if __name__ == "__main__":
    main()
