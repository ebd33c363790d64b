"""Suite `proof`: what a receipt costs, how soon there is one, and what the tree costs the hot path.

On the ledger that bulk.py has grown, while its daemon serves.
"""

import http.client
import json
import random
import subprocess
import threading
import time

from . import load, servers, table

QUESTIONS = 1_000


class Asker:
    """One kept connection, so that only the question is timed."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, method, path, body=None, key=None):
        """(microseconds, body)"""
        headers = {"Authorization": f"Bearer {servers.ADMIN_KEY}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        began = time.monotonic()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        took = (time.monotonic() - began) * 1e6
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return took, text


def quantiles(times):
    times = sorted(times)
    return times[len(times) // 2], times[len(times) * 99 // 100], times[-1]


def shown(times):
    return "p50 {}, p99 {}, most {}".format(*(table.us(value) for value in quantiles(times)))


def receipt_row(context, creditd, events):
    """Of transactions all over the log; the last events are surely deductions."""
    load.say("receipts")
    asker, draw = Asker(creditd), random.Random(1)
    asker.ask("GET", "/checkpoint")
    times, idle = [], []
    for _ in range(QUESTIONS):
        seq = draw.randrange(events // 2, events)
        times.append(asker.ask("GET", f"/v1/transactions/txn_{seq}/receipt")[0])
        idle.append(asker.ask("GET", "/livez")[0])
    context.raw["receipts"] = {"receipt_us": times, "livez_us": idle}
    p50 = quantiles(times)[0]
    return table.at_most(f"receipt of one of {table.count(events)} events, over HTTP", "≤ 1 ms",
                         p50, 1000.0, f"{shown(times)}; /livez p50 {table.us(quantiles(idle)[0])}")


def lag_rows(context, creditd):
    """Beside deductions as fast as they go: from an answer to its receipt, again and again."""
    load.say("receipts under full load")
    times, done = [], threading.Event()

    def watch():
        asker, number = Asker(creditd), 0
        while not done.is_set():
            number += 1
            body = json.dumps({"amount": 1})
            made = asker.ask("POST", "/v1/accounts/acct-00000001/deductions", body,
                             f"bench-proof-{number}")[1]
            made = json.loads(made)["id"]
            times.append(asker.ask("GET", f"/v1/transactions/{made}/receipt")[0])

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        result = load.timed(context, creditd, "deduct", 64, "-a", context.accounts)
    finally:
        done.set()
        thread.join()
    cpu_us = result["server_cpu_s"] / result["requests"] * 1e6
    context.raw["proof_lag"] = {"us": times, "load": result}
    return cpu_us, [table.at_most(
        f"receipt of what was just answered, beside {table.rate(load.per_second(result))}",
        "≤ 1 s behind", quantiles(times)[2], 1e6, shown(times))]


def tree_row(context, cpu_us):
    """The tree's own work for an event, in blocks as 64 connections make them."""
    load.say("the tree's share")
    done = subprocess.run([context.program("micro_proof"), "--benchmark_format=json",
                           "--benchmark_filter=follow_tree/block_events:64",
                           f"--benchmark_min_time={0.1 if context.quick else 1}"],
                          capture_output=True, text=True, timeout=600, check=True)
    found = json.loads(done.stdout)["benchmarks"][0]
    tree_us = 1e6 / found["items_per_second"]  # of processor time
    return table.at_most("the tree's share of the processor time of a deduction, 64 connections",
                         "≤ 10 %", tree_us / cpu_us, 0.10,
                         f"{tree_us:.2f} of {cpu_us:.1f} µs: {tree_us / cpu_us:.1%}")


def rows(context, creditd, events):
    yield receipt_row(context, creditd, events)
    cpu_us, lag = lag_rows(context, creditd)
    yield from lag
    yield tree_row(context, cpu_us)
