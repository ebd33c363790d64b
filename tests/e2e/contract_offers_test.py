"""The contract of offers: plans, packages, promotions, changes of features, the public price list,
whole catalogs, packages that are bought, and what a new account is given."""

from contract_kit import Ledger, check, expect, expect_fields, run_sections, unique
from harness import replay

USD = {"amount": 900, "currency": "USD"}
TOML = {"Content-Type": "application/toml"}

KINDS = (("plans", "id", "plan_not_found",
          {"credits": 500, "prices": [{"interval": "month", "amount": 2900, "currency": "USD"}]},
          ({"credits": -1}, "#/credits"), ({"credits": 5, "rollover": "capped"}, "#/rollover_max")),
         ("packages", "id", "package_not_found", {"credits": 100, "bonus": 5, "price": USD},
          ({"credits": 100}, "#/price"), ({"credits": 0, "price": USD}, "#/credits")),
         ("promotions", "code", "promotion_not_found", {"credits": 10, "redemptions_max": 3},
          ({"credits": "x"}, "#/credits"),
          ({"credits": 1, "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2029-01-01T00:00:00Z"},
           "#/ends_at")))


def pointers(answer):
    check(answer.status == 400, f"{answer}")
    return [error["pointer"] for error in answer.json().get("errors", [])]


def made_and_read(ledger):
    for kind, name, missing, body, *wrong in KINDS:
        thing = unique("offer")
        path = f"/v1/{kind}/{thing}"
        for call in (ledger.get, ledger.delete):
            expect(call(path), 404, missing)
        made = expect(ledger.put(path, body), 201)
        expect_fields(made, name, "active", "updated_at", "seq")
        changed = expect(ledger.put(path, {**body, "description": "again", "active": False}), 200)
        check(changed["description"] == "again" and changed["seq"] > made["seq"], f"{changed}")
        shown = expect(ledger.get(path), 200)
        check(shown[name] == thing and shown["active"] is False, f"{shown}")
        check(shown["credits"] == body["credits"] and "created_at" in shown, f"{shown}")
        for bad, pointer in wrong:
            check(pointer in pointers(ledger.put(path, bad)), f"{kind}: {bad}")
        check("#/none" in pointers(ledger.put(path, {**body, "none": 1})), "an unknown field")
        check(f"#/{name}" in pointers(ledger.put(path, {**body, name: "other"})), "another id")
        check(ledger.put(f"/v1/{kind}/-", body).status == 400, "an id that is none")
        check(ledger.delete(path).status == 204, "deleted")
        expect(ledger.get(path), 404, missing)
        check(expect(ledger.put(path, body), 201)["active"] is True, "made again")


def listed(ledger):
    for kind, name, _, body, *_ in KINDS:
        names = [unique("list") for _ in range(5)]
        for thing in names:
            expect(ledger.put(f"/v1/{kind}/{thing}", body), 201)
        found, cursor = [], ""
        while cursor is not None:
            page = expect(ledger.get(f"/v1/{kind}?limit=2{cursor}"), 200)
            check(len(page["data"]) <= 2, f"{page}")
            found += [entry[name] for entry in page["data"]]
            cursor = f"&cursor={page['next_cursor']}" if page["has_more"] else None
        check(len(found) == len(set(found)) and set(names) <= set(found), f"{kind}: {found}")
        check(ledger.get(f"/v1/{kind}?limit=0").status == 400, "limit 0")


def scopes(ledger):
    reader = ledger.with_key(ledger.key("ledger:read")["secret"])
    expect(reader.get("/v1/plans"), 200)
    expect(reader.get("/v1/catalog"), 200)
    for path, body in (("/v1/plans/p", {"credits": 1}), ("/v1/catalog", {})):
        expect(reader.put(path, body), 403, "insufficient_scope")
    nobody = ledger.with_key(None)
    expect(nobody.get("/v1/plans"), 401, "unauthorized")
    expect(nobody.put("/v1/catalog", {}), 401, "unauthorized")


def features_are_changed(ledger):
    path = f"/v1/features/{unique('feature')}"
    expect(ledger.patch(path, {"credits": 2}), 404, "feature_not_found")
    expect(ledger.put(path, {"credits": 1, "name": "One", "category": "c"}), 200)
    changed = expect(ledger.patch(path, {"credits": 2.5}), 200)
    check((changed["credits"], changed["name"], changed["category"]) == (2.5, "One", "c"),
          f"{changed}")
    off = expect(ledger.patch(path, {"active": False}), 200)
    check(off["credits"] == 2.5 and off["active"] is False, f"{off}")
    check(off["price_book"] > changed["price_book"], "each change has its version")
    ruled = expect(ledger.patch(path, {"price": {"per": [{"credits": 1, "unit": "s"}]}}), 200)
    check(ruled["credits"] is None and ruled["active"] is False, f"{ruled}")
    check("#/credits" in pointers(ledger.patch(path, {"credits": -1})), "a negative price")


def prices_are_public(ledger):
    feature = unique("public")
    expect(ledger.put(f"/v1/features/{feature}", {"credits": 3, "description": "three"}), 200)
    nobody = ledger.with_key(None)
    prices = expect(nobody.get("/v1/pricing"), 200)
    expect_fields(prices, "features", "plans", "packages", "price_book", "seq")
    check(feature in [entry["key"] for entry in prices["features"]], f"{prices}")
    one = expect(nobody.get(f"/v1/pricing?key={feature}"), 200)
    check([(e["credits"], e["description"]) for e in one["features"]] == [(3, "three")], f"{one}")
    expect(nobody.get("/v1/pricing?key=nothing"), 404, "feature_not_found")
    expect(ledger.patch(f"/v1/features/{feature}", {"active": False}), 200)
    expect(nobody.get(f"/v1/pricing?key={feature}"), 404, "feature_not_found")
    catalog = expect(ledger.get("/v1/catalog"), 200)
    catalog.pop("price_book")
    private = {**catalog, "settings": {**catalog["settings"], "pricing": "private"}}
    expect(ledger.put("/v1/catalog", private), 200)
    expect(nobody.get("/v1/pricing"), 401, "unauthorized")
    expect(ledger.get("/v1/pricing"), 200)
    expect(ledger.put("/v1/catalog", catalog), 200)


SHOP = """
# A shop.
[settings]
top_up_url = "https://shop.example/credits"
signup = { credits = 6, expires_in = "30d" }

[[features]]
key = "image"
credits = 1.5

[[features]]
key = "audio"
name = "Audio"
price = { per = [{ credits = 1, unit = "seconds", step = 15, round = "up" }] }

[[packages]]
id = "p100"
credits = 100
bonus = 5
bonus_expires_in = "7d"
price = { amount = 900, currency = "USD" }

[[packages]]
id = "p50"
credits = 50
price = { amount = 500, currency = "USD" }
"""


def put_toml(ledger, text):
    return ledger.client.call("PUT", "/v1/catalog", text.encode(), headers=TOML)


def catalogs_are_replaced(ledger):
    first = expect(put_toml(ledger, SHOP), 200)
    check(first["changes"] > 0, f"{first}")
    again = expect(put_toml(ledger, SHOP), 200)
    check((again["changes"], again["seq"], again["price_book"]) ==
          (0, first["seq"], first["price_book"]), f"the same again wrote something: {again}")
    shown = expect(ledger.get("/v1/catalog"), 200)
    check([f["key"] for f in shown["features"]] == ["audio", "image"], f"{shown}")
    check(shown["plans"] == [] and shown["promotions"] == [], "what is absent is removed")
    check(shown["settings"]["signup"] == {"credits": 6, "expires_in": "30d"}, f"{shown}")
    back = expect(ledger.put("/v1/catalog", shown), 200)
    check((back["changes"], back["seq"]) == (0, first["seq"]), f"no round trip: {back}")
    one = expect(put_toml(ledger, SHOP.replace("credits = 1.5", "credits = 2")), 200)
    check((one["changes"], one["price_book"]) == (1, first["price_book"] + 1), f"{one}")
    expect(ledger.put("/v1/catalog", shown), 412, "version_mismatch")
    check(expect(ledger.get("/v1/features/image"), 200)["credits"] == 2, "412 changed something")
    shown.pop("price_book")
    check(expect(ledger.put("/v1/catalog", shown), 200)["changes"] == 1, "without a version")


def catalogs_that_are_wrong(ledger):
    expect(put_toml(ledger, SHOP), 200)
    before = expect(ledger.get("/v1/catalog"), 200)
    for old, new, pointer, line in (
            ("credits = 1.5", "credits = -1", "#/features/0/credits", 9),
            ('unit = "seconds"', 'unt = "seconds"', "#/features/1/price/per/0/unt", 14),
            ("bonus = 5", 'bonus = "x"', "#/packages/0/bonus", 19),
            ("[settings]", "colour = 1\n[settings]", "#/colour", 3),
            ('"p50"', '"p100"', "#/packages/1/id", 24),
            ("[[features]]", "[[features]", "#", 7)):
        answer = put_toml(ledger, SHOP.replace(old, new, 1))
        check(answer.status == 400, f"{new}: {answer}")
        details = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
        check(pointer in details, f"{new}: {details}")
        check(f"(line {line})" in details[pointer], f"{new}: {details}")
    check("#/features/0/key" in pointers(ledger.put("/v1/catalog", {"features": [{"credits": 1}]})),
          "JSON")
    check(expect(ledger.get("/v1/catalog"), 200) == before, "a wrong catalog changed something")


def packages_are_bought(ledger):
    expect(put_toml(ledger, SHOP.replace("signup", "#")), 200)
    account = ledger.account()
    at = f"/v1/accounts/{account}/purchases"
    payment = {"provider": "stripe", "id": unique("pay"), **USD}
    bought = expect(ledger.post(at, {"package": "p100", "payment": payment}), 201)
    check((bought["amount"], bought["delta"], bought["available"]) == (100, 105, 105), f"{bought}")
    check((bought["package"], bought["bonus"]["amount"]) == ("p100", 5), f"{bought}")
    check(bought["bonus"]["grant"] == bought["grant"] + "_1", f"{bought}")
    again = expect(ledger.post(at, {"package": "p100", "payment": payment}), 200)
    check(again.pop("duplicate") is True and again == bought, f"{again}")
    expect(ledger.post(at, {"package": "p50", "payment": payment}), 409, "payment_conflict")
    expect(ledger.post(at, {"amount": 100, "payment": payment}), 409, "payment_conflict")
    cheap = {**payment, "id": unique("pay"), "amount": 899}
    check("#/payment/amount" in pointers(ledger.post(at, {"package": "p100", "payment": cheap})),
          "another price")
    expect(ledger.post(at, {"package": "p1", "payment": cheap}), 404, "package_not_found")
    check(ledger.post(at, {"package": "p100", "amount": 1, "payment": cheap}).status == 400, "both")
    grants = expect(ledger.get(f"/v1/accounts/{account}/grants"), 200)["data"]
    kinds = {grant["id"]: (grant["kind"], grant["remaining"]) for grant in grants}
    check(kinds == {bought["grant"]: ("purchase", 100), bought["bonus"]["grant"]: ("bonus", 5)},
          f"{kinds}")
    taken = expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 103}), 201)
    check(taken["burned"][0] == {"grant": bought["bonus"]["grant"], "amount": 5}, f"{taken}")
    back = expect(ledger.post(f"/v1/deductions/{taken['id']}/refunds"), 201)
    check(back["available"] == 105, f"{back}")
    gone = expect(ledger.post(f"/v1/grants/{bought['bonus']['grant']}/revoke"), 201)
    check(gone["available"] == 100, f"{gone}")
    expect(ledger.put("/v1/packages/p100", {"credits": 1, "price": USD, "active": False}), 200)
    later = {**payment, "id": unique("pay")}
    expect(ledger.post(at, {"package": "p100", "payment": later}), 404, "package_not_found")
    check(expect(ledger.post(at, {"package": "p100", "payment": payment}), 200)["duplicate"],
          "a payment is known though its package has changed")


def new_accounts_are_given_credits(ledger):
    expect(put_toml(ledger, SHOP), 200)
    name = unique("new")
    body = {"name": "Ada", "metadata": {"a": 1}}
    made = expect(ledger.put(f"/v1/accounts/{name}", body), 201)
    check(made["balance"] == {"before": 0, "after": 6} and made["available"] == 6, f"{made}")
    check((made["name"], made["metadata"]) == ("Ada", {"a": 1}), f"{made}")
    check(expect(ledger.put(f"/v1/accounts/{name}", {}), 200)["available"] == 6, "once")
    listed_ = expect(ledger.get(f"/v1/accounts/{name}/transactions"), 200)["data"]
    check([(t["type"], t["kind"], t["amount"], t["metadata"]) for t in listed_] ==
          [("grant", "signup", 6, None)], f"{listed_}")
    batch = {"mode": "atomic", "operations": [
        {"op": "account", "account": name + "-2"},
        {"op": "grant", "account": name + "-2", "amount": 1, "kind": "signup"},
        {"op": "deduct", "account": name + "-2", "amount": 7}]}
    key = unique()
    done = expect(ledger.post("/v1/batches", batch, key=key), 200)
    check([r["status"] for r in done["results"]] == [201, 201, 201], f"{done}")
    check([r["body"]["available"] for r in done["results"]] == [6, 7, 0], f"{done}")
    check(expect(ledger.post("/v1/batches", batch, key=key), 200) == done, "the same again")
    alone = expect(ledger.post("/v1/batches", {"mode": "independent", "operations": [
        {"op": "account", "account": name + "-3"}]}), 200)
    check([r["body"]["available"] for r in alone["results"]] == [6], f"{alone}")
    expect(put_toml(ledger, SHOP.replace("signup", "#")), 200)
    none = expect(ledger.put(f"/v1/accounts/{name}-4", {}), 201)
    check(none["available"] == 0, f"{none}")


def custom_amounts(ledger):
    custom = '[settings.custom]\nmin = 10\nmax = 20\nper = 1\nprice = { amount = 5, ' \
             'currency = "USD" }\n'
    expect(put_toml(ledger, custom), 200)
    account = ledger.account()
    for amount, minor, status, code in (
            (9, 45, 400, "amount_range"), (10, 50, 201, None), (10.5, 55, 201, None),
            (20, 100, 201, None), (21, 105, 400, "amount_range"), (20, 1, 400, "invalid_request"),
            (10.5, 52, 400, "invalid_request")):
        payment = {"provider": "bank", "id": unique("pay"), "amount": minor, "currency": "USD"}
        expect(ledger.post(f"/v1/accounts/{account}/purchases",
                           {"amount": amount, "payment": payment}), status, code)


def everything_survives_a_restart(ledger):
    expect(put_toml(ledger, SHOP), 200)
    account = ledger.account()
    payment = {"provider": "stripe", "id": unique("pay"), **USD}
    bought = expect(ledger.post(f"/v1/accounts/{account}/purchases",
                                {"package": "p100", "payment": payment}), 201)
    before = expect(ledger.get("/v1/catalog"), 200)
    daemon = ledger.daemon
    check(daemon.stop() == 0, "stopped")
    code, out, err = replay(daemon.bin, "verify", daemon.data)
    check(code == 0, f"verify: {out} {err}")
    code, out, err = replay(daemon.bin, "export", daemon.data, "--format", "jsonl")
    check(code == 0, f"export: {err}")
    for text in ('"p100"', '"offer_set"', '"offer_removed"', '"bonus_terms"'):
        check(text in out, f"the export has no {text}")
    daemon.start()
    ledger = Ledger(daemon)
    check(expect(ledger.get("/v1/catalog"), 200)["packages"] == before["packages"], "catalog")
    shown = expect(ledger.get(f"/v1/transactions/txn_{bought['seq']}"), 200)
    check(shown["bonus"] == bought["bonus"], f"{shown}")
    check(expect(put_toml(ledger, SHOP), 200)["changes"] == 0, "the same catalog")
    check(expect(ledger.get(f"/v1/accounts/{account}/balance"), 200)["available"] == 111, "balance")


if __name__ == "__main__":
    run_sections([made_and_read, listed, scopes, features_are_changed, prices_are_public,
                  catalogs_are_replaced, catalogs_that_are_wrong, packages_are_bought,
                  new_accounts_are_given_credits, custom_amounts, everything_survives_a_restart])
