"""The contract of promotions, referrals, usage and members, on a ledger whose clock the test
moves."""

from collections import Counter
from decimal import Decimal
from urllib.parse import quote

from contract_kit import Ledger, check, expect, run_sections, unique
from contract_plans import pointers
from harness import replay

USD = {"amount": 900, "currency": "USD"}
SUMS = ("uses", "consumed", "refunded", "net", "waived", "refusals")


def promotion(ledger, **fields):
    code = unique("PROMO")
    expect(ledger.put(f"/v1/promotions/{code}", {"credits": 9, **fields}), 201)
    return code


def redeem(ledger, code, account, **more):
    return ledger.post(f"/v1/promotions/{code}/redeem", {"account": account}, **more)


def promotions(ledger):
    ledger.clock_to("2027-01-10T00:00:00Z")
    account, other = ledger.account(), ledger.account()
    code = promotion(ledger, expires_in="30d", priority=20, features=["image"], per_account_max=2,
                     redemptions_max=3)
    key = unique()
    first = redeem(ledger, code, account, key=key)
    made = expect(first, 201)
    check((made["type"], made["kind"], made["promotion"], made["amount"], made["available"]) ==
          ("grant", "promo", code, 9, 9), f"{made}")
    check((made["priority"], made["features"], made["expires_at"][:10]) ==
          (20, ["image"], "2027-02-09"), f"{made}")
    again = redeem(ledger, code, account, key=key)
    check((again.headers.get("idempotent-replayed"), again.body) == ("true", first.body), "replay")
    expect(redeem(ledger, code, other, key=key), 422, "idempotency_key_reused")
    expect(redeem(ledger, code, account), 201)
    expect(redeem(ledger, code, account), 409, "already_redeemed")
    expect(redeem(ledger, code, other), 201)
    expect(redeem(ledger, code, other), 422, "promotion_exhausted")
    check(pointers(ledger.post(f"/v1/promotions/{code}/redeem")) == {"#/account"}, "an account")
    expect(redeem(ledger, code, "nobody"), 404, "account_not_found")
    expect(redeem(ledger, "NONE", account), 404, "promotion_not_found")
    ledger.clock_to("2027-02-10T00:00:00Z")
    check(ledger.balance(account)["available"] == 0, "expired")


def promotions_in_time(ledger):
    account = ledger.account()
    code = promotion(ledger, starts_at="2027-03-01T00:00:00Z", ends_at="2027-03-31T00:00:00Z")
    expect(redeem(ledger, code, account), 422, "promotion_inactive")
    ledger.clock_to("2027-03-01T00:00:00Z")
    expect(redeem(ledger, code, account), 201)
    late = ledger.account()
    off = promotion(ledger, active=False)
    expect(redeem(ledger, off, late), 422, "promotion_inactive")
    ledger.clock_to("2027-03-31T00:00:00Z")
    expect(redeem(ledger, code, late), 422, "promotion_inactive")
    check(ledger.balance(late)["balance"] == 0, "refused")


def buy(ledger, account):
    payment = {"provider": "stripe", "id": unique("pay"), **USD}
    expect(ledger.post(f"/v1/accounts/{account}/purchases", {"amount": 50, "payment": payment}),
           201)


def referrals(ledger):
    referrer, referred, third = ledger.account(), ledger.account(), ledger.account()

    def refer(one, other, **more):
        return ledger.post("/v1/referrals", {"referrer": one, "referred": other}, **more)

    expect(refer(referrer, referred), 422, "promotion_inactive")
    catalog = expect(ledger.get("/v1/catalog"), 200)
    catalog.pop("price_book")
    catalog["settings"]["referral"] = {"referrer": 5, "referred": 3, "expires_in": "60d"}
    expect(ledger.put("/v1/catalog", catalog), 200)
    key = unique()
    first = refer(referrer, referred, key=key)
    made = expect(first, 201)
    check((made["account"], made["referrer"]) == (referred, referrer), f"{made}")
    again = refer(referrer, referred, key=key)
    check((again.headers.get("idempotent-replayed"), again.body) == ("true", first.body), "replay")
    expect(refer(third, referred), 409, "already_redeemed")
    expect(refer(referred, referrer), 409, "already_redeemed")
    check("#/referred" in pointers(refer(third, third)), "oneself")
    check(pointers(ledger.post("/v1/referrals")) == {"#/referrer", "#/referred"}, "both")
    expect(refer(third, "nobody"), 404, "account_not_found")
    check([ledger.balance(a)["balance"] for a in (referrer, referred)] == [0, 0], "not yet")
    expect(ledger.post(f"/v1/accounts/{referred}/grants", {"amount": 1}), 201)
    check(ledger.balance(referrer)["balance"] == 0, "a grant is no purchase")
    for _ in range(2):
        buy(ledger, referred)
        check(ledger.balance(referrer)["balance"] == 5, "once")
    check(ledger.balance(referred)["balance"] == 104, "bought, granted and given")
    given = {}
    for account in (referrer, referred):
        grant, = [g for g in ledger.transactions(account, "grant") if g["kind"] == "referral"]
        given[account] = (grant["amount"], grant.get("referred"), grant.get("referrer"))
    check(given == {referrer: (5, referred, None), referred: (3, None, referrer)}, f"{given}")
    buy(ledger, third)
    expect(refer(referrer, third), 409, "already_redeemed")


def usage(ledger, account, *groups, **filters):
    """The rows as {groups: sums}, the answer's total being theirs."""
    query = "&".join(f"{name.rstrip('_')}={quote(value)}" for name, value in filters.items())
    got = expect(ledger.get(f"/v1/accounts/{account}/usage?group_by={','.join(groups)}&{query}"),
                 200)
    for name in SUMS:
        total = sum(Decimal(str(row[name])) for row in got["data"])
        check(total == Decimal(str(got["total"][name])), f"{name}: {got}")
    keys = [tuple(row[group] for group in groups) for row in got["data"]]
    check(len(keys) == len(set(keys)), f"a row twice: {keys}")
    return dict(zip(keys, ({name: row[name] for name in SUMS} for row in got["data"])))


def consumed(rows):
    return {key: row["consumed"] for key, row in rows.items() if row["consumed"]}


USES = (("2028-01-31T16:59:59Z", 1, "image", "ada", "m1"),
        ("2028-01-31T17:00:00Z", 2, "image", "eve", "m1"),
        ("2028-02-01T02:30:00Z", 4, "video", "ada", "m2"),
        ("2028-02-01T03:00:00Z", 8, "video", "eve", "m1"),
        ("2028-02-29T23:59:59Z", 16, "image", "ada", "m2"))


def used(ledger):
    for feature in ("image", "video"):
        expect(ledger.put(f"/v1/features/{feature}", {"credits": 1}), 200)
    ledger.clock_to("2028-01-01T00:00:00Z")
    account = ledger.account(1000)
    for moment, quantity, feature, user, model in USES:
        ledger.clock_to(moment)
        body = {"feature": feature, "quantity": quantity, "user": user, "model": model}
        expect(ledger.post(f"/v1/accounts/{account}/deductions", body), 201)
    return account


def usage_and_members(ledger):
    account = used(ledger)

    def sums(*groups, **filters):
        return consumed(usage(ledger, account, *groups, **filters))

    def in_zone(*groups, tz):
        return sums(*groups, tz=tz)

    check(sums("feature") == {("image",): 19, ("video",): 12}, f"{sums('feature')}")
    check(sums("user") == {("ada",): 21, ("eve",): 10}, f"{sums('user')}")
    check(sums("model") == {("m1",): 11, ("m2",): 20}, f"{sums('model')}")
    check(sums("user", "feature") == {("ada", "image"): 17, ("ada", "video"): 4,
                                      ("eve", "image"): 2, ("eve", "video"): 8}, "two groups")
    check(sums("month") == {("2028-01",): 3, ("2028-02",): 28}, "UTC")
    check(in_zone("month", tz="+07:00") == {("2028-01",): 1, ("2028-02",): 14, ("2028-03",): 16},
          "east")
    check(in_zone("month", tz="-03:00") == {("2028-01",): 7, ("2028-02",): 24}, "west")
    check(in_zone("day", tz="-03:00") == {("2028-01-31",): 7, ("2028-02-01",): 8,
                                          ("2028-02-29",): 16}, "days")
    check(in_zone("hour", tz="+07:00") == {
        ("2028-01-31T23:00:00+07:00",): 1, ("2028-02-01T00:00:00+07:00",): 2,
        ("2028-02-01T09:00:00+07:00",): 4, ("2028-02-01T10:00:00+07:00",): 8,
        ("2028-03-01T06:00:00+07:00",): 16}, "hours")
    check(in_zone("day", "user", tz="Z")["2028-02-01", "eve"] == 8, "time and name")
    check(sums("user", feature="video", model="m1") == {("eve",): 8}, "only these")
    check(sums("feature", from_="2028-02-01T00:00:00Z", to="2028-02-29T23:00:00Z") ==
          {("video",): 12}, "from is inclusive, to is not")
    check(list(usage(ledger, account)) == [()], "one row without groups")
    at = f"/v1/accounts/{account}/usage"
    plain = expect(ledger.get(f"{at}?group_by=month&tz=+07:00"), 200)
    check((plain["tz"], len(plain["data"])) == ("+07:00", 3), f"without %2B: {plain}")
    for tz in ("+05:30", "Europe/Berlin", "+15:00", "-13:00", "7"):
        expect(ledger.get(f"{at}?tz={quote(tz)}"), 422, "tz_invalid")
    for query, name in (("group_by=day,day", "group_by"), ("group_by=colour", "group_by"),
                        ("group_by=day,user,model", "group_by"), ("from=soon", "from"),
                        ("by=day", "by")):
        check(pointers(ledger.get(f"{at}?{query}")) == {f"#/query/{name}"}, query)
    expect(ledger.get("/v1/accounts/nobody/usage"), 404, "account_not_found")
    members = expect(ledger.get(f"/v1/accounts/{account}/members"), 200)
    check([(m["user"], m["uses"], m["consumed"]) for m in members["data"]] ==
          [("ada", 3, 21), ("eve", 2, 10)], f"{members}")
    check(members["total"]["net"] == 31, f"{members}")
    expect(ledger.get("/v1/accounts/nobody/members"), 404, "account_not_found")


def what_counts(ledger):
    account = ledger.account(10)
    at = f"/v1/accounts/{account}"
    body = {"feature": "image", "quantity": 4, "user": "ada"}
    taken = expect(ledger.post(f"{at}/deductions", body), 201)
    row = {"uses": 1, "consumed": 4, "refunded": 0, "net": 4, "waived": 0, "refusals": 0}
    check(usage(ledger, account, "feature") == {("image",): row}, "right after the write")
    expect(ledger.post(f"/v1/deductions/{taken['id']}/refunds", {"amount": 1}), 201)
    row.update(refunded=1, net=3)
    check(usage(ledger, account, "feature", "user") == {("image", "ada"): row}, "a refund")
    expect(ledger.post(f"{at}/deductions", {**body, "quantity": 40}), 402, "insufficient_credits")
    check(usage(ledger, account, "feature")["image",]["refusals"] == 1, "a refusal")
    hold = expect(ledger.post(f"{at}/holds", {"amount": 5, "user": "eve", "expires_in": "1h"}), 201)
    check(usage(ledger, account, "feature")["image",]["uses"] == 1, "a hold is no use yet")
    expect(ledger.post(f"/v1/holds/{hold['id']}/captures", {"amount": 2, "final": True}), 201)
    check(usage(ledger, account, "user")["eve",]["consumed"] == 2, "a capture is")
    expect(ledger.post(f"{at}/deductions", {"amount": 99, "allow_partial": True}), 201)
    check(usage(ledger, account)[()]["consumed"] == 11, "of a partial one, what was taken")
    expect(ledger.post(f"{at}/deductions", {"amount": 1, "dry_run": True}), 402)
    totals = expect(ledger.get(at), 200)["totals"]
    shown = usage(ledger, account)[()]
    check((shown["consumed"], shown["refunded"], shown["refusals"]) ==
          (totals["consumed"], totals["refunded"], 1), f"{shown} {totals}")


def usage_of_many(ledger):
    account = ledger.account(100000)
    expected = Counter()
    for batch in range(4):
        operations = []
        for n in range(1000):
            user, feature = f"user-{n % 7}", ("image", "video")[n % 2]
            operations.append({"op": "deduct", "account": account, "feature": feature,
                               "user": user, "quantity": n % 5 + 1})
            expected[feature, user] += n % 5 + 1
        expect(ledger.post("/v1/batches", {"mode": "atomic", "operations": operations}), 200)
        ledger.advance("40m")
        check(consumed(usage(ledger, account, "feature", "user")) == expected, f"batch {batch}")
    asked = [("feature", "user"), ("hour", "user"), ("day", "feature"), ("model",)]
    before = [usage(ledger, account, *groups) for groups in asked]
    daemon = ledger.daemon
    for end in (daemon.kill, daemon.stop):
        end()
        daemon.start()
        ledger = Ledger(daemon)
        check([usage(ledger, account, *groups) for groups in asked] == before, end.__name__)
    daemon.stop()
    code, out, err = replay(daemon.bin, "verify", daemon.data)
    check(code == 0, f"verify: {out} {err}")
    daemon.start()


if __name__ == "__main__":
    run_sections([promotions, promotions_in_time, referrals, usage_and_members, what_counts,
                  usage_of_many], words=("--test-clock",))
