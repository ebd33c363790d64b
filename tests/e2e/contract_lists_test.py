"""The contract of prices, batches, lists and looking back: features, quotes, dry runs, independent
and atomic batches, cursors, filters, CSV, past and future balances, the limit of refusals."""

import csv
import io
import json
import re
import urllib.parse

from contract_kit import check, expect, expect_fields, run_sections, unique


def features(ledger):
    key = unique("feature")
    path = f"/v1/features/{key}"
    made = expect(ledger.put(path, {"credits": "2.5", "name": "F", "category": "c"}), 200)
    expect_fields(made, "key", "credits", "active", "price_book", "seq")
    account = ledger.account(100)
    spent = expect(ledger.post(f"/v1/accounts/{account}/deductions",
                               {"feature": key, "quantity": 3}), 201)
    check((spent["amount"], spent["quantity"]) == (7.5, 3), f"{spent}")
    check(sum(line["amount"] for line in spent["lines"]) == 7.5, f"{spent}")
    check(spent["price_book"] == made["price_book"], f"{spent}")
    shown = expect(ledger.put(path, {"credits": 4, "active": False}), 200)
    check(shown["price_book"] > made["price_book"] and shown["active"] is False, f"{shown}")
    for call in ("deductions", "quotes"):
        expect(ledger.post(f"/v1/accounts/{account}/{call}", {"feature": key}), 422,
               "feature_inactive")
        expect(ledger.post(f"/v1/accounts/{account}/{call}", {"feature": "none"}), 404,
               "feature_not_found")
    expect(ledger.get(path), 200)
    only = unique("only")
    expect(ledger.put(f"/v1/features/{only}", {"credits": 1, "category": "rare"}), 200)
    rare = expect(ledger.get("/v1/features?category=rare"), 200)["data"]
    check([f["key"] for f in rare] == [only], f"{rare}")
    # a grant for one feature pays for that feature alone
    poor = ledger.account()
    expect(ledger.post(f"/v1/accounts/{poor}/grants", {"amount": 5, "features": [only]}), 201)
    expect(ledger.post(f"/v1/accounts/{poor}/deductions", {"amount": 1}), 402)
    expect(ledger.post(f"/v1/accounts/{poor}/deductions", {"feature": only}), 201)
    check(ledger.delete(path).status == 204, "delete")
    expect(ledger.get(path), 404, "feature_not_found")
    old = expect(ledger.get(f"/v1/transactions/{spent['id']}"), 200)
    check(old["lines"] == spent["lines"], "an old price is forgotten")
    for bad in ({}, {"credits": 0}, {"credits": -1}, {"credits": 1, "active": 1}, {"price": 1}):
        check(ledger.put(path, bad).status == 400, f"{bad}")


def quotes_and_dry_runs(ledger):
    account = ledger.account(10)
    at = f"/v1/accounts/{account}"
    quote = expect(ledger.client.call("POST", f"{at}/quotes", {"amount": 4}), 200)
    check((quote["required"], quote["available"], quote["sufficient"]) == (4, 10, True), quote)
    expect_fields(quote, "lines", "seq")
    check(expect(ledger.post(f"{at}/quotes", {"amount": 11}), 200)["sufficient"] is False, "quote")
    hold = expect(ledger.post(f"{at}/holds", {"amount": 2, "expires_in": "1h"}), 201)["id"]
    spent = expect(ledger.post(f"{at}/deductions", {"amount": 1}), 201)["id"]
    grant = expect(ledger.get(f"{at}/grants"), 200)["data"][0]["id"]
    before = ledger.balance(account)
    payment = {"provider": "p", "id": unique("pay"), "amount": 1, "currency": "USD"}
    dry = {"dry_run": True}
    for path, body, status in (
            (f"{at}/grants", {"amount": 5}, 201), (f"{at}/deductions", {"amount": 3}, 201),
            (f"{at}/deductions", {"amount": 99}, 402),
            (f"{at}/purchases", {"amount": 3, "payment": payment}, 201),
            (f"{at}/holds", {"amount": 3, "expires_in": "1m"}, 201),
            (f"/v1/holds/{hold}/captures", {"amount": 1}, 201),
            (f"/v1/holds/{hold}/extend", {"amount": 1}, 200), (f"/v1/holds/{hold}/release", {},
            200),
            (f"/v1/grants/{grant}/revoke", {"amount": 1}, 201),
            (f"/v1/deductions/{spent}/refunds", {}, 201),
            ("/v1/transfers", {"from": account, "to": ledger.account(), "amount": 1}, 201)):
        before = ledger.balance(account)
        expect(ledger.post(path, {**body, **dry}, "dry-key"), status)
        got = ledger.post(path, {**body, **dry}, "dry-key")
        check("idempotent-replayed" not in got.headers, f"{path}: a dry run is recorded")
        check(ledger.balance(account) == before, f"a dry run of {path} changed something")
    expect(ledger.post(f"{at}/grants", {"amount": 5}, "dry-key"), 201)


def independent_batches(ledger):
    account = ledger.account(10)
    items = [{"op": "account", "account": unique("of-batch")},
             {"op": "deduct", "account": account, "amount": 4},
             {"op": "deduct", "account": account, "amount": 40},
             {"op": "grant", "account": "none-such", "amount": 1},
             {"op": "grant", "account": account, "amount": 0},
             {"op": "unknown"},
             {"op": "grant", "account": account, "amount": 2, "idempotency_key": "item-key"},
             {"op": "hold", "account": account, "amount": 1, "expires_in": "1h"},
             "no object"]
    expected = [201, 201, 402, 404, 400, 400, 201, 201, 400]
    got = expect(ledger.post("/v1/batches", {"mode": "independent", "operations": items}, "b1"),
                 200)
    check([r["status"] for r in got["results"]] == expected, f"{got}")
    check(got["results"][3]["body"]["code"] == "account_not_found", f"{got}")
    check(ledger.balance(account)["balance"] == 8, "after a batch")
    again = expect(ledger.post("/v1/batches", {"operations": items}, "b1"), 200)["results"]
    check([r["status"] for r in again] == expected, f"a repeated batch: {again}")
    for index in (1, 2, 6, 7):
        check(again[index].get("replayed") is True, f"item {index} is no replay: {again[index]}")
        check(again[index]["body"] == got["results"][index]["body"], f"item {index} differs")
    check(ledger.balance(account)["balance"] == 8, "a repeated batch did something")
    # an item's key is the single call's key; without one it is <header key>/<index>
    expect(ledger.post(f"/v1/accounts/{account}/grants", {"amount": 2}, "item-key"), 201)
    expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 4}, "b1/1"), 201)
    check(ledger.balance(account)["balance"] == 8, "the keys of items are not those of calls")
    single = ledger.post(f"/v1/accounts/{account}/grants", {"amount": 1}, "b1")
    check("idempotent-replayed" not in expect_created(single).headers, "the header key is recorded")
    twice = [{"op": "grant", "account": account, "amount": 1, "idempotency_key": "same"}] * 2
    got = expect(ledger.post("/v1/batches", {"operations": twice}), 200)["results"]
    check([r["status"] for r in got] == [201, 201] and got[0]["body"] == got[1]["body"], f"{got}")
    check(ledger.balance(account)["balance"] == 10, "one key twice in a batch")
    other = [dict(twice[0], amount=2)]
    got = expect(ledger.post("/v1/batches", {"operations": other}), 200)["results"]
    check(got[0]["status"] == 422, f"{got}")
    expect(ledger.client.call("POST", "/v1/batches", {"operations": items}), 400,
           "idempotency_key_missing")
    for bad in ({}, {"operations": []}, {"operations": {}}, {"mode": "both", "operations": items},
                {"operations": items, "more": 1}):
        expect(ledger.post("/v1/batches", bad), 400, "invalid_request")
    many = [{"op": "deduct", "account": account, "amount": "0.000001"}] * 10000
    got = expect(ledger.post("/v1/batches", {"operations": many}), 200)
    check([r["status"] for r in got["results"]] == [201] * 10000, "10 000 operations")
    expect(ledger.post("/v1/batches", {"operations": many + many[:1]}), 400, "invalid_request")


def expect_created(answer):
    expect(answer, 201)
    return answer


def ndjson(ledger):
    account = ledger.account()
    line = json.dumps({"op": "grant", "account": account, "amount": 1})
    kind = {"Content-Type": "application/x-ndjson"}
    for body, status in ((f"{line}\n{line}\n", 200), (f"{line}\r\n\n{line}", 200), ("", 400),
                         (f"{line}\n{{", 400), (f"{line},{line}", 400),
                         (line.replace(", ", ",\n"), 400), (f"{line}],\"mode\":\"atomic\"\n", 400)):
        got = ledger.post("/v1/batches", body, headers=kind)
        check(got.status == status, f"{body!r}: {got}")
        check(status != 200 or [r["status"] for r in got.json()["results"]] == [201, 201], f"{got}")
    check(ledger.balance(account)["balance"] == 4, "lines")


def atomic_batches(ledger):
    account, other = ledger.account(10), ledger.account()
    items = [{"op": "deduct", "account": account, "amount": 4},
             {"op": "transfer", "from": account, "to": other, "amount": 3},
             {"op": "grant", "account": other, "amount": 1}]
    body = {"mode": "atomic", "operations": items}
    first = ledger.post("/v1/batches", body, "atomic")
    check([r["status"] for r in expect(first, 200)["results"]] == [201] * 3, f"{first}")
    again = ledger.post("/v1/batches", body, "atomic")
    check(again.body == first.body and again.headers["idempotent-replayed"] == "true", f"{again}")
    check((ledger.balance(account)["balance"], ledger.balance(other)["balance"]) == (3, 4), "")
    refused = {"mode": "atomic", "operations": items[2:] + items[:1]}
    answer = ledger.post("/v1/batches", refused, "refused")
    problem = expect(answer, 402, "insufficient_credits")
    check(problem["index"] == 1, f"index: {problem}")
    repeat = ledger.post("/v1/batches", refused, "refused")
    check(repeat.status == 402 and repeat.json()["index"] == 1, f"{repeat}")
    check(repeat.headers.get("idempotent-replayed") == "true", f"{repeat}")
    gone = [items[2], {"op": "grant", "account": "none-such", "amount": 1}]
    missing = expect(ledger.post("/v1/batches", {"mode": "atomic", "operations": gone}), 404,
                     "account_not_found")
    check(missing["index"] == 1, f"index: {missing}")
    for bad in ([dict(items[2], idempotency_key="k")], [dict(items[2], amount=0)],
                items[2:] * 1001, [dict(items[2], dry_run=True)]):
        got = ledger.post("/v1/batches", {"mode": "atomic", "operations": bad})
        check(got.status == 400, f"{got}")
    check((ledger.balance(account)["balance"], ledger.balance(other)["balance"]) == (3, 4), "")


def walk(ledger, path, insert):
    """All pages of a list, with `insert` called between them; returns the entries."""
    entries, pages = [], 0
    while path:
        answer = ledger.get(path)
        page = expect(answer, 200)
        expect_fields(page, "data", "has_more", "next_cursor", "seq")
        entries += page["data"]
        link = re.match(r'<(.*)>; rel="next"$', answer.headers.get("link", ""))
        check(bool(link) == page["has_more"] == (page["next_cursor"] is not None), f"{answer}")
        path = link.group(1) if link else None
        pages += 1
        insert()
    return entries, pages


def lists(ledger):
    account = ledger.account()
    at = f"/v1/accounts/{account}"
    made = [expect(ledger.post(f"{at}/grants", {"amount": n}), 201)["transaction"]
            for n in range(1, 26)]
    entries, pages = walk(ledger, f"{at}/transactions?limit=7",
                          lambda: ledger.post(f"{at}/grants", {"amount": 1}))
    ids = [e["id"].replace("grt", "txn") for e in entries]
    check(ids == made[::-1] and pages == 4, f"{len(ids)} entries on {pages} pages")
    check(len(expect(ledger.get(f"{at}/transactions"), 200)["data"]) == 20, "default limit")
    group = unique("list-")
    names = [f"{group}:{n:02}" for n in range(9)]
    for name in names:
        expect(ledger.put(f"/v1/accounts/{name}", {"labels": {"odd": "y"}, "parent": account}
                          if int(name[-1]) % 2 else {}), 201)
    late = iter(range(100))
    entries, pages = walk(ledger, f"/v1/accounts?prefix={group}:&limit=4",
                          lambda: ledger.put(f"/v1/accounts/{group}:00-{next(late)}", {}))
    check([e["account"] for e in entries] == names and pages == 3, f"{entries}")
    for query in ("label=odd", "label=odd:y", f"parent={account}"):
        found = expect(ledger.get(f"/v1/accounts?prefix={group}:0&{query}"), 200)["data"]
        check([e["account"] for e in found] == names[1::2], f"{query}: {found}")
    cursor = urllib.parse.quote(expect(ledger.get("/v1/accounts?limit=1"), 200)["next_cursor"])
    for bad in ("limit=0", "limit=101", "limit=x", "cursor=zzz", "none=1", "limit=1&limit=2"):
        for path in (f"{at}/transactions", "/v1/accounts", "/v1/features", "/v1/api-keys"):
            expect(ledger.get(f"{path}?{bad}"), 400, "invalid_request")
    expect(ledger.get(f"{at}/transactions?cursor={cursor}"), 400, "invalid_request")


def transactions(ledger):
    account = ledger.account(1000)
    at = f"/v1/accounts/{account}"
    kinds = unique("feature")
    expect(ledger.put(f"/v1/features/{kinds}", {"credits": 1}), 200)
    for n in range(6):
        expect(ledger.post(f"{at}/deductions", {
            "feature": kinds, "user": f"u{n % 2}", "model": f"m{n % 3}", "resource": f"r{n}",
            "description": '=1+1,"x"\n', "metadata": {"n": n}}), 201)
    middle = expect(ledger.post(f"{at}/grants", {"amount": 1}), 201)["created_at"]
    refused = expect(ledger.post(f"{at}/deductions", {"amount": 99999}), 402)
    check(refused["shortfall"] == 99999 - 995, f"{refused}")

    def count(query):
        return len(expect(ledger.get(f"{at}/transactions?{query}"), 200)["data"])

    for query, expected in (("type=deduction", 6), ("type=grant", 2), ("type=refusal", 1),
                            ("type=subscription", 0), (f"feature={kinds}", 6), ("user=u1", 3),
                            ("model=m2", 2), ("resource=r4", 1), ("user=u1&model=m1", 1),
                            (f"to={middle}", 7), (f"from={middle}", 2), ("type=hold", 0),
                            ("limit=4&page=1", 4), ("limit=4&page=3", 1), ("page=9", 0)):
        check(count(query) == expected, f"{query}: {count(query)}, not {expected}")
    for bad in ("type=x", "from=yesterday", "page=0", "to=2026"):
        expect(ledger.get(f"{at}/transactions?{bad}"), 400, "invalid_request")
    sheet = ledger.get(f"{at}/transactions", headers={"Accept": "text/csv"})
    check(sheet.headers["content-type"].startswith("text/csv"), f"{sheet}")
    rows = list(csv.DictReader(io.StringIO(sheet.body.decode(), newline="")))
    listed = expect(ledger.get(f"{at}/transactions?limit=100"), 200)["data"]
    check([r["seq"] for r in rows] == [str(e["seq"]) for e in listed], "CSV and JSON differ")
    check(all(r["description"][0] != "=" for r in rows if r["description"]), "a formula")
    one = listed[1]
    shown = expect(ledger.get(f"/v1/transactions/{one['id'].replace('grt', 'txn')}"), 200)
    check(shown == one, f"{shown} is listed as {one}")


def looking_back(ledger):
    account = ledger.account()
    at = f"/v1/accounts/{account}"
    first = expect(ledger.post(f"{at}/grants", {"amount": 10}), 201)
    second = expect(ledger.post(f"{at}/deductions", {"amount": 3}), 201)
    later = int(first["created_at"][:4]) + 4
    expect(ledger.post(f"{at}/grants", {"amount": 5, "expires_at": f"{later}-01-01T00:00:00Z"}),
           201)
    for moment, expected in ((first["seq"] - 1, 0), (first["seq"], 10), (second["seq"], 7),
                             (first["created_at"], 10), (second["created_at"], 7),
                             ("2001-01-01T00:00:00Z", 0), (f"{later - 1}-12-31T23:59:59Z", 12),
                             (f"{later}-01-01T00:00:00Z", 7), (10**15, 12),
                             (f"{later}-01-01T06:59:00+07:00", 12)):
        got = expect(ledger.get(f"{at}/balance?at={moment}"), 200)
        expect_fields(got, "account", "balance", "held", "available", "unlimited", "seq")
        check(got["balance"] == expected, f"at {moment}: {got}, not {expected}")
        grants = expect(ledger.get(f"{at}/grants?at={moment}"), 200)
        left = sum(grant["remaining"] for grant in grants["data"])
        check(left == expected and grants["seq"] == got["seq"], f"at {moment}: {grants}")
    for bad in ("at=", f"at={later + 8}-01-01T00:00:00Z", "at=-1", "at=0", "at=now", "at=1&at=2",
                "on=1", "at=99999999999999999999"):
        expect(ledger.get(f"{at}/balance?{bad}"), 400, "invalid_request")
        if bad.startswith("at="):
            expect(ledger.get(f"{at}/grants?{bad}"), 400, "invalid_request")
    got = expect(ledger.get(f"{at}/grants?what=1"), 200)  # a name that ends like it is another
    check(len(got["data"]) == 2, f"{got}")
    check(ledger.balance(account)["balance"] == 12, "a forecast changed something")


def looking_back_at_a_busy_account(ledger):
    """More entries than lie between two images; grants that are used up on the way."""
    account = ledger.account()
    at = f"/v1/accounts/{account}"
    grants = [expect(ledger.post(f"{at}/grants", {"amount": 100}), 201)["id"] for _ in range(3)]
    spent = []
    for _ in range(3):
        operations = [{"op": "deduct", "account": account, "amount": 1}] * 90
        batch = expect(ledger.post("/v1/batches", {"mode": "independent",
                                                   "operations": operations}), 200)
        spent += [result["body"]["seq"] for result in batch["results"]]
    for count in (0, 1, 89, 99, 100, 101, 150, 199, 200, 201, 269):
        seq = spent[count] - 1
        got = expect(ledger.get(f"{at}/grants?at={seq}"), 200)["data"]
        expected = {grant: min(100, 300 - count - 100 * later) for later, grant in
                    enumerate(reversed(grants))}
        expected = {grant: left for grant, left in expected.items() if left > 0}
        check({grant["id"]: grant["remaining"] for grant in got} == expected,
              f"before deduction {count}: {got}, not {expected}")


def refusal_limit(ledger):
    account = ledger.account(1)
    path = f"/v1/accounts/{account}/deductions"
    statuses = [ledger.post(path, {"amount": 5}, f"refusal-{n}").status for n in range(22)]
    check(statuses == [402] * 20 + [429] * 2, f"{statuses}")
    problem = ledger.post(path, {"amount": 5})
    expect(problem, 429, "refusal_limit")
    again = ledger.post(path, {"amount": 5}, "refusal-3")
    check(again.status == 402 and "idempotent-replayed" in again.headers, f"{again}")
    expect(ledger.post(path, {"amount": 1}, "refusal-21"), 201)  # 429 was not recorded


if __name__ == "__main__":
    run_sections([features, quotes_and_dry_runs, independent_batches, ndjson, atomic_batches, lists,
                  transactions, looking_back, looking_back_at_a_busy_account, refusal_limit])
