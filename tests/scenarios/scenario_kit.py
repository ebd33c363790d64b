"""What the scenarios share: a daemon with one system's catalog and a clock that the test moves,
calls by name, and the proof at the end, that the log alone gives what the API showed."""

import json
import os
import sys
import threading
import time
from datetime import datetime, timedelta
from http.client import HTTPException

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))

# The tests beside this file take them from here, so that one place knows where they are.
from contract_kit import Ledger, check, expect, expect_fields, unique  # noqa: E402
from harness import Daemon, main, replay  # noqa: E402

__all__ = ["System", "check", "each_of", "expect", "expect_fields", "run_scenario", "together",
           "unique"]


def catalog_path(system):
    return os.path.join(ROOT, "conf", "catalogs", f"{system}.toml")


class System(Ledger):
    """The calls that an application makes, one line each."""

    def user(self, name=None, **fields):
        """A new account, as the catalog begins one."""
        name = name or unique("user")
        expect(self.put(f"/v1/accounts/{name}", fields), 201)
        return name

    def read(self, path, status=200):
        return expect(self.get(path), status)

    def shown(self, account):
        return self.read(f"/v1/accounts/{account}")

    def grant(self, account, amount, **fields):
        body = {"amount": amount, **fields}
        return expect(self.post(f"/v1/accounts/{account}/grants", body), 201)

    def use(self, account, feature, status=201, code=None, key=None, **fields):
        """A deduction for a feature, or its refusal."""
        return expect(self.post(f"/v1/accounts/{account}/deductions",
                                {"feature": feature, **fields}, key=key), status, code)

    def price(self, account, feature, **fields):
        """What a use would cost: a quote and a dry run say the same, and change nothing."""
        before = self.balance(account)
        body = {"feature": feature, **fields}
        quote = expect(self.post(f"/v1/accounts/{account}/quotes", body), 200)
        check(self.balance(account) == before, "a quote changed something")
        price = quote["required"] + quote.get("waived", 0)
        check(abs(sum(line["amount"] for line in quote["lines"]) - price) < 1e-9,
              f"the lines do not sum to the price: {quote}")
        return quote

    def refund(self, deduction, **fields):
        return expect(self.post(f"/v1/deductions/{deduction['id']}/refunds", fields), 201)

    def buy(self, account, status=201, code=None, key=None, payment=None, **what):
        payment = {"provider": "test", "id": unique("pay"), **(payment or {})}
        return expect(self.post(f"/v1/accounts/{account}/purchases", {**what, "payment": payment},
                                key=key), status, code)

    def history(self, account, query=""):
        return self.read(f"/v1/accounts/{account}/transactions{query}")["data"]

    def usage(self, account, query=""):
        return self.read(f"/v1/accounts/{account}/usage{query}")

    def advance(self, **body):
        return expect(self.post("/v1/test-clock", body), 200)

    def advance_to_noon(self):
        """The next day's, so that a test of days does not run over a midnight; returns the day."""
        today = datetime.fromisoformat(self.advance(advance="1s")["updated_at"][:10])
        day = (today + timedelta(days=1)).date().isoformat()
        self.advance(now=f"{day}T12:00:00Z")
        return day


def together(count, work):
    """Runs `work(i)` in that many threads at the same moment; what they return, in order."""
    barrier = threading.Barrier(count)
    results = [None] * count

    def run(index):
        barrier.wait()
        try:
            results[index] = work(index)
        except Exception as error:  # a thread's failure is the test's
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def each_of(system, count, call):
    """`call(ledger, i)` at once from that many connections of their own."""
    ledgers = [System(system.daemon) for _ in range(count)]
    return together(count, lambda index: call(ledgers[index], index))


def all_accounts(system):
    names, cursor = [], ""
    while cursor is not None:
        page = system.read(f"/v1/accounts?limit=100{cursor}")
        names += [entry["account"] for entry in page["data"]]
        cursor = f"&cursor={page['next_cursor']}" if page["has_more"] else None
    return names


def from_log(daemon, account):
    code, out, err = replay(daemon.bin, "balance", daemon.data, account, "--json")
    check(code == 0, f"balance of {account}: {code} {err}")
    return json.loads(out)


def last_balances(daemon):
    """{account: (number of events, the balances that the last one left)}; each begins where the one
    before it ended."""
    code, out, err = replay(daemon.bin, "export", daemon.data, "--format", "jsonl")
    check(code == 0, f"export: {code} {err}")
    found = {}
    for event in map(json.loads, out.splitlines()):
        account = event.get("account")
        if not account:
            continue
        count, before = found.get(account, (0, {"after": 0}))
        check(event["balances"]["before"] == before["after"], f"a gap before {event}")
        found[account] = (count + 1, event["balances"])
    return found


def check_whole(daemon, account, seen):
    replayed = from_log(daemon, account)
    for field in ("balance", "held", "available", "debt", "totals"):
        check(replayed[field] == seen[field],
              f"{account}: {field} is {seen[field]}, replayed {replayed[field]}")
    grants = [[(grant["id"], grant["amount"], grant["remaining"]) for grant in side["grants"]]
              for side in (seen, replayed)]
    check(sorted(grants[0]) == sorted(grants[1]), f"{account}: grants {grants}")


def check_replayed(daemon, shown):
    """The stopped daemon's folder: every hash and sum holds, and so does each balance shown; of the
    three accounts with most events, all that is known."""
    code, out, err = replay(daemon.bin, "verify", daemon.data)
    check(code == 0, f"verify: {code} {out} {err}")
    logged = last_balances(daemon)
    check(logged.keys() == shown.keys(), f"accounts {logged.keys()} and {shown.keys()}")
    for account, seen in shown.items():
        last = logged[account][1]
        check((last["after"], last["held"]) == (seen["balance"], seen["held"]),
              f"{account}: shown {seen}, logged {last}")
    for account in sorted(shown, key=lambda name: logged[name][0])[-3:]:
        check_whole(daemon, account, shown[account])


def run_section(section, daemon):
    try:
        section(System(daemon))
        check(daemon.is_alive(), "the daemon died")
    except (OSError, HTTPException):
        print(daemon.log_text()[-4000:], file=sys.stderr)
        raise


def run_scenario(name, sections):
    """One daemon with the system's catalog, the sections in order (each with accounts of its own),
    then the proof, a second start, and the same answers from it."""
    def run(options):
        daemon = Daemon(options.bin, words=("--catalog", catalog_path(name), "--test-clock"))
        try:
            daemon.start()
            for section in sections:
                began = time.monotonic()
                run_section(section, daemon)
                print(f"{section.__name__} {time.monotonic() - began:.2f} s")
            system = System(daemon)
            shown = {account: system.shown(account) for account in all_accounts(system)}
            check(len(shown) > 2, "no accounts to compare")
            check(daemon.stop() == 0, "the daemon did not stop in good order")
            check_replayed(daemon, shown)
            daemon.start()
            again = System(daemon)
            for account, before in shown.items():
                after = again.shown(account)
                check({**after, "seq": 0} == {**before, "seq": 0},
                      f"another answer after a restart: {before} {after}")
            check(daemon.stop() == 0, "the second stop")
            print(f"{len(shown)} accounts agree with the log")
        finally:
            daemon.remove()
    main(run)
