"""Suites `http`, `reads`, `postgres` and `latency`: single requests, alternating with yardsticks.

All servers of a round run side by side, idle but for the one whose turn it is.
"""

import contextlib
import os

from . import load, postgres, servers, table

CONNECTIONS = (64, 256)
GOALS = {64: 0.80, 256: 0.95}
NO_RESULT = "not there, or it failed"


class Field:
    """What runs side by side in these suites, as far as it is there and asked for."""

    def __init__(self, context, stack, suites):
        self.context, self.accounts = context, context.accounts
        self.bare = stack.enter_context(servers.bare_beast(context))
        self.rocks = self.creditd = self.cluster = None
        if "http" in suites:
            folder = os.path.join(context.work_dir, "yardstick-rocksdb")
            self.rocks = stack.enter_context(servers.beast_rocksdb(context, folder))
        if context.has_creditd:
            folder = os.path.join(context.work_dir, "single")
            self.creditd = stack.enter_context(servers.Creditd(context, folder))
            load.set_up(context, self.creditd, self.accounts)
        if "postgres" in suites and postgres.programs():
            self.cluster = stack.enter_context(postgres.Cluster(context.work_dir, self.accounts))

    def contestants(self, connections, suites):
        timed, context = load.timed, self.context
        many = ("-a", self.accounts)
        yield "bare", lambda: timed(context, self.bare, "constant", connections, key=False)
        if "http" in suites:
            yield "bare_post", lambda: timed(context, self.bare, "deduct", connections, *many)
            yield "rocks", lambda: timed(context, self.rocks, "deduct", connections, *many)
        if self.creditd:
            if "http" in suites or "postgres" in suites:
                yield "deduct", lambda: timed(context, self.creditd, "deduct", connections, *many)
                yield "hot", lambda: timed(context, self.creditd, "deduct", connections,
                                           "--hot", 0)
            if "reads" in suites:
                yield "balance", lambda: timed(context, self.creditd, "balance", connections,
                                               *many)
        if self.cluster:
            seconds = context.duration_s
            yield "pg", lambda: self.cluster.deduct("many.sql", connections, seconds)
            yield "pg_one", lambda: self.cluster.deduct("one.sql", connections, seconds)
        if "http" in suites:
            yield "wrk_bare", lambda: {"requests_per_s": load.wrk(context, self.bare, connections)}
            if self.creditd:
                yield "wrk_deduct", lambda: {"requests_per_s": load.wrk(
                    context, self.creditd, connections, "wrk_deduct.lua", self.accounts)}


def per_second(results, name):
    return table.median(load.per_second(r) for r in results.get(name, ()))


def cpu_us(results, name):
    """Server CPU of one request, µs: what a figure costs when the machine is shared."""
    runs = [r for r in results.get(name, ()) if r["requests"]]
    return table.median(r["server_cpu_s"] / r["requests"] * 1e6 for r in runs)


def ratio_row(results, figure, goal, name, base_name, base_text):
    value, base = per_second(results, name), per_second(results, base_name)
    ratio = value / base if base else 0.0
    return table.at_least(figure, f"≥ {goal:g} × {base_text}", ratio, goal,
                          f"{table.rate(value)} against {table.rate(base)}", " ×",
                          per_s=value, base_per_s=base)


def http_rows(results, c):
    if "deduct" in results:
        yield ratio_row(results, f"durable deductions, {c} connections", GOALS[c], "deduct",
                        "bare", "bare Beast")
        yield ratio_row(results, f"the same on one account, {c} connections", 0.95, "hot",
                        "deduct", "many accounts")
    else:
        yield table.missing(f"durable deductions, {c} connections", f"≥ {GOALS[c]:g} × bare Beast",
                            NO_RESULT)
        yield table.missing(f"the same on one account, {c} connections", "≥ 0.95 × many accounts",
                            NO_RESULT)
    bare = per_second(results, "bare")
    for name, text in (("bare_post", "bare Beast, given the same POST"),
                       ("rocks", "bare Beast + synced RocksDB group commit"),
                       ("wrk_bare", "bare Beast by wrk"), ("wrk_deduct", "creditd by wrk")):
        value = per_second(results, name)
        if value:
            yield table.info(f"  {text}, {c} connections", table.rate(value),
                             f"{value / bare:.2f} × bare Beast" if bare else "", per_s=value)
    costs = [f"{name} {cpu_us(results, name):.1f}" for name in ("bare", "rocks", "deduct", "hot")
             if name in results]
    yield table.info(f"  server CPU of one request, µs, {c} connections", ", ".join(costs))


def postgres_rows(results, c):
    figure, goal = f"deductions against PostgreSQL, {c} clients", "≥ 10 × PostgreSQL"
    if "pg" not in results:
        yield table.missing(figure, goal, NO_RESULT)
        return
    if "deduct" in results:
        yield ratio_row(results, figure, 10, "deduct", "pg", "PostgreSQL")
    else:
        yield table.missing(figure, goal, NO_RESULT)
    many, one = per_second(results, "pg"), per_second(results, "pg_one")
    cpu = table.median(r["pgbench_cpu_s"] / max(1, r["tps"]) for r in results["pg"])
    yield table.info(f"  PostgreSQL, {c} clients, many accounts", table.rate(many), per_s=many,
                     pgbench_cpu_s_over_tps=cpu)
    yield table.info(f"  PostgreSQL, {c} clients, one account", table.rate(one),
                     f"{one / many:.2f} × many accounts" if many else "", per_s=one)


def reads_rows(results, c):
    if "balance" in results:
        yield ratio_row(results, f"balance reads, {c} connections", 1.2, "balance", "bare",
                        "bare Beast")
    else:
        yield table.missing(f"balance reads, {c} connections", "≥ 1.2 × bare Beast", NO_RESULT)


def run(context, suites):
    """`http`, `reads`, `postgres`, as far as they are in `suites`."""
    rows = []
    with contextlib.ExitStack() as stack:
        field = Field(context, stack, suites)
        for c in CONNECTIONS:
            load.say(f"single requests, {c} connections")
            results = load.rounds(context, list(field.contestants(c, suites)))
            context.raw[f"single_{c}"] = results
            for suite, make in (("http", http_rows), ("postgres", postgres_rows),
                                ("reads", reads_rows)):
                if suite in suites:
                    rows += make(results, c)
            if c == 64 and "deduct" in results:
                context.deduct_per_s = per_second(results, "deduct")
    return rows


def latency_contestants(context, bare, creditd, per_s):
    loop = ("--rate", per_s)
    yield "sync", lambda: load.disk_sync_us(context.work_dir, min(2, context.duration_s))
    yield "bare", lambda: load.timed(context, bare, "constant", 64, *loop, key=False)
    if creditd:
        yield "deduct", lambda: load.timed(context, creditd, "deduct", 64, *loop, "-a",
                                           context.accounts)


def latency_rows(results, per_s):
    sync = {q: table.median(r[q] for r in results["sync"]) for q in ("p50", "p99")}
    yield table.info("  disk: 16 KB appended and fdatasync",
                     f"p50 {table.us(sync['p50'])}, p99 {table.us(sync['p99'])}", **sync)
    for q in ("p50", "p99"):
        bare = table.median(r["latency_us"][q] for r in results["bare"])
        figure = f"{q} of a deduction, open loop at half load ({table.rate(per_s)})"
        goal_text = "≤ bare Beast's + 2 × disk sync"
        if "deduct" not in results:
            yield table.missing(figure, goal_text, f"{NO_RESULT}; bare Beast {table.us(bare)}")
            continue
        value, goal = table.median(r["latency_us"][q] for r in results["deduct"]), \
            bare + 2 * sync[q]
        yield table.at_most(figure, goal_text, value, goal,
                            f"{table.us(value)} against {table.us(bare)} + 2 × "
                            f"{table.us(sync[q])}", bare_us=bare, sync_us=sync[q])


def run_latency(context):
    with contextlib.ExitStack() as stack:
        bare = stack.enter_context(servers.bare_beast(context))
        creditd = None
        if context.has_creditd:
            creditd = stack.enter_context(
                servers.Creditd(context, os.path.join(context.work_dir, "latency")))
            load.set_up(context, creditd, context.accounts)
        server, work = (creditd, "deduct") if creditd else (bare, "constant")
        full = context.deduct_per_s or load.timed(
            context, server, work, 64, "-a", context.accounts)["operations_per_s"]
        per_s = max(100, round(full / 2))
        load.say(f"latency, open loop at {per_s}/s")
        results = load.rounds(context, list(latency_contestants(context, bare, creditd, per_s)))
        context.raw["latency"] = results
        return list(latency_rows(results, per_s))
