"""kill -9 under load, again and again: no acknowledged event missing, none doubled, repeats of
acknowledged keys answer the same bytes, and the live state equals a replay from zero."""

import http.client
import json
import random
import threading
import time

from harness import Daemon, check, main, replay

ACCOUNTS = 20
WORKERS = 6
SEED = 100_000  # never used up: an account refused too often answers 429, which is not recorded


class Load(threading.Thread):
    """Sends writes with unique keys until the daemon goes away; remembers every outcome."""

    def __init__(self, daemon, name, seed, history, pending):
        super().__init__(daemon=True)
        self.daemon_process = daemon
        self.worker = name
        self.random = random.Random(seed)
        self.history = history  # key -> (request, status, body)
        self.pending = pending  # key -> request: sent, answer unknown
        self.count = 0

    def next_request(self):
        account = f"acct-{self.random.randrange(ACCOUNTS)}"
        kind = self.random.random()
        if kind < 0.7:
            amount = self.random.randint(1, 5)
            return "POST", f"/v1/accounts/{account}/deductions", {"amount": amount}
        if kind < 0.9:
            return "POST", f"/v1/accounts/{account}/grants", {"amount": self.random.randint(1, 9)}
        other = f"acct-{self.random.randrange(ACCOUNTS)}"
        operations = [{"op": "grant", "account": account, "amount": 3},
                      {"op": "deduct", "account": other, "amount": 2}]
        return "POST", "/v1/batches", {"mode": "atomic", "operations": operations}

    def run(self):
        client = self.daemon_process.client()
        try:
            while True:
                self.count += 1
                key = f"{self.worker}-{self.count}"
                request = self.next_request()
                self.pending[key] = request
                answer = client.call(*request, idempotency_key=key)
                if answer.status in (200, 201, 402, 422):
                    self.history[key] = (request, answer.status, answer.body)
                    del self.pending[key]
        except (OSError, http.client.HTTPException):
            return


def set_up(client):
    for i in range(ACCOUNTS):
        check(client.call("PUT", f"/v1/accounts/acct-{i}", {}).status == 201, "account")
        answer = client.call("POST", f"/v1/accounts/acct-{i}/grants", {"amount": SEED}, f"seed-{i}")
        check(answer.status == 201, f"grant: {answer}")


def settle(client, history, pending):
    """Unknown outcomes, retried with the same key, end as exactly one effect."""
    for key, request in list(pending.items()):
        answer = client.call(*request, idempotency_key=key)
        check(answer.status in (200, 201, 402, 422), f"retry of {key}: {answer}")
        history[key] = (request, answer.status, answer.body)
        del pending[key]


def check_repeats(client, history, sample):
    for key in sample:
        request, status, body = history[key]
        again = client.call(*request, idempotency_key=key)
        check((again.status, again.body) == (status, body),
              f"the repeat of {key} differs: {status} {body!r} / {again}")
        check(again.headers.get("idempotent-replayed") == "true", f"{key} was not a repeat")


def expected_balances(history):
    balances = {f"acct-{i}": SEED for i in range(ACCOUNTS)}
    for request, status, body in history.values():
        if status not in (200, 201):
            continue
        if request[1] == "/v1/batches":
            deltas = [r["body"] for r in json.loads(body)["results"]]
        else:
            deltas = [json.loads(body)]
        for answer in deltas:
            balances[answer["account"]] += answer["delta"]
    return balances


def check_balances(client, history):
    for account, balance in expected_balances(history).items():
        shown = client.call("GET", f"/v1/accounts/{account}/balance").json()["balance"]
        check(shown == balance, f"{account}: {shown} instead of {balance}")


def check_seqs(history):
    """No event answers two keys."""
    seqs = [json.loads(body)["seq"] for _, status, body in history.values() if status < 300]
    check(len(seqs) == len(set(seqs)), "two keys share one event")


def one_round(daemon, round_number, history):
    pending = {}
    workers = [Load(daemon, f"r{round_number}w{i}", round_number * 100 + i, history, pending)
               for i in range(WORKERS)]
    for worker in workers:
        worker.start()
    time.sleep(random.uniform(0.15, 0.5))
    daemon.kill()
    for worker in workers:
        worker.join()
    unknown = len(pending)
    daemon.start()
    client = daemon.client()
    settle(client, history, pending)
    recent = [key for key in history if key.startswith(f"r{round_number}")]
    check_repeats(client, history, random.sample(recent, min(100, len(recent))))
    check_balances(client, history)
    return unknown


def run(options):
    random.seed(7)
    kills = 50 if options.full else 10
    daemon = Daemon(options.bin, environment={"CREDITD_SNAPSHOT__EVERY_EVENTS": "2000"})
    try:
        daemon.start()
        set_up(daemon.client())
        history = {}
        unknown = sum(one_round(daemon, i, history) for i in range(kills))
        check_seqs(history)
        live = daemon.snapshot()
        check(daemon.stop() == 0, "the clean stop failed")
        code, out, err = replay(options.bin, "state-hash", daemon.data, "--at", str(live["seq"]),
                                "--json")
        check(code == 0, f"state-hash: {out} {err}")
        check(live["state_hash"] in out, f"live {live['state_hash']} / replay {out}")
        code, out, err = replay(options.bin, "verify", daemon.data)
        check(code == 0, f"verify: {out} {err}")
        print(f"kills {kills}, acknowledged {len(history)}, unknown then settled {unknown}, "
              "lost 0, doubled 0, live state hash = replay from zero = every snapshot")
    finally:
        daemon.remove()


main(run)
