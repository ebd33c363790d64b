"""Strict serializability of the real daemon: clients record what they asked and were told, while
the daemon is killed again and again; then the whole history is checked (history_checker.py) against
its own order, real time and `creditd-replay export`."""

import gc
import random
import time

from harness import Daemon, check, main, replay
from history_checker import Checker
from history_load import LIMITS, Shared, Wire, ask, settle_unknown
from history_records import History, exported

DEPTHS = (1, 1, 1, 1, 4, 8, 16, 32)  # how many requests a client sends at once
SEED_CREDITS = 500


def set_up(daemon, shared):
    client = daemon.client()
    for account, limit in LIMITS.items():
        answer = client.call("PUT", f"/v1/accounts/{account}", {"credit_limit": limit})
        check(answer.status == 201, f"{answer}")
    wire = Wire(daemon.port)
    with wire.socket:
        for account in LIMITS:
            ask(shared, wire, f"seed-{account}", ("grant", account, SEED_CREDITS))


def one_round(daemon, shared, operations, depths, is_last):
    """Load until that many more calls were recorded; then kill -9, or let the clients finish."""
    clients = [shared.new_client(daemon.port, depth) for depth in depths]
    end = len(shared.history.calls) + operations
    for client in clients:
        client.start()
    while len(shared.history.calls) < end and any(client.is_alive() for client in clients):
        check(daemon.is_alive(), f"the daemon ended by itself: {daemon.log_text()[-2000:]}")
        time.sleep(0.002)
    if is_last:
        shared.stop.set()
    else:
        daemon.kill()
    for client in clients:
        client.join()
        check(client.failure is None, f"a client failed: {client.failure!r}")


def record(options, operations, kills, depths=DEPTHS, seed=1):
    """A history of about that many calls, and figures about it."""
    history = History(LIMITS)
    shared = Shared(history, seed)
    every = max(2000, operations // 100)
    daemon = Daemon(options.bin, environment={"CREDITD_SNAPSHOT__EVERY_EVENTS": str(every)})
    settled = 0
    try:
        daemon.start()
        set_up(daemon, shared)
        for _ in range(kills):
            quota = int(operations / (kills + 1) * random.uniform(0.8, 1.2))
            one_round(daemon, shared, quota, depths, is_last=False)
            daemon.start()
            settled += settle_unknown(shared, daemon.port, share=0.7)
        one_round(daemon, shared, max(1, operations - len(history.calls)), depths, is_last=True)
        settled += settle_unknown(shared, daemon.port)
        check(not shared.unknown, "an outcome stayed unknown")
        check(daemon.stop() == 0, "the clean stop failed")
        code, out, err = replay(options.bin, "verify", daemon.data)
        check(code == 0, f"verify: {out} {err}")
        history.events = exported(options.bin, daemon.data)
    finally:
        daemon.remove()
    return history, {"settled": settled, "torn": shared.torn}


def require(history, figures):
    """The history shows what it should: a test without refusals or repeats would prove less."""
    statuses = {call.status for call in history.calls}
    check({200, 201, 402, 422, None} <= statuses, f"answers {statuses}")
    check(any(call.replayed for call in history.calls), "nothing was repeated")
    check(any(call.request[0] == "reuse" for call in history.calls), "no key was reused")
    check(figures["settled"] > 0, "no outcome was unknown")


def run(options):
    gc.disable()  # no cycles here, and a million calls to look through
    operations, kills = (1_000_000, 50) if options.full else (20_000, 4)
    random.seed(11)
    started = time.monotonic()
    history, figures = record(options, operations, kills)
    recorded = time.monotonic()
    checker = Checker(history)
    violations = checker.check()
    require(history, figures)
    check(not violations, "\n".join(violations))
    print(f"recorded in {recorded - started:.0f} s, checked in {time.monotonic() - recorded:.0f} s")
    print(f"{len(history.calls)} operations, {kills} kills, {len(violations)} violations "
          f"({checker.effects} effects, {checker.reads} reads, {figures['settled']} unknown then "
          f"settled, {figures['torn']} cut in the middle, {len(history.events)} events)")


if __name__ == "__main__":
    main(run)
