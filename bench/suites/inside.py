"""Suites `micro` (Google Benchmark binaries) and `assertions` (what CREDITD_ASSERT costs)."""

import glob
import json
import os
import re
import subprocess

from . import load, servers, table

# A budget row takes the micro-benchmark of this name, in items (events) a second.
BUDGETS = (
    (r"\bapply\b|bm_apply", "apply alone", "≥ 3 000 000 events/s", 3e6),
    (r"in_process", "in process, with real events", "≥ 1 000 000 deductions/s", 1e6),
)


def run_binary(program, seconds):
    done = subprocess.run([program, "--benchmark_format=json",
                           f"--benchmark_min_time={seconds}"], capture_output=True, text=True,
                          timeout=1800, check=True)
    return json.loads(done.stdout)["benchmarks"]


def micro_row(found):
    per_s = found.get("items_per_second")
    time = f"{found['cpu_time']:.4g} {found['time_unit']}"
    return table.info(f"  micro: {found['name']}", table.rate(per_s) if per_s else time,
                      f"{1e9 / per_s:.0f} ns each" if per_s else "")


def run_micro(context):
    all_found = []
    for program in sorted(glob.glob(os.path.join(context.bin_dir, "micro_*"))):
        load.say(os.path.basename(program))
        all_found += run_binary(program, 0.05 if context.quick else 0.5)
    context.raw["micro"] = all_found
    rows = []
    for pattern, figure, goal_text, goal in BUDGETS:
        matching = [f for f in all_found if re.search(pattern, f["name"], re.IGNORECASE) and
                    f.get("items_per_second")]
        if not matching:
            rows.append(table.missing(figure, goal_text, "no such micro-benchmark"))
            continue
        best = max(matching, key=lambda f: f["items_per_second"])
        per_s = best["items_per_second"]
        rows.append(table.at_least(f"{figure} ({best['name']})", goal_text, per_s / goal, 1.0,
                                   table.rate(per_s), " of goal"))
    return rows + [micro_row(found) for found in all_found]


def build_unasserted(context):
    """creditd as the release preset builds it, but with its assertions compiled away."""
    folder = os.path.join(context.root, "build", "unasserted")
    include = " ".join(f"-include {os.path.join(context.root, name)}"
                       for name in ("core/assert.hpp", "bench/assertions_off.inc"))
    subprocess.run(["cmake", "--preset", "release", "-B", folder, "-DCREDITD_TESTS=OFF",
                    "-DCREDITD_BENCH=OFF", f"-DCMAKE_CXX_FLAGS={include}"],
                   cwd=context.root, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--target", "creditd"], check=True,
                   stdout=subprocess.DEVNULL)
    return os.path.join(folder, "bin", "creditd")


def run_assertions(context):
    figure, goal_text = "throughput with assertions on", "≥ 0.98 × without"
    if not context.has_creditd:
        return [table.missing(figure, goal_text, "no creditd")]
    load.say("building creditd without its assertions")
    program = build_unasserted(context)
    work, many = context.work_dir, ("-a", context.accounts)
    with servers.Creditd(context, os.path.join(work, "asserted")) as on, \
            servers.Creditd(context, os.path.join(work, "unasserted"), program) as off:
        load.set_up(context, on, context.accounts)
        load.set_up(context, off, context.accounts)
        contestants = [("on", lambda: load.timed(context, on, "deduct", 64, *many)),
                       ("off", lambda: load.timed(context, off, "deduct", 64, *many))]
        results = load.rounds(context, contestants)
        made = [server.metric("creditd_journal_events_total") for server in (on, off)]
    context.raw["assertions"] = results
    for events, runs in zip(made, results.values()):
        if events < sum(r["operations"] for r in runs):
            raise RuntimeError("answers without events: an assertion does what must be done")
    per_s = {name: table.median(r["operations_per_s"] for r in runs)
             for name, runs in results.items()}
    return [table.at_least(figure, goal_text, per_s["on"] / per_s["off"], 0.98,
                           f"{table.rate(per_s['on'])} against {table.rate(per_s['off'])}", " ×")]
