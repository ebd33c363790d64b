"""The n-th sync, or write, of the real program fails: it stops by itself without another 2xx; after
the next start everything acknowledged is there, once, and what was not ends as exactly one effect.
Under a preloaded library, fail_sync.c."""

import collections
import http.client
import re
import threading
import time

from harness import Daemon, check, fail_sync_library, main, replay

WORKERS = 3
# While RocksDB opens, while the follower families and the claim are made, and under load.
SOME_SYNCS = [1, 3, 5, 7, 10, 13, 60, 200]
SOME_WRITES = [1, 5, 25, 90]


class Worker(threading.Thread):
    """Deducts until the daemon goes away; remembers every answer, in the order of all answers."""

    def __init__(self, daemon, name, answers, pending):
        super().__init__(daemon=True)
        self.daemon_process = daemon
        self.worker = name
        self.answers = answers  # (when it was asked, key, status, body)
        self.pending = pending

    def run(self):
        client = self.daemon_process.client()
        try:
            for i in range(100_000):
                key = f"{self.worker}-{i}"
                self.pending.append(key)
                asked_at = time.monotonic()
                answer = deduct(client, key)
                self.answers.append((asked_at, key, answer.status, answer.body))
                if answer.status == 201:
                    self.pending.remove(key)
        except (OSError, http.client.HTTPException):
            return


def deduct(client, key):
    return client.call("POST", "/v1/accounts/a/deductions", {"amount": 1}, key)


def work_until_it_stops(daemon, seconds=10):
    """Returns the answers and the keys whose outcome is unknown."""
    answers, pending = [], []
    workers = [Worker(daemon, f"w{i}", answers, pending) for i in range(WORKERS)]
    for worker in workers:
        worker.start()
    try:
        daemon.process.wait(timeout=seconds)
    except Exception as error:
        raise AssertionError("the daemon went on after a failed call") from error
    for worker in workers:
        worker.join()
    return answers, pending


def failed_at(log_path):
    """When the ordered failure happened, by the monotonic clock; None: it did not."""
    with open(log_path, encoding="utf-8", errors="replace") as file:
        found = re.search(r"fail_sync: \w+ \d+ fails at (\d+\.\d+)", file.read())
    return float(found[1]) if found else None


def prepare(bin_folder):
    """A ledger with an account, stopped in good order."""
    daemon = Daemon(bin_folder)
    daemon.start()
    client = daemon.client()
    check(client.call("PUT", "/v1/accounts/a", {}).status == 201, "account")
    check(client.call("POST", "/v1/accounts/a/grants", {"amount": 1_000_000}, "g").status == 201,
          "grant")
    check(daemon.stop() == 0, "the clean stop failed")
    return daemon


def check_after(daemon, answers, pending):
    """Every acknowledged key answers the same bytes, and all keys together have one effect each."""
    client = daemon.client()
    for _, key, status, body in answers:
        if status != 201:
            continue
        again = deduct(client, key)
        check((again.status, again.body) == (status, body), f"{key} differs: {again}")
        check(again.headers.get("idempotent-replayed") == "true", f"{key} was lost")
    for key in pending:
        check(deduct(client, key).status == 201, f"{key} cannot be settled")
    keys = {key for _, key, status, _ in answers if status == 201} | set(pending)
    balance = client.call("GET", "/v1/accounts/a/balance").json()["balance"]
    check(balance == 1_000_000 - len(keys), f"{balance} after {len(keys)} deductions of 1")


def one_failure(options, name, number):
    """Returns how the daemon ended, and what was acknowledged and what was left open."""
    daemon = prepare(options.bin)
    try:
        daemon.environment = {"LD_PRELOAD": fail_sync_library(options.bin), name: str(number)}
        started = time.monotonic()
        answers, pending = [], []
        try:
            daemon.start()
            answers, pending = work_until_it_stops(daemon)
        except AssertionError:
            # It may fail while it starts: then it never answered.
            check(daemon.process.poll() is not None, f"{name}={number}: it went on")
        code = daemon.process.wait()
        failure = failed_at(daemon.log_path)
        check(failure is not None, f"{name}={number}: ended with {code} and no failure")
        late = [key for asked_at, key, status, _ in answers if status < 300 and asked_at > failure]
        check(not late, f"{name}={number}: asked after the failure, and acknowledged: {late}")
        check(code != 0, f"{name}={number}: a failure ended in good order")
        daemon.environment = {}
        daemon.start()
        check_after(daemon, answers, pending)
        check(daemon.stop() == 0, "the clean stop failed")
        done, out, err = replay(options.bin, "verify", daemon.data)
        check(done == 0, f"verify: {out} {err}")
        check(time.monotonic() - started < 60, "it took too long")
        return code, sum(status == 201 for _, _, status, _ in answers), len(pending)
    finally:
        daemon.remove()


def run(options):
    syncs = list(range(1, 201)) if options.full else SOME_SYNCS
    writes = list(range(1, 201)) if options.full else SOME_WRITES
    codes = collections.Counter()
    acknowledged = settled = 0
    for name, numbers in (("FAIL_SYNC", syncs), ("FAIL_WRITE", writes)):
        for number in numbers:
            code, good, unknown = one_failure(options, name, number)
            codes[code] += 1
            acknowledged += good
            settled += unknown
    print(f"{len(syncs)} failed syncs, {len(writes)} failed writes: all stopped "
          f"({dict(codes)}), acknowledged {acknowledged}, unknown then settled {settled}, "
          "lost 0, doubled 0")


main(run)
