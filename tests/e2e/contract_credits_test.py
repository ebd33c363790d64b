"""The contract of moving credits: amounts, grants and their expiry, purchases, deductions, refunds,
holds, transfers, features, quotes, dry runs, refusals."""

import re
import time

from contract_kit import check, expect, expect_fields, run_sections, unique

WRITE_FIELDS = ("id", "seq", "type", "account", "amount", "delta", "balance", "available",
                "metadata", "description", "created_at")
MICROSECONDS = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
LARGEST = "999999999.999999"


def written(answer, kind, status=201):
    thing = expect(answer, status)
    expect_fields(thing, *WRITE_FIELDS)
    check(thing["type"] == kind, f"type {thing['type']}, not {kind}")
    check(MICROSECONDS.match(thing["created_at"]), f"created_at {thing['created_at']}")
    difference = thing["balance"]["after"] - thing["balance"]["before"]
    check(abs(difference - thing["delta"]) < 1e-6, f"delta of {thing}")
    return thing


def amounts(ledger):
    account = ledger.account()
    path = f"/v1/accounts/{account}/grants"
    for text, shown in (("1", b"1"), ("2.5", b"2.5"), ('"2.50"', b"2.5"), ("0.000001", b"0.000001"),
                        ("100.000000", b"100"), ('"0.1"', b"0.1")):
        got = ledger.post(path, '{"amount":%s}' % text)
        expect(got, 201)
        check(b'"amount":' + shown + b"," in got.body, f"{text} is shown as {got.body}")
    for text, code in (("0", "amount_range"), ("-1", "amount_range"), ('"-0.5"', "amount_range"),
                       ("0.0", "amount_range"), ("1000000000", "amount_range"),
                       ("1000000000.000001", "amount_range"), ("9" * 40, "amount_range"),
                       ("0.0000001", "amount_precision"), ("1.0000000", None),
                       ('"1.1234567"', "amount_precision"), ("1e3", "invalid_request"),
                       ("1E2", "invalid_request"), ('"1e3"', "invalid_request"),
                       ('"+1"', "invalid_request"), ('" 1"', "invalid_request"),
                       ('"01"', "invalid_request"), ('".5"', "invalid_request"),
                       ('"1."', "invalid_request"), ('"0x1"', "invalid_request"),
                       ('"1,5"', "invalid_request"), ('""', "invalid_request"),
                       ("null", "invalid_request"), ("true", "invalid_request"),
                       ("[1]", "invalid_request"), ("{}", "invalid_request"),
                       ('"\u0661"', "invalid_request"), ('"NaN"', "invalid_request")):
        got = ledger.post(path, ('{"amount":%s}' % text).encode())
        check(got.status == 400, f"amount {text}: {got}")
        check(code is None or got.json()["code"] == code, f"amount {text}: {got}")
    check(b'"balance":106.100001,' in ledger.get(f"/v1/accounts/{account}/balance").body, "sum")
    # the balance has the range of the amounts
    full = ledger.account(LARGEST)
    expect(ledger.post(f"/v1/accounts/{full}/grants", {"amount": "0.000001"}), 422, "balance_range")
    check(b'"balance":999999999.999999,' in ledger.get(f"/v1/accounts/{full}/balance").body, "edge")
    written(ledger.post(f"/v1/accounts/{full}/deductions", {"amount": LARGEST}), "deduction")
    check(ledger.balance(full)["balance"] == 0, "all of it")


def accounts(ledger):
    account = unique("acct")
    path = f"/v1/accounts/{account}"
    made = expect(ledger.put(path, {"name": "N", "metadata": {"a": [1, {"b": None}]},
                                    "labels": {"tier": "gold"}, "credit_limit": 5}), 201)
    expect_fields(made, "account", "seq", "balance", "available", "created_at")
    expect(ledger.put(path, {"name": "M"}), 200)
    shown = expect(ledger.get(path), 200)
    expect_fields(shown, "balance", "held", "available", "unlimited", "debt", "totals",
                  "subscription", "grants", "created_at", "seq")
    expect_fields(shown["totals"], "granted", "purchased", "consumed", "refunded", "expired",
                  "revoked", "transferred_in", "transferred_out")
    check(shown["name"] == "M", f"name {shown['name']}")
    written(ledger.post(f"{path}/deductions", {"amount": 5}), "deduction")
    check(ledger.balance(account)["balance"] == -5, "the credit limit was not used")
    expect(ledger.post(f"{path}/deductions", {"amount": 1}), 402, "insufficient_credits")
    written(ledger.post(f"{path}/grants", {"amount": 5}), "grant")
    check(expect(ledger.get(path), 200)["debt"] == 0, "the grant did not repay the debt")
    expect(ledger.client.call("POST", f"{path}/close", {}), 200)
    expect(ledger.post(f"{path}/grants", {"amount": 1}), 409, "account_closed")
    expect(ledger.get(path), 200)
    expect(ledger.client.call("POST", f"{path}/reopen", {}), 200)
    written(ledger.post(f"{path}/grants", {"amount": 1}), "grant")
    for bad in ("-a", "a b", "a/b", "%2e%2e", "a" * 129, "%00", "\u00e9"):
        quoted = bad.replace(" ", "%20").replace("\u00e9", "%C3%A9").replace("/", "%2F")
        expect(ledger.put(f"/v1/accounts/{quoted}", {}), 400, "invalid_request")
    expect(ledger.put("/v1/accounts/" + "a" * 128, {}), 201)
    expect(ledger.put("/v1/accounts/A1._:@-", {}), 201)


def grants_and_expiry(ledger):
    account = ledger.account()
    path = f"/v1/accounts/{account}/grants"
    made = written(ledger.post(path, {
        "amount": 10, "kind": "bonus", "priority": 3, "expires_in": "1s", "description": "d",
        "metadata": {"k": "v"}, "reason": "r", "cost": {"amount": 199, "currency": "EUR"}}),
        "grant")
    expect_fields(made, "transaction", "kind", "remaining", "expires_at")
    check(made["id"] == f"grt_{made['seq']}" and made["transaction"] == f"txn_{made['seq']}", made)
    check(made["metadata"] == {"k": "v"} and made["description"] == "d", f"texts: {made}")
    later = written(ledger.post(path, {"amount": 4, "expires_at": "2099-01-01T00:00:00Z"}), "grant")
    check(later["expires_at"] == "2099-01-01T00:00:00.000000Z", later["expires_at"])
    listed = expect(ledger.get(path), 200)["data"]
    check([g["id"] for g in listed] == [made["id"], later["id"]], f"burn order: {listed}")
    time.sleep(1.1)
    check(ledger.balance(account)["balance"] == 4, "an expired grant still counts")
    expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 5}), 402)
    expired = expect(ledger.get(f"/v1/accounts/{account}/transactions?type=expiry"), 200)["data"]
    check(len(expired) == 1 and expired[0]["delta"] == -10, f"expiry: {expired}")
    revoked = written(ledger.post(f"/v1/grants/{later['id']}/revoke", {"amount": 1}), "revocation")
    check(revoked["delta"] == -1, revoked)
    expect(ledger.post(f"/v1/grants/{later['id']}/revoke", {"amount": 9}), 422,
           "revoke_exceeds_grant")
    check(written(ledger.post(f"/v1/grants/{later['id']}/revoke"), "revocation")["amount"] == 3, "")
    for bad in ({"amount": 1, "expires_in": "1m", "expires_at": "2099-01-01T00:00:00Z"},
                {"amount": 1, "expires_at": "2001-01-01T00:00:00Z"}, {"amount": 1, "expires_in": 5},
                {"amount": 1, "expires_in": "0s"}, {"amount": 1, "expires_in": "1w"}, {},
                {"amount": 1, "kind": "gift"}, {"amount": 1, "priority": -1}, {"amount": 1, "x": 1},
                {"amount": 1, "metadata": []}, {"amount": 1, "metadata": {"a": {"b": {"c": {
                    "d": {}}}}}}, {"amount": 1, "metadata": {"a": "x" * 4096}},
                {"amount": 1, "cost": {"amount": 1.5, "currency": "EUR"}},
                {"amount": 1, "cost": {"amount": 1, "currency": "euro"}},
                {"amount": 1, "dry_run": "yes"}, {"amount": 1, "features": "all"}):
        problem = expect(ledger.post(path, bad), 400, "invalid_request")
        check(problem["errors"] and {"pointer", "detail"} <= problem["errors"][0].keys(), problem)
    pending = written(ledger.post(path, {"amount": 2, "effective_at": "2098-01-01T00:00:00Z"}),
                      "grant")
    check(pending["delta"] == 0 and ledger.balance(account)["balance"] == 0, f"pending: {pending}")


def purchases(ledger):
    account, other = ledger.account(), ledger.account()
    payment = {"provider": "stripe", "id": unique("pi"), "amount": 1999, "currency": "EUR"}
    path, body = f"/v1/accounts/{account}/purchases", {"amount": 20, "payment": payment}
    first = written(ledger.post(path, body), "purchase")
    expect_fields(first, "grant", "payment")
    check(first["payment"] == payment, f"payment: {first['payment']}")
    again = expect(ledger.post(path, body), 200)
    check(again.pop("duplicate") is True and again == first, f"duplicate: {again}")
    expect(ledger.post(path, {**body, "amount": 21}), 409, "payment_conflict")
    expect(ledger.post(path, {**body, "payment": {**payment, "amount": 1}}), 409,
           "payment_conflict")
    expect(ledger.post(f"/v1/accounts/{other}/purchases", body), 409, "payment_conflict")
    check(ledger.balance(account)["balance"] == 20, "more than one purchase")
    written(ledger.post(path, {**body, "payment": {**payment, "provider": "bank"}}), "purchase")
    for bad in ({"amount": 1}, {"amount": 1, "payment": {}}, {"payment": payment},
                {"amount": 1, "payment": {**payment, "amount": 1.5}},
                {"amount": 1, "payment": {**payment, "amount": "5"}},
                {"amount": 1, "payment": {**payment, "amount": -1}},
                {"amount": 1, "payment": {**payment, "currency": "E"}}):
        expect(ledger.post(path, bad), 400, "invalid_request")


def deductions_and_refunds(ledger):
    account = ledger.account(10)
    path = f"/v1/accounts/{account}/deductions"
    made = written(ledger.post(path, {"amount": 4, "user": "u1", "model": "m1", "resource": "r/1",
                                      "metadata": {"z": 1, "a": 2}}), "deduction")
    expect_fields(made, "feature", "quantity", "units", "lines", "price_book", "burned", "user",
                  "model", "resource")
    check((made["user"], made["model"], made["resource"]) == ("u1", "m1", "r/1"), f"{made}")
    check(sum(part["amount"] for part in made["burned"]) == 4 and made["delta"] == -4, f"{made}")
    refused = ledger.post(path, {"amount": 7}, "refused-once")
    problem = expect(refused, 402, "insufficient_credits")
    check((problem["required"], problem["available"], problem["shortfall"]) == (7, 6, 1), problem)
    expect_fields(problem, "top_up_url")
    written(ledger.post(f"/v1/accounts/{account}/grants", {"amount": 10}), "grant")
    again = ledger.post(path, {"amount": 7}, "refused-once")
    check(again.body == refused.body and again.headers.get("idempotent-replayed") == "true",
          f"a refusal is an outcome: {again}")
    part = written(ledger.post(path, {"amount": 100, "allow_partial": True}), "deduction")
    check((part["amount"], part["required"], part["shortfall"]) == (16, 100, 84), f"{part}")
    back = f"/v1/deductions/{made['id']}/refunds"
    refund = written(ledger.post(back, {"amount": 1}), "refund")
    expect_fields(refund, "deduction", "refunded_total", "restored")
    check((refund["deduction"], refund["refunded_total"]) == (made["id"], 1), f"{refund}")
    expect(ledger.post(back, {"amount": "3.000001"}), 422, "refund_exceeds_deduction")
    rest = written(ledger.post(back), "refund")
    check((rest["amount"], rest["refunded_total"]) == (3, 4), f"{rest}")
    got = ledger.post(back)
    check(got.status == 422, f"a refund of nothing: {got}")
    check(ledger.balance(account)["balance"] == 4, "after refunds")
    for bad in ({}, {"amount": 1, "feature": "f"}, {"amount": 1, "quantity": 2},
                {"feature": "a b"}, {"amount": 1, "allow_partial": 1}):
        expect(ledger.post(path, bad), 400, "invalid_request")


def holds(ledger):
    account = ledger.account(100)
    path = f"/v1/accounts/{account}/holds"
    held = written(ledger.post(path, {"amount": 30, "expires_in": "1h"}), "hold")
    expect_fields(held, "captured", "remaining", "status", "expires_at")
    check((held["id"], held["delta"], held["available"]) == (f"hold_{held['seq']}", 0, 70), held)
    at = f"/v1/holds/{held['id']}"
    first = written(ledger.post(f"{at}/captures", {"amount": 10}), "capture")
    check((first["hold"]["captured"], first["hold"]["remaining"], first["delta"]) == (10, 20, -10),
          f"{first}")
    expect(ledger.post(f"{at}/captures", {"amount": "20.000001"}), 422, "capture_exceeds_hold")
    longer = expect(ledger.post(f"{at}/extend", {"amount": 5, "expires_in": "2h"}), 200)
    check(longer["hold"]["remaining"] == 25 and longer["hold"]["amount"] == 35, f"{longer}")
    check(longer["hold"]["expires_at"] > held["expires_at"], f"{longer}")
    expect(ledger.post(f"{at}/extend", {"amount": 1000}), 402, "insufficient_credits")
    check(ledger.balance(account)["held"] == 25, "held")
    last = written(ledger.post(f"{at}/captures", {"amount": 5, "final": True}), "capture")
    check(last["hold"]["status"] == "captured" and last["available"] == 85, f"{last}")
    check(expect(ledger.get(at), 200)["status"] == "captured", "a captured hold")
    expect(ledger.post(f"{at}/captures", {"amount": 1}), 409, "hold_closed")
    expect(ledger.post(f"{at}/extend", {"amount": 1}), 409, "hold_closed")
    expect(ledger.post(f"{at}/release"), 200)
    other = written(ledger.post(path, {"amount": 5, "expires_in": "1m"}), "hold")
    released = written(ledger.post(f"/v1/holds/{other['id']}/release"), "release", 200)
    check(released["hold"]["status"] == "released" and released["available"] == 85, f"{released}")
    again = expect(ledger.post(f"/v1/holds/{other['id']}/release"), 200)
    check(again["status"] == "released", f"a second release: {again}")
    # a read names the position that it reflects, not the hold's last event
    seen = ledger.get(f"/v1/accounts/{ledger.account(1)}/balance").json()["seq"]
    late = [expect(ledger.get(at), 200), expect(ledger.post(f"{at}/release"), 200)]
    check(all(one["seq"] >= seen > last["seq"] for one in late), f"{seen}: {late}")
    batch = {"operations": [{"op": "release", "id": other["id"]}]}
    item = expect(ledger.post("/v1/batches", batch, "late-release"), 200)["results"][0]
    view = {name: again[name] for name in again if name != "seq"}
    shown = {name: item["body"].get(name) for name in view}
    check(item["status"] == 200 and shown == view, f"a release in a batch: {item}")
    check("replayed" not in item, f"nothing was recorded of it: {item}")
    short = {"expires_in": "1s"}
    loses = written(ledger.post(path, {"amount": 8, **short}), "hold")
    keeps = written(ledger.post(path, {"amount": 9, **short, "on_expiry": "capture"}), "hold")
    time.sleep(1.2)
    check((lambda b: (b["balance"], b["held"]))(ledger.balance(account)) == (76, 0), "expiry")
    expect(ledger.post(f"/v1/holds/{loses['id']}/captures", {"amount": 1}), 409, "hold_closed")
    check(expect(ledger.get(f"/v1/holds/{loses['id']}"), 200)["status"] == "expired", "released")
    kept = expect(ledger.get(f"/v1/holds/{keeps['id']}"), 200)
    check(kept["captured"] == 9, f"captured at its expiry: {kept}")
    expect(ledger.post(path, {"amount": 1000, "expires_in": "1m"}), 402, "insufficient_credits")
    for bad in ({"amount": 1}, {"amount": 1, "expires_in": "91d"},
                {"amount": 1, "expires_in": "1m", "on_expiry": "keep"}):
        expect(ledger.post(path, bad), 400, "invalid_request")


def transfers(ledger):
    giver, taker = ledger.account(10), ledger.account()
    moved = written(ledger.post("/v1/transfers", {"from": giver, "to": taker, "amount": 4},
                                "transfer"), "transfer_out")
    check(moved["from"] == {"account": giver, "balance": 6, "available": 6}, f"{moved}")
    check(moved["to"] == {"account": taker, "balance": 4, "available": 4}, f"{moved}")
    check(sum(part["amount"] for part in moved["moved"]) == 4, f"{moved}")
    again = ledger.post("/v1/transfers", {"from": giver, "to": taker, "amount": 4}, "transfer")
    check(again.json() == moved, f"repeat: {again}")
    sides = [expect(ledger.get(f"/v1/accounts/{a}/transactions?limit=1"), 200)["data"][0]
             for a in (giver, taker)]
    check([s["type"] for s in sides] == ["transfer_out", "transfer_in"], f"{sides}")
    check([s["delta"] for s in sides] == [-4, 4], f"{sides}")
    for body, status, code in (
            ({"from": giver, "to": giver, "amount": 1}, 400, "invalid_request"),
            ({"from": giver, "to": "none-such", "amount": 1}, 404, "account_not_found"),
            ({"from": "none-such", "to": giver, "amount": 1}, 404, "account_not_found"),
            ({"from": giver, "to": taker, "amount": 7}, 402, "insufficient_credits"),
            ({"from": giver, "to": taker}, 400, "invalid_request")):
        expect(ledger.post("/v1/transfers", body), status, code)


if __name__ == "__main__":
    run_sections([amounts, accounts, grants_and_expiry, purchases, deductions_and_refunds, holds,
                  transfers])
