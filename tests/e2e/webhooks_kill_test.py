"""Webhooks through kill -9: everything that was acknowledged is told, in order for each account;
what was told is in the log; no message is repeated more often than the daemon was killed."""

import collections
import random
import threading
import time

from contract_kit import Ledger, check, expect
from harness import Daemon, main
from webhooks_kit import LOCAL, Receiver, endpoint, seqs_by_account, soon

ACCOUNTS = [f"acct-{i}" for i in range(10)]


class Writer(threading.Thread):
    """Grants for as long as the daemon lives; `done` holds what was acknowledged."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.ledger = Ledger(daemon)
        self.done = []
        self.is_stopping = False

    def run(self):
        chance = random.Random(7)
        try:
            while not self.is_stopping:
                path = f"/v1/accounts/{chance.choice(ACCOUNTS)}/grants"
                self.done.append(expect(self.ledger.post(path, {"amount": 1}), 201)["seq"])
        except Exception:  # killed in between: what was acknowledged is in `done`
            if self.is_stopping:
                raise


def all_events(ledger):
    """{seq: event} of the whole log."""
    events, after = {}, 0
    while True:
        page = expect(ledger.get(f"/v1/events?limit=1000&after={after}"), 200)
        events.update((event["seq"], event) for event in page["data"])
        if not page["has_more"]:
            return events
        after = page["next_cursor"]


def run(options):
    kills = 10 if options.full else 3
    chance = random.Random(11)
    receiver = Receiver()
    daemon = Daemon(options.bin, environment=LOCAL)
    try:
        daemon.start()
        ledger = Ledger(daemon)
        made = endpoint(ledger, receiver.url(), events=["credits.granted"])
        for account in ACCOUNTS:
            expect(ledger.put(f"/v1/accounts/{account}", {}), 201)
        acknowledged = []
        for _ in range(kills):
            writer = Writer(daemon)
            writer.start()
            time.sleep(chance.uniform(0.3, 1.5))
            daemon.kill()
            writer.join(30)
            acknowledged += writer.done
            daemon.start()
        last = expect(Ledger(daemon).post(f"/v1/accounts/{ACCOUNTS[0]}/grants", {"amount": 1}),
                      201)["seq"]
        told = lambda: {m["json"]["seq"] for m in receiver.taken()}
        soon(lambda: last in told() and told() >= set(acknowledged), "everything", 60,
             lambda: f"{len(set(acknowledged) - told())} are missing")
        ledger = Ledger(daemon)
        shown = expect(ledger.get(f"/v1/webhook-endpoints/{made['id']}"), 200)
        check(shown["delivery"]["accounts_failing"] == 0, f"{shown}")
        time.sleep(0.5)
        events = all_events(ledger)
        for message in receiver.taken():
            news = message["json"]
            check(events.get(news["seq"]) == news, f"told, and not so in the log: {news}")
        counts = collections.Counter(m["headers"]["webhook-id"] for m in receiver.taken())
        check(max(counts.values()) <= 1 + kills, f"{counts.most_common(3)}")
        for account, seqs in seqs_by_account(receiver.taken()).items():
            first = list(dict.fromkeys(seqs))
            check(first == sorted(first), f"{account} out of order")
        repeats = sum(counts.values()) - len(counts)
        print(f"{kills} kills, {len(counts)} messages, {repeats} of them repeated")
    finally:
        daemon.remove()
        receiver.stop()


if __name__ == "__main__":
    main(run)
