"""Suites `memory` and `growth`: one ledger, grown from 10^3 to 10^7 accounts, a look at each step.

At each step: cost of one deduction, memory, and (`memory`) a snapshot, a stop and a start from it.
"""

import json
import os
import shutil
import subprocess
import time

from . import load, servers, table

MEGABYTE = 1e6
KEY_WINDOW_AND_ROCKSDB_BYTES = 512 << 20  # the budget's allowance beside the accounts


def cost_of_one(context, creditd, accounts):
    """Median requests/s and server CPU of a deduction over all accounts."""
    runs = [load.timed(context, creditd, "deduct", 64, "-a", accounts)
            for _ in range(context.rounds)]
    return {"per_s": table.median(r["operations_per_s"] for r in runs),
            "cpu_us": table.median(r["server_cpu_s"] / max(1, r["requests"]) * 1e6 for r in runs)}


def restart(context, creditd):
    """Stops, starts again; seconds to the first ready answer and the memory then."""
    began = time.monotonic()
    creditd.stop()
    stop_s = time.monotonic() - began
    creditd.start()
    return {"stop_s": stop_s, "start_s": creditd.start_s,
            "restarted_bytes": creditd.memory_bytes()[0]}


def step(context, creditd, accounts, made, suites):
    load.say(f"{table.count(accounts)} accounts")
    grown = load.set_up(context, creditd, accounts, first=made)
    found = {"accounts": accounts, "accounts_per_s": (accounts - made) / grown["seconds"]}
    found["followers_s"] = creditd.wait_for_followers()
    if "growth" in suites:
        found |= cost_of_one(context, creditd, accounts)
    found["stall_s"] = creditd.metric("creditd_ledger_stall_cpu_seconds_max")
    found["stall_wall_s"] = creditd.metric("creditd_ledger_stall_seconds_max")
    found["resident_bytes"], found["resident_most_bytes"] = creditd.memory_bytes()
    if "memory" in suites and accounts >= 100_000:
        found |= restart(context, creditd)
        found["ready_stall_s"] = creditd.metric("creditd_ledger_stall_cpu_seconds_max")
    load.say("  " + ", ".join(f"{k} {v:.4g}" for k, v in found.items() if v is not None))
    return found


def growth_rows(steps):
    first, last = steps[0], steps[-1]
    ratio = first["per_s"] / last["per_s"] if last["per_s"] else float("inf")
    yield table.at_most(f"cost of one deduction, {table.count(first['accounts'])} → "
                        f"{table.count(last['accounts'])} accounts", "≤ 1.5 ×", ratio, 1.5,
                        f"{ratio:.2f} × ({table.rate(first['per_s'])} → "
                        f"{table.rate(last['per_s'])})",
                        cpu_ratio=last["cpu_us"] / max(first["cpu_us"], 1e-9))
    for found in steps:
        yield table.info(f"  one deduction at {table.count(found['accounts'])} accounts",
                         table.rate(found["per_s"]), f"{found['cpu_us']:.1f} µs CPU")
    stalls = [found["stall_s"] for found in steps if found["stall_s"] is not None]
    figure = f"longest ledger stall, growing to {table.count(last['accounts'])}, with snapshots"
    if not stalls:
        yield table.missing(figure, "≤ 5 ms", "no creditd_ledger_stall_cpu_seconds_max")
        return
    walls = [found["stall_wall_s"] for found in steps]
    yield table.at_most(figure, "≤ 5 ms", max(stalls) * 1e6, 5000.0,
                        f"{table.us(max(stalls) * 1e6)} of processor time "
                        f"({table.us(max(walls) * 1e6)} by the clock)",
                        by_step={str(f["accounts"]): f["stall_s"] for f in steps})


def idle_gap_row(context):
    """What the machine alone does to a thread while its other core is busy too."""
    program = context.program("bench_idle_gaps")
    spinners = [subprocess.Popen([program], stdout=subprocess.PIPE) for _ in range(os.cpu_count())]
    gaps = [json.loads(spinner.communicate()[0]) for spinner in spinners]
    worst = {name: max(gap[name] for gap in gaps) for name in gaps[0]}
    context.raw["idle_gaps"] = gaps
    return table.info("  the same of threads that only look at the clock, for 10 s",
                      f"{table.us(worst['cpu_gap_us'])} of processor time "
                      f"({table.us(worst['gap_us'])} by the clock)")


def memory_rows(empty_bytes, steps):
    for found in (f for f in steps if "start_s" in f):
        accounts = found["accounts"]
        # Two ways to set the fixed parts aside: what an empty daemon takes; the budget's own.
        each = max(0, found["restarted_bytes"] - empty_bytes) / accounts
        total, text = found["restarted_bytes"], f"{table.count(accounts)} accounts"
        measured = (f"{each:.0f} bytes each; resident {total / MEGABYTE:.0f} MB started, "
                    f"{found['resident_bytes'] / MEGABYTE:.0f} MB grown")
        if accounts < steps[-1]["accounts"]:
            yield table.info(f"  memory at {text}", measured)
            yield table.info(f"  start at {text}", f"{found['start_s']:.2f} s")
            continue
        yield table.at_most(f"memory at {text}, over an empty daemon", "≤ 200 bytes an account",
                            each, 200.0, measured, **found)
        yield table.at_most(f"resident at {text}, grown", "≤ 200 bytes each + 512 MiB",
                            found["resident_bytes"] / MEGABYTE,
                            (200 * accounts + KEY_WINDOW_AND_ROCKSDB_BYTES) / MEGABYTE,
                            f"{found['resident_bytes'] / MEGABYTE:.0f} MB")
        yield table.at_most(f"start at {text}, from a snapshot", "≤ 10 s", found["start_s"], 10.0,
                            f"{found['start_s']:.2f} s", stop_s=found["stop_s"])


def without_creditd(suites):
    goals = {"growth": (("cost of one deduction, 10^3 → 10^7 accounts", "≤ 1.5 ×"),
                        ("longest ledger stall", "≤ 5 ms")),
             "memory": (("memory of an account", "≤ 200 bytes"),
                        ("start with 10^7 accounts", "≤ 10 s"))}
    return [table.missing(*row, "no creditd") for suite in goals if suite in suites
            for row in goals[suite]]


def run(context, suites):
    """`memory`, `growth`, as far as they are in `suites`."""
    if not context.has_creditd:
        return without_creditd(suites)
    folder = os.path.join(context.work_dir, "scale")
    steps, made = [], 0
    with servers.Creditd(context, folder) as creditd:
        empty_bytes = creditd.memory_bytes()[0]
        for accounts in context.ladder:
            steps.append(step(context, creditd, accounts, made, suites))
            made = accounts
    shutil.rmtree(folder, ignore_errors=True)
    context.raw["scale"] = {"empty_bytes": empty_bytes, "steps": steps}
    growth = [*growth_rows(steps), idle_gap_row(context)] if "growth" in suites else []
    return growth + (list(memory_rows(empty_bytes, steps)) if "memory" in suites else [])
