"""Every field of the credit domain at and beyond its limits: each value of documents that are right
is replaced by values that are not, or hardly. Never a 5xx, the daemon lives, and afterwards its
log replays. What is right is a whole catalog, in parts and in one, and all that is arranged on
accounts."""

import copy
import json
import os
import subprocess
import sys
import time

from contract_kit import Ledger, check, expect, unique
from harness import Daemon, main

CATALOGS = ("creator-suite", "design-studio", "smartspec")
LONG = "x" * 5_000
SCALARS = [None, True, "", "0", "x", LONG, "x" * 128, "x" * 129, "a b", "ключ", "-", "../..",
           "P1D", "1h", "0s", "-1h", "400d", "100000d", "2026-01-01T00:00:00Z",
           "9999-12-31T23:59:59Z", "0000-00-00", "day", "month", "1h rolling", "monthly", "all", 0,
           1, -1, 2, 100, 101, 127, 128, 255, 256, 744, 745, 65_535, 65_536, 2**31, 2**32, 2**53,
           2**63 - 1, 2**63, 10**15 - 1, 10**15, 0.1, 0.000001, 0.0000001, 1e300, [], {}, [[]],
           [0], [""], {"": 0}, {"x": {}}]
COUNTS = (2, 9, 17, 33, 65, 200)


def places(value, at=()):
    """The path of everything in a document, the document itself aside."""
    items = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*at, key)
        yield from places(inner, (*at, key))


def changed(document, place, change):
    result = copy.deepcopy(document)
    inside = result
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = change(inside[place[-1]])
    return result


def grown(value, count):
    """A list, or an object, of `count` members like the ones that it has."""
    if isinstance(value, list):
        return (value * count)[:count]
    inner = list(value.items())
    return {f"{key}-{i}": one for i in range(count) for key, one in inner[:1]}


def variants(document):
    for place in places(document):
        value = document
        for step in place:
            value = value[step]
        for replacement in SCALARS:
            yield changed(document, place, lambda _, new=replacement: new)
        if isinstance(value, (list, dict)) and value:
            for count in COUNTS:
                yield changed(document, place, lambda old, n=count: grown(old, n))
        if isinstance(value, str):
            yield changed(document, place, lambda old: old + "\u0000")
    for name in ("x", "", "id"):
        yield {**document, name: 1}


class Probe:
    def __init__(self, daemon, is_full):
        self.daemon, self.ledger, self.is_full = daemon, Ledger(daemon), is_full
        self.count = 0
        self.by_status = {}

    def send(self, method, path, body):
        self.count += 1
        try:
            got = self.ledger.client.call(method, path, body, unique("limit"))
        except OSError as error:
            time.sleep(0.5)
            raise AssertionError(f"{method} {path} {json.dumps(body)[:2000]}: {error!r}, daemon "
                                 f"{'lives' if self.daemon.is_alive() else 'died'}") from error
        check(200 <= got.status < 500, f"{method} {path} {json.dumps(body)[:2000]}: {got}")
        self.by_status[got.status] = self.by_status.get(got.status, 0) + 1

    def variants_of(self, document, most):
        """The document itself, then its variants: at most so many of them, spread, unless all."""
        every = list(variants(document))
        yield document
        yield from every if self.is_full else every[::max(1, len(every) // most)]


def offers_of(catalog):
    for kind, name in (("features", "key"), ("plans", "id"), ("packages", "id"),
                       ("promotions", "code")):
        for offer in catalog.get(kind, []):
            body = {key: value for key, value in offer.items() if key != name}
            yield f"/v1/{kind}/{offer[name]}", body


FEATURE = {"name": "Probe", "price": {
    "flat": 1, "per": [{"credits": 0.5, "unit": "seconds", "step": 2, "round": "up"}],
    "options": {"hd": {"percent": 50}, "4k": {"credits": 3}},
    "conditions": [{"unit": "megapixels", "above": 1, "percent": 100}], "maximum": 500}}
PACKAGE = {"name": "Probe", "credits": 10, "bonus": 2, "price": {"amount": 500, "currency": "USD"}}
AT = "/v1/accounts/{a}"
USE = {"feature": "probe", "units": {"seconds": 7.5, "megapixels": 2}, "options": ["hd", "4k"],
       "quantity": 2, "user": "u", "model": "m", "resource": "r/1.png", "allow_partial": True,
       "metadata": {"a": 1}, "description": "d"}
# What is right: method, path, body. {a} and {b} are accounts, {p} a plan.
ARRANGED = [
    ("PUT", f"{AT}/budgets/b", {"limit": 5, "window": "day", "user": "u", "feature": "image",
                                "tz": "+02:00"}),
    ("PUT", f"{AT}/budgets/r", {"limit": "5.5", "window": "5h"}),
    ("PUT", f"{AT}/alerts/a", {"below": 20, "recovered_at": 60}),
    ("PUT", f"{AT}/alerts/p", {"percent": 20}),
    ("PUT", f"{AT}/auto-top-up", {"package": "probe", "threshold": 10, "monthly_max": 3,
                                  "cool_down": "1h"}),
    ("PUT", f"{AT}/subscription", {"plan": "{p}", "interval": "month", "source": "provider",
                                   "period_end": "2099-01-01T00:00:00Z"}),
    ("POST", f"{AT}/subscription/change", {"plan": "{p}", "at_period_end": True}),
    ("POST", f"{AT}/subscription/renew", {"period_end": "2099-02-01T00:00:00Z"}),
    ("POST", f"{AT}/subscription/cancel", {"at_period_end": True}),
    ("POST", f"{AT}/subscription/past-due", {}),
    ("POST", "/v1/referrals", {"referrer": "{a}", "referred": "{b}"}),
    ("POST", "/v1/promotions/PROBE/redeem", {"account": "{a}"}),
    ("POST", f"{AT}/deductions", USE),
    ("POST", f"{AT}/quotes", USE),
    ("POST", f"{AT}/holds", {"feature": "probe", "units": {"seconds": 3}, "expires_in": "1h",
                             "on_expiry": "capture", "user": "u"}),
    ("POST", f"{AT}/purchases", {"package": "probe", "expires_in": "30d", "payment": {
        "provider": "stripe", "id": "pi_{a}", "amount": 500, "currency": "USD"}}),
    ("POST", f"{AT}/grants", {"amount": 5, "kind": "promo", "expires_in": "30d", "priority": 7,
                              "features": ["image"], "cost": {"amount": 5, "currency": "USD"}}),
    ("POST", f"{AT}/grants", {"amount": 5, "effective_at": "2099-01-01T00:00:00Z",
                              "expires_at": "2099-02-01T00:00:00Z"}),
    ("POST", "/v1/batches", {"mode": "atomic", "operations": [
        {"op": "deduct", "account": "{a}", "feature": "probe", "units": {"seconds": 3}},
        {"op": "grant", "account": "{a}", "amount": 1}]}),
]


class Accounts:
    """A few that take turns, so that none meets the limit of recorded refusals."""

    def __init__(self, ledger, count=60):
        self.names = [ledger.account(100_000) for _ in range(count)]
        self.turn = 0

    def fill(self, text, plan):
        self.turn += 1
        names = self.names[self.turn % len(self.names)], self.names[(self.turn + 7) %
                                                                    len(self.names)]
        for place, name in zip(("{a}", "{b}", "{p}"), (*names, plan)):
            text = text.replace(place, name)
        return text


def arrange(probe, accounts, plan):
    for name, body in (("features", FEATURE), ("packages", PACKAGE)):
        got = probe.ledger.put(f"/v1/{name}/probe", body)
        check(got.status in (200, 201), f"{got}")
    check(probe.ledger.put("/v1/promotions/PROBE", {"credits": 1, "per_account_max": 1000})
          .status == 201, "a promotion")
    for method, path, right in ARRANGED:
        for body in probe.variants_of(right, 200):
            probe.send(method, accounts.fill(path, plan),
                       json.loads(accounts.fill(json.dumps(body), plan)))


def reads(ledger, accounts):
    for account in accounts.names[:5]:
        for read in ("", "/balance", "/grants", "/subscription", "/budgets", "/alerts",
                     "/usage?group_by=user,feature", "/balance?at=2030-01-01T00:00:00Z",
                     "/grants?at=2030-01-01T00:00:00Z", "/transactions?limit=100"):
            got = ledger.get(f"/v1/accounts/{account}{read}")
            check(got.status in (200, 400, 404), f"{read}: {got}")


def probe_catalog(options, name):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    daemon = Daemon(options.bin, words=(
        "--catalog", os.path.join(root, "conf", "catalogs", f"{name}.toml")))
    try:
        daemon.start()
        probe = Probe(daemon, options.full)
        catalog = {key: value for key, value in
                   expect(probe.ledger.get("/v1/catalog"), 200).items() if key != "seq"}
        accounts = Accounts(probe.ledger)
        arrange(probe, accounts, catalog["plans"][-1]["id"])
        for path, body in offers_of(catalog):
            for variant in probe.variants_of(body, 100):
                probe.send("PUT", path, variant)
        for variant in probe.variants_of(catalog, 400):
            probe.send("PUT", "/v1/catalog", variant)
        reads(probe.ledger, accounts)
        check(daemon.is_alive(), "the daemon died")
        check(daemon.stop() == 0, "the daemon did not stop in good order")
        tool = os.path.join(options.bin, "creditd-replay")
        subprocess.run([tool, "verify", daemon.data], check=True, stdout=subprocess.DEVNULL)
        print(f"{name}: {probe.count} requests, {dict(sorted(probe.by_status.items()))}")
    except AssertionError:
        print(daemon.log_text()[-2000:], file=sys.stderr)
        raise
    finally:
        daemon.remove()


def run(options):
    for name in CATALOGS:
        probe_catalog(options, name)


if __name__ == "__main__":
    main(run)
