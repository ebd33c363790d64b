"""Suites `batch`, `replay`, `disk`, `history`: many operations in one request, and what they leave.

`replay`, `disk`, `history` and `proof` share one ledger, grown by batches and then looked at.
"""

import json
import os
import resource
import subprocess
import threading
import time

from . import load, proof, servers, table


class LagWatch:
    """Samples how far the followers are behind, in events, while a load runs."""

    def __init__(self, creditd):
        self.creditd, self.lag_max, self.done = creditd, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()

    def watch(self):
        while not self.done.wait(0.5):
            try:
                self.lag_max = max(self.lag_max,
                                   self.creditd.metric("creditd_follower_lag_events") or 0)
            except OSError:
                pass  # the load itself will tell if the daemon is gone


def one_batch_size(context, creditd, size):
    connections = 8 if size <= 1000 else 4
    with LagWatch(creditd) as watch:
        result = load.load(context, creditd, "batch", "-c", connections, "-b", size, "-a",
                           context.accounts, "-d", context.batch_s, "--warmup", context.warmup_s)
    result["drain_s"] = creditd.wait_for_followers()
    # Events behind, as seconds at the rate at which they came: how old is what a reader sees.
    per_s = result["operations_per_s"]
    result["lag_s"] = watch.lag_max / per_s if per_s else 0.0
    return result


def batch_rows(size, result, seconds):
    value = result["operations_per_s"]
    yield table.at_least(f"durable deductions in batches of {size}, for {seconds:g} s",
                         "≥ 250 000/s", value / 250_000, 1.0, table.rate(value), " of goal",
                         per_s=value, p99_us=result["latency_us"]["p99"],
                         server_cpu_us=result["server_cpu_s"] / max(1, result["operations"]) * 1e6)
    yield table.at_most(f"  followers behind during it (batches of {size})", "≤ 5 s",
                        result["lag_s"], 5.0, f"{result['lag_s']:.2f} s, caught up "
                        f"{result['drain_s']:.1f} s after the end")


def run_batch(context):
    sizes = (1000, 10_000)
    if not context.has_creditd:
        return [table.missing("durable deductions in batches", "≥ 250 000/s", "no creditd")]
    rows = []
    with servers.Creditd(context, os.path.join(context.work_dir, "batch")) as creditd:
        load.set_up(context, creditd, context.accounts)
        for size in sizes:
            load.say(f"batches of {size} for {context.batch_s:g} s")
            result = one_batch_size(context, creditd, size)
            context.raw[f"batch_{size}"] = result
            rows += batch_rows(size, result, context.batch_s)
    return rows


def grow_ledger(context, creditd, events, hot_entries):
    """Accounts, then `events` deductions over them, then `hot_entries` on account 0."""
    load.set_up(context, creditd, context.accounts)
    for count, which in ((events, ("-a", context.accounts)), (hot_entries, ("--hot", 0))):
        size = 5000
        result = load.load(context, creditd, "batch", "-c", 4, "-b", size, "-n", -(-count // size),
                           "--item-keys", *which)
        load.say(f"  {table.count(result['operations'])} deductions at "
                 f"{table.rate(result['operations_per_s'])}")
    creditd.wait_for_followers()


def last_seq(creditd):
    return creditd.get_json("/v1/accounts/acct-00000000/balance")["seq"]


def history_rows(context, creditd, entries):
    path = "/v1/accounts/acct-00000000/transactions?limit=50"
    load.say("a page of history")
    by_number = f"&page={entries // 100}"
    cursor = f"&cursor={creditd.get_json(path + by_number)['next_cursor']}"
    for suffix, text in (("", "newest"), (cursor, "in the middle")):
        warm = load.load(context, creditd, "constant", "--path", path + suffix, "-c", 1, "-d",
                         context.duration_s)
        context.raw[f"history{suffix}"] = warm
        if "200" not in warm["status"]:
            yield table.missing(f"page of 50 ({text})", "≤ 2 ms", f"status {warm['status']}")
            continue
        value = warm["latency_us"]["p50"]
        yield table.at_most(f"page of 50, {text}, of an account with {table.count(entries)} "
                            "entries", "≤ 2 ms warm", value, 2000.0,
                            f"p50 {table.us(value)}, p99 {table.us(warm['latency_us']['p99'])}")
    warm = load.load(context, creditd, "constant", "--path", path + by_number, "-c", 1, "-d",
                     context.duration_s)
    yield table.info("  the same by its number, past all that come before",
                     f"p50 {table.us(warm['latency_us']['p50'])}")


def past_rows(context, creditd):
    """Single questions about moments spread over the whole log, of the busiest account."""
    load.say("looking back")
    last, questions = last_seq(creditd), 200
    for what in ("balance", "grants"):
        times = []
        for number in range(questions):
            seq = 1 + last * number // questions
            began = time.monotonic()
            creditd.get_json(f"/v1/accounts/acct-00000000/{what}?at={seq}")
            times.append((time.monotonic() - began) * 1e6)
        times.sort()
        context.raw[f"past_{what}"] = times
        p50, p99 = times[questions // 2], times[questions * 99 // 100]
        yield table.at_most(f"{what} at {questions} past moments of {table.count(last)} events",
                            "≤ 50 ms", p99, 50_000.0,
                            f"p50 {table.us(p50)}, p99 {table.us(p99)}, most {table.us(times[-1])}")


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class ToolRuns:
    """creditd-replay, as often as there are rounds: seconds of the median run, and what it said."""

    def __init__(self, context, *words):
        walls, cpu_before = [], cpu_of_children()
        for _ in range(context.rounds):
            began = time.monotonic()
            done = subprocess.run([context.program("creditd-replay"), *words, "--json"],
                                  capture_output=True, text=True, timeout=3600, check=False)
            walls.append(time.monotonic() - began)
            if done.returncode != 0:
                break
        self.failure = done.returncode and f"exit {done.returncode}: {done.stderr[-200:]}"
        self.found = None if self.failure else json.loads(done.stdout)
        self.wall = table.median(walls)
        self.cpu = (cpu_of_children() - cpu_before) / len(walls)

    def measured(self):
        return f"{self.wall:.1f} s, CPU {self.cpu:.1f} s, load {os.getloadavg()[0]:.1f}"


def replay_rows(context, folder, events):
    load.say(f"creditd-replay verify of {table.count(events)} events")
    runs = ToolRuns(context, "verify", folder)
    if runs.failure:
        return [table.missing("replay with every hash verified", "≥ 1 500 000/s", runs.failure)]
    found, wall = runs.found, runs.wall
    value = found["seq"] / wall
    return [table.at_most(f"creditd-replay verify of {table.count(found['seq'])} events",
                          "≤ 20 s for 10 M", wall * 10e6 / found["seq"], 20.0,
                          runs.measured()),
            table.at_least("replay with every hash verified (creditd-replay verify)",
                           "≥ 1 500 000 events/s", value / 1.5e6, 1.0,
                           f"{table.rate(value)} over {table.count(found['seq'])} events",
                           " of goal", per_s=value, tool=found)]


PRICED = """[[features]]
key = "image"
credits = 1
[[features]]
key = "audio"
price = { per = [{ credits = 1, unit = "seconds", step = 15, round = "up" }] }
"""
OTHER = """[[features]]
key = "image"
credits = 2
[[features]]
key = "audio"
price = { flat = 1, per = [{ credits = 0.05, unit = "seconds" }] }
"""


def grow_priced_ledger(context, creditd, events):
    """As many uses by features, half of them by measure."""
    load.set_up(context, creditd, context.accounts)
    size = 5000
    for item in ('"feature":"image"', '"feature":"audio","units":{"seconds":47.5}'):
        load.load(context, creditd, "batch", "-c", 4, "-b", size, "-n", -(-events // 2 // size),
                  "--item", item, "-a", context.accounts)
    creditd.wait_for_followers()


def what_if_rows(context):
    """Of a ledger of its own: an amount that was given has no price."""
    folder = os.path.join(context.work_dir, "what-if")
    priced, other = (os.path.join(context.work_dir, name) for name in ("now.toml", "other.toml"))
    for path, text in ((priced, PRICED), (other, OTHER)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    with servers.Creditd(context, folder, arguments=("--catalog", priced)) as creditd:
        grow_priced_ledger(context, creditd, context.bulk_events)
        events = last_seq(creditd)
    load.say(f"creditd-replay what-if over {table.count(events)} events")
    runs = ToolRuns(context, "what-if", folder, "--catalog", other, "--top", "20",
                    "--chart", os.path.join(context.work_dir, "what-if.svg"))
    if runs.failure:
        return [table.missing("creditd-replay what-if", "≤ 30 s for 10 M", runs.failure)]
    uses = runs.found["priced_anew"]["uses"]
    return [table.at_most(f"creditd-replay what-if over {table.count(events)} events, "
                          f"{table.count(uses)} priced anew", "≤ 30 s for 10 M",
                          runs.wall * 10e6 / events, 30.0, runs.measured(), uses=uses)]


def table_bytes(folder):
    """Bytes of RocksDB's tables under `folder`: journal, personal part and every index."""
    total = 0
    for where, _, names in os.walk(folder):
        total += sum(os.path.getsize(os.path.join(where, n)) for n in names
                     if n.endswith((".sst", ".blob")))
    return total


def compact(context, folder):
    """Compacts the RocksDB folders of a stopped ledger."""
    for where, _, names in os.walk(folder):
        if "CURRENT" in names:
            subprocess.run([context.program("bench_compact"), where], check=True, timeout=3600)


def disk_row(context, folder, events, goal, text):
    before = table_bytes(folder)
    compact(context, folder)
    value = table_bytes(folder) / events
    if value == 0:
        return table.missing(f"disk after compaction, {text}", f"≤ {goal} bytes an event",
                             "no RocksDB tables found")
    return table.at_most(f"disk after compaction, {text}", f"≤ {goal} bytes an event", value,
                         float(goal), f"{value:.0f} bytes ({before / events:.0f} before)",
                         events=events)


def single_writes_row(context):
    """One connection, so that each synced write carries one event."""
    folder = os.path.join(context.work_dir, "single-writes")
    # Short runs: else the indexes of so few events would never reach the disk, nor the figure.
    runs = {"CREDITD_FOLLOWERS__RUN_ENTRIES": str(max(1000, context.single_writes // 4))}
    with servers.Creditd(context, folder, env=runs) as creditd:
        load.set_up(context, creditd, 100)
        load.load(context, creditd, "deduct", "-c", 1, "-a", 100, "-n", context.single_writes)
        creditd.wait_for_followers()
        events = last_seq(creditd)
    return disk_row(context, folder, events, 300, "one event a write")


def without_creditd(suites):
    goals = {"history": ("page of 50 of 10^6 entries", "≤ 2 ms warm"),
             "replay": ("replay with every hash verified", "≥ 1 500 000 events/s"),
             "proof": ("receipt of one event", "≤ 1 ms"),
             "disk": ("disk after compaction", "≤ 200 / ≤ 300 bytes an event")}
    return [table.missing(*goals[suite], "no creditd") for suite in goals if suite in suites]


def run(context, suites):
    """`history`, `proof`, `replay`, `disk`, as far as they are in `suites`."""
    if not context.has_creditd:
        return without_creditd(suites)
    rows = []
    folder = os.path.join(context.work_dir, "bulk")
    hot = context.hot_entries if "history" in suites else 0
    load.say(f"a ledger of {table.count(context.bulk_events + hot)} events")
    with servers.Creditd(context, folder) as creditd:
        grow_ledger(context, creditd, context.bulk_events, max(hot, 5000))
        events = last_seq(creditd)
        if "history" in suites:
            rows += history_rows(context, creditd, hot)
            rows += past_rows(context, creditd)
        if "proof" in suites:
            rows += proof.rows(context, creditd, events)
    if "replay" in suites:
        rows += replay_rows(context, folder, events)
        rows += what_if_rows(context)
    if "disk" in suites:
        rows.append(disk_row(context, folder, events, 200, "≥ 64 events a write"))
        rows.append(single_writes_row(context))
    return rows
