"""Hostile content: broken JSON as every kind of body, naughty strings in every field, path, query.
Never a 5xx, the daemon lives, what was accepted is stored as sent, no secret comes out."""

import json
import time
import urllib.parse

from contract_kit import Ledger, check, expect, unique
from harness import ADMIN_KEY, Daemon, is_sanitized, main
from hostile_corpus import GOOD, NAUGHTY, json_documents

# A sanitizer's red zones, fake stacks and shadow multiply what the daemon itself takes.
RSS_GROWTH_KB_MAX = (512 if is_sanitized() else 96) * 1024


def resident_kb(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


class Probe:
    """Sends and judges: 2xx, 4xx or a closed connection, and the daemon alive after it."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.ledger = Ledger(daemon)
        self.secrets = [ADMIN_KEY, *(self.ledger.key("ledger:write")["secret"] for _ in range(2))]
        self.count = 0
        self.closed = 0

    def send(self, method, path, body=None, **headers):
        self.count += 1
        try:
            got = self.ledger.client.call(method, path, body, unique("hostile"), headers)
        except OSError:
            self.closed += 1
            self.ledger = Ledger(self.daemon)
            got = None
        check(self.daemon.is_alive(), f"{method} {path} {body!r} ended the daemon")
        if got is not None:
            check(200 <= got.status < 500, f"{method} {path} {body!r}: {got}")
            check(not any(s.encode() in got.body for s in self.secrets), f"a secret in {path}")
        return got


def broken_json(probe):
    ledger = probe.ledger
    account = ledger.account(100000)
    hold = expect(ledger.post(f"/v1/accounts/{account}/holds", {"amount": 9, "expires_in": "1h"}),
                  201)["id"]
    at = f"/v1/accounts/{account}"
    spent = expect(ledger.post(f"{at}/deductions", {"amount": 5000}), 201)["id"]
    documents = json_documents()
    for document, may_pass in documents:
        for path in (f"{at}/grants", f"{at}/deductions", f"{at}/quotes"):
            got = probe.send("POST", path, document)
            right = got.status in (200, 201) if may_pass else got.status == 400
            check(right, f"POST {path} {document[:80]!r}: {got}")
        check(probe.send("POST", "/v1/transfers", document).status == 400, f"{document!r}")
        check(probe.send("POST", "/v1/batches", document).status == 400, f"{document!r}")
        for method, path in (("POST", f"/v1/holds/{hold}/captures"), ("POST", "/v1/api-keys"),
                             ("POST", f"/v1/deductions/{spent}/refunds"),
                             ("PUT", f"/v1/accounts/{unique('j')}"), ("PUT", "/v1/features/j")):
            probe.send(method, path, document)
        lines = b'{"op":"unknown"}\n' + document
        probe.send("POST", "/v1/batches", lines, **{"Content-Type": "application/x-ndjson"})
        item = b'{"operations":[%s]}' % document.replace(GOOD, b'{"op":"grant","amount":1}')
        probe.send("POST", "/v1/batches", item)
    return len(documents)


def text_fields(probe):
    """Texts are kept as sent, in the answer and afterwards; ids are refused unless they are ids."""
    ledger = probe.ledger
    account = ledger.account()
    path = f"/v1/accounts/{account}/grants"
    kept = 0
    for text in NAUGHTY:
        got = probe.send("POST", path, {"amount": 1, "description": text, "reason": text,
                                        "metadata": {"k": text, text: [text]}})
        if got.status == 201:
            shown = expect(ledger.get(f"/v1/transactions/{got.json()['transaction']}"), 200)
            for thing in (got.json(), shown):
                check((thing["description"] or "") == text, f"{text!r} became {thing}")
                check(thing["metadata"] == {"k": text, text: [text]}, f"{text!r} became {thing}")
            kept += 1
        else:
            check(len(text.encode()) > 1024 or "\0" in text, f"{text!r} was refused: {got}")
        named = unique("naughty")
        body = {"name": text, "labels": {"l": text}, "metadata": {text: text}}
        if probe.send("PUT", f"/v1/accounts/{named}", body).status == 201:
            shown = expect(ledger.get(f"/v1/accounts/{named}"), 200)
            check((shown["name"] or "") == text and shown["labels"] == {"l": text}, f"{shown}")
        payment = {"provider": "p", "id": text, "amount": 1, "currency": "EUR"}
        got = probe.send("POST", f"/v1/accounts/{account}/purchases",
                         {"amount": 1, "payment": payment})
        check(got.status == 400 or got.json()["payment"]["id"] == text, f"{text!r}: {got}")
    listed = ledger.get(f"/v1/accounts/{account}/transactions", headers={"Accept": "text/csv"})
    check(listed.status == 200, f"CSV: {listed}")
    return kept


def id_fields(probe):
    account = probe.ledger.account(1000)
    at = f"/v1/accounts/{account}"
    for text in NAUGHTY:
        for path, body in (
                (f"{at}/deductions", {"amount": 1, "user": text}),
                (f"{at}/deductions", {"amount": 1, "model": text}),
                (f"{at}/deductions", {"amount": 1, "resource": text}),
                (f"{at}/deductions", {"feature": text}), (f"{at}/quotes", {"feature": text}),
                (f"{at}/grants", {"amount": 1, "kind": text}),
                (f"{at}/grants", {"amount": 1, "expires_at": text}),
                (f"{at}/grants", {"amount": 1, "expires_in": text}),
                (f"{at}/grants", {"amount": 1, "features": [text]}),
                (f"{at}/grants", {"amount": text}), (f"{at}/grants", {"amount": 1, text: text}),
                (f"{at}/grants", {"amount": 1, "cost": {"amount": 1, "currency": text}}),
                (f"{at}/holds", {"amount": 1, "expires_in": "1m", "on_expiry": text}),
                ("/v1/transfers", {"from": account, "to": text, "amount": 1}),
                ("/v1/transfers", {"from": text, "to": account, "amount": 1}),
                ("/v1/api-keys", {"name": text, "scopes": ["admin"]}),
                ("/v1/api-keys", {"name": "n", "scopes": [text]}),
                ("/v1/api-keys", {"name": "n", "scopes": ["admin"], "account_prefix": text}),
                ("/v1/batches", {"mode": text, "operations": [{"op": "x"}]}),
                ("/v1/batches", {"operations": [{"op": text}, {"op": "revoke", "id": text}, {
                    "op": "grant", "account": text, "amount": 1, "idempotency_key": text}]})):
            probe.send("POST", path, body)
        probe.send("PUT", f"/v1/accounts/{unique('p')}", {"parent": text})
        probe.send("PUT", f"/v1/features/{unique('f')}",
                   {"credits": 1, "name": text, "category": text, "description": text})


def paths_and_queries(probe):
    account = probe.ledger.account(10)
    patterns = ("/v1/accounts/{}", "/v1/accounts/{}/balance", "/v1/accounts/{}/grants",
                "/v1/accounts/{}/transactions", "/v1/transactions/{}", "/v1/holds/{}",
                "/v1/features/{}", "/v1/api-keys/{}", "/problems/{}", "/v1/{}", "/{}")
    fields = ("limit", "cursor", "page", "type", "from", "to", "feature", "user", "resource", "at",
              "prefix", "label", "parent", "category")
    lists = (f"/v1/accounts/{account}/transactions", f"/v1/accounts/{account}/balance",
             "/v1/accounts", "/v1/features", "/v1/api-keys", "/readyz")
    for text in NAUGHTY:
        quoted = urllib.parse.quote(text, safe="")
        for pattern in patterns:
            probe.send("GET", pattern.format(quoted))
        probe.send("PUT", f"/v1/accounts/{quoted}", {})
        probe.send("POST", f"/v1/accounts/{quoted}/deductions", {"amount": 1})
        probe.send("POST", f"/v1/holds/{quoted}/release", {})
        probe.send("POST", f"/v1/grants/{quoted}/revoke", {})
        probe.send("POST", f"/v1/deductions/{quoted}/refunds", {})
        for path in lists:
            for field in fields[:1] if path == "/readyz" else fields:
                probe.send("GET", f"{path}?{field}={quoted}")
        probe.send("GET", f"/v1/accounts?{quoted}={quoted}")
    for tail in ("%", "%2", "%zz", "%ff", "%c0%80", "%ed%a0%80", "?%", "?a=%zz", "?=", "?&&",
    "??", "#a",
                 "?limit=%ff", "?cursor=%00", "/" * 2000, "?" + "a=1&" * 500, "%41" * 1000):
        probe.send("GET", f"/v1/accounts/{tail}")


def header_values(probe):
    path = f"/v1/accounts/{probe.ledger.account()}/grants"
    for text in NAUGHTY:
        value = text.encode()
        if b"\r" in value or b"\n" in value:  # the client itself refuses to send these
            continue
        for name in ("Idempotency-Key", "X-Request-Id", "traceparent", "Accept", "Content-Type",
                     "If-None-Match", "X-Forwarded-For", "Cookie"):
            probe.send("POST", path, GOOD, **{name: value})
        probe.send("GET", "/v1/accounts", Authorization=b"Bearer " + value)
        probe.send("GET", "/v1/accounts", Authorization=b"Basic " + value)


def run(options):
    daemon = Daemon(options.bin, environment={"CREDITD_LOG__REQUESTS": "true"})
    try:
        daemon.start()
        probe = Probe(daemon)
        for _ in range(50):
            probe.send("POST", "/v1/batches", b" " * 60000)
        before = resident_kb(daemon)
        begun = time.monotonic()
        documents = broken_json(probe)
        kept = text_fields(probe)
        for part in (id_fields, paths_and_queries, header_values):
            part(probe)
        growth = resident_kb(daemon) - before
        check(growth < RSS_GROWTH_KB_MAX, f"{growth} KB more memory")
        check(daemon.stop() == 0, "the daemon did not stop in good order")
        log = daemon.log_text()
        lines = [json.loads(line) for line in log.splitlines()]
        check(len(lines) >= probe.count - probe.closed, f"{len(lines)} lines of log")
        check(not any(secret in log for secret in probe.secrets), "a secret in the log")
        print(f"{documents} documents, {len(NAUGHTY)} strings ({kept} kept as sent), {probe.count} "
              f"requests in {time.monotonic() - begun:.1f} s, {probe.closed} connections closed, "
              f"{len(lines)} lines of log, memory +{growth} KB")
    finally:
        daemon.remove()


if __name__ == "__main__":
    main(run)
