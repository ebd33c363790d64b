"""Suite `webhooks`: how many messages a second one fast receiver gets, and what telling it of all
costs the hot path: two daemons side by side, one of them with an endpoint that wants everything.
"""

import contextlib
import itertools
import json
import os
import time

from . import load, servers, table
from .single import CONNECTIONS, per_second, ratio_row

ACCOUNTS = 1_000
LOCAL = {"CREDITD_OUTBOUND__ALLOWED_NETWORKS": "127.0.0.0/8",
         "CREDITD_OUTBOUND__HTTPS_ONLY": "false"}
GOAL_PER_S = 2_000

_numbers = itertools.count(1)


def call(server, method, path, body, key=None):
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    status, answer = server.request(method, path, json.dumps(body), headers)
    if status >= 300:
        raise RuntimeError(f"{method} {path}: {status} {answer[:300]!r}")
    return json.loads(answer)


def make_endpoint(server, receiver, **fields):
    body = {"url": f"http://127.0.0.1:{receiver.port}/hooks", **fields}
    made = call(server, "POST", "/v1/webhook-endpoints", body, f"bench-{next(_numbers)}")
    return f"/v1/webhook-endpoints/{made['id']}"


def delivered(server):
    text = server.get("/metrics")[1].decode()
    line = 'creditd_webhook_attempts_total{outcome="delivered"} '
    return next(float(row[len(line):]) for row in text.splitlines() if row.startswith(line))


def delivery_row(context, server, receiver):
    """What has piled up while the endpoint was paused is sent at once."""
    messages = 5_000 if context.quick else 50_000
    path = make_endpoint(server, receiver, events=["credits.granted"])
    call(server, "PATCH", path, {"status": "paused"})
    for first in range(0, messages, 1_000):
        operations = [{"op": "grant", "account": f"acct-{first % ACCOUNTS + i}", "amount": 1}
                      for i in range(1_000)]
        call(server, "POST", "/v1/batches", {"mode": "independent", "operations": operations},
             f"bench-grants-{first}")
    before, cpu = delivered(server), server.cpu_s()
    began = time.monotonic()
    call(server, "PATCH", path, {"status": "active"})
    while delivered(server) < before + messages:
        if time.monotonic() - began > 300:
            raise RuntimeError("the messages do not arrive")
        time.sleep(0.05)
    seconds = time.monotonic() - began
    cpu_us = (server.cpu_s() - cpu) * 1e6 / messages
    return table.at_least("webhooks to one fast receiver", f"≥ {table.rate(GOAL_PER_S)}",
                          messages / seconds / GOAL_PER_S, 1,
                          f"{table.rate(messages / seconds)}, {cpu_us:.0f} µs of CPU each", " ×",
                          per_s=messages / seconds, cpu_us=cpu_us)


def run(context):
    if not context.has_creditd:
        return [table.missing("webhooks", "", "no creditd")]
    found = []
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(servers.bare_beast(context))
        daemons = [stack.enter_context(servers.Creditd(
            context, os.path.join(context.work_dir, name), env=LOCAL))
            for name in ("webhooks-none", "webhooks-all")]
        for daemon in daemons:
            load.set_up(context, daemon, context.accounts)
        told = daemons[1]
        for i in range(ACCOUNTS):
            call(told, "PUT", f"/v1/accounts/acct-{i}", {})
        load.say("webhooks, deliveries")
        found.append(delivery_row(context, told, receiver))
        path = make_endpoint(told, receiver, description="everything")
        call(told, "PATCH", path, {"status": "paused"})

        def timed(daemon, connections):
            """What waits to be sent while the other one is measured would be paid for by it."""
            if daemon is told:
                call(told, "PATCH", path, {"status": "active"})
            result = load.timed(context, daemon, "deduct", connections, "-a", context.accounts)
            if daemon is told:
                call(told, "PATCH", path, {"status": "paused"})
            return result

        for c in CONNECTIONS:
            load.say(f"webhooks, {c} connections")
            results = load.rounds(context, [
                (name, lambda daemon=daemon: timed(daemon, c))
                for name, daemon in zip(("plain", "told"), daemons)])
            context.raw[f"webhooks_{c}"] = results
            found.append(ratio_row(results, f"deductions told to an endpoint, {c} connections",
                                   0.95, "told", "plain", "without one"))
            found.append(table.info(f"  told, {c} connections",
                                    table.rate(per_second(results, "told"))))
    return found
