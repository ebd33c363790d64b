"""What the tests of backups share: writers that never stop, and creditd-replay as functions."""

import json
import os
import random
import threading
import time

from harness import Client, check, replay

ACCOUNTS = 12


class Load:
    """Threads that write to a daemon, and remember what was acknowledged."""

    def __init__(self, daemon, threads=3, name="load"):
        self.port = daemon.port
        self.name = name
        self.acknowledged = []  # (path, body, key, answer's bytes, seq)
        self.failures = []
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        client = daemon.client()
        for number in range(ACCOUNTS):
            fields = {"name": f"Customer {number}", "metadata": {"note": "personal " * 20}}
            answer = client.call("PUT", f"/v1/accounts/acct-{number}", fields)
            check(answer.status in (200, 201), f"account: {answer}")
            self.write(client, f"/v1/accounts/acct-{number}/grants", {"amount": 1_000_000},
                       f"{name}-grant-{number}")
        self.threads = [threading.Thread(target=self.run, args=(number,))
                        for number in range(threads)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        check(not self.failures, f"the load failed: {self.failures[:3]}")

    def run(self, number):
        client = Client(self.port)
        source = random.Random(f"{self.name}-{number}")
        turn = 0
        try:
            while not self.stopping.is_set():
                turn += 1
                self.one(client, source, f"{self.name}-{number}-{turn}")
                time.sleep(0.01)
        except Exception as error:  # noqa: told by `stop`, which the test calls
            self.failures.append(repr(error))

    def one(self, client, source, key):
        account = f"acct-{source.randrange(ACCOUNTS)}"
        kind = source.randrange(10)
        if kind < 6:
            body = {"amount": source.randrange(1, 9), "description": f"use of {account}"}
            self.write(client, f"/v1/accounts/{account}/deductions", body, key)
        elif kind < 8:
            body = {"amount": source.randrange(1, 50), "reason": "because"}
            self.write(client, f"/v1/accounts/{account}/grants", body, key)
        else:
            # Two events that only make sense together, many times over.
            operations = [{"op": "deduct", "account": f"acct-{n % ACCOUNTS}", "amount": 1}
                          for n in range(source.randrange(2, 40))]
            self.write(client, "/v1/batches", {"mode": "atomic", "operations": operations}, key)

    def write(self, client, path, body, key):
        answer = client.call("POST", path, body, key)
        check(answer.status in (200, 201), f"{path}: {answer}")
        if path != "/v1/batches":
            with self.lock:
                self.acknowledged.append((path, body, key, answer.body, answer.json()["seq"]))


class Tool:
    """creditd-replay, asked for JSON; a call that should succeed and does not is a failure."""

    def __init__(self, options):
        self.bin = options.bin

    def run(self, *words):
        return replay(self.bin, *words)

    def ask(self, *words):
        code, out, err = self.run(*words, "--json")
        check(code == 0, f"{words}: exit {code}: {out} {err}")
        return json.loads(out)

    def backup(self, data, target, *words):
        return self.ask("backup", data, "--to", target, *words)

    def restore(self, target, data, *words):
        return self.ask("restore", target, "--to-dir", data, *words)

    def state_hash(self, data, seq, *words):
        return self.ask("state-hash", data, "--at", str(seq), *words)["state_hash"]


def files_of(target):
    """Every file of a backup, its path below the target, sorted."""
    found = []
    for folder, _, names in os.walk(target):
        found += [os.path.relpath(os.path.join(folder, name), target) for name in names]
    return sorted(found)
