"""The contract of what plans do beyond the calendar: a payment provider's renewals, unlimited
plans, what a new account is given; the clock for tests; restarts, and the auditor's agreement."""

import json

from contract_kit import Ledger, check, expect, run_sections, unique
from contract_plans import available, current, path, periods, plan, pointers, subscribed
from harness import Daemon, replay

FEATURES = ("image", "video")


def provider_renews(ledger):
    ledger.clock_to("2027-01-31T10:00:00Z")
    paid = plan(ledger, grace_days=3)
    account = ledger.account()
    began = {"plan": paid, "source": "provider", "period_end": "2027-03-01T00:00:00Z"}
    check(pointers(ledger.put(path(account), {**began, "period_end": "2027-01-01T00:00:00Z"})),
          "a period that is over")
    made = expect(ledger.put(path(account), began), 201)
    check(made["subscription"]["period_end"] == "2027-03-01T00:00:00.000000Z", f"{made}")
    check(made["expires_at"] == "2027-03-04T00:00:00.000000Z", f"lasts for the grace: {made}")
    bill = {"period_end": "2027-04-01T00:00:00Z"}
    key = unique()
    first = ledger.post(path(account, "renew"), bill, key=key)
    renewed = expect(first, 200)
    check((renewed["step"], renewed["amount"]) == ("renewed", 100), f"{renewed}")
    check(renewed["subscription"]["period_end"].startswith("2027-04-01"), f"{renewed}")
    again = ledger.post(path(account, "renew"), bill, key=key)
    check((again.headers.get("idempotent-replayed"), again.body) == ("true", first.body), "replay")
    expect(ledger.post(path(account, "renew"), {}, key=key), 422, "idempotency_key_reused")
    told = expect(ledger.post(path(account, "renew"), bill), 200)
    check(told["subscription"] == renewed["subscription"], f"told twice: {told}")
    check(len(periods(ledger, account)) == 2, "a period is granted once")
    ledger.clock_to("2027-04-01T00:00:01Z")
    late = current(ledger, account)
    check((late["status"], late["grace_until"]) ==
          ("past_due", "2027-04-04T00:00:00.000000Z"), f"the clock renewed: {late}")
    check(available(ledger, account) == 100, "the days of grace")
    expect(ledger.post(path(account, "renew"), {}), 200)
    check((current(ledger, account)["status"], available(ledger, account)) == ("active", 100), "")
    ledger.clock_to("2027-05-10T00:00:00Z")
    check((current(ledger, account)["status"], available(ledger, account)) == ("canceled", 0), "")
    check([p[0] for p in periods(ledger, account)] ==
          ["started", "renewed", "past_due", "renewed", "past_due", "canceled"], "steps")
    expect(ledger.post(path(account, "renew"), {}), 404, "subscription_not_found")


def provider_reports_a_failure(ledger):
    ledger.clock_to("2028-01-10T00:00:00Z")
    patient, strict = plan(ledger, grace_days=5), plan(ledger)
    first = subscribed(ledger, patient, source="provider")
    due = expect(ledger.post(path(first, "past-due")), 200)
    check((due["step"], due["subscription"]["status"]) == ("past_due", "past_due"), f"{due}")
    check(due["subscription"]["grace_until"].startswith("2028-02-15"), f"{due}")
    again = expect(ledger.post(path(first, "past-due")), 200)
    check(again["subscription"] == due["subscription"], f"once: {again}")
    end = due["subscription"]["period_end"]
    paid = expect(ledger.post(path(first, "renew"), {"period_end": end}), 200)
    check((paid["step"], paid["amount"], paid["subscription"]["status"]) ==
          ("resumed", 0, "active"), f"{paid}")
    told = expect(ledger.post(path(subscribed(ledger, strict, source="provider"), "past-due")),
                  200)
    check((told["step"], told["subscription"]["grace_until"][:10]) == ("past_due", "2028-02-10"),
          f"what is paid for ended early: {told}")
    calendar = subscribed(ledger, strict)
    for step in ("renew", "past-due"):
        expect(ledger.post(path(calendar, step)), 422, "subscription_source")
    expect(ledger.post(path(ledger.account(), "renew")), 404, "subscription_not_found")


def deduct(ledger, account, **body):
    return expect(ledger.post(f"/v1/accounts/{account}/deductions", body), 201)


def unlimited(ledger):
    ledger.clock_to("2029-01-01T00:00:00Z")
    for feature in FEATURES:
        expect(ledger.put(f"/v1/features/{feature}", {"credits": 7}), 200)
    everything = plan(ledger, unlimited=True, credits=0)
    account = ledger.account(10)
    paid = deduct(ledger, account, feature="image", user="ada")
    check(paid["amount"] == 7 and "waived" not in paid, f"{paid}")
    expect(ledger.post(f"/v1/accounts/{account}/deductions", {"feature": "image"}), 402,
           "insufficient_credits")
    expect(ledger.put(path(account), {"plan": everything}), 201)
    free = deduct(ledger, account, feature="image", user="ada", quantity=100)
    check((free["amount"], free["waived"], free["burned"], free["delta"]) == (0, 700, [], 0),
          f"{free}")
    check((sum(line["amount"] for line in free["lines"]), free["available"]) == (700, 3), f"{free}")
    for shown in (ledger.balance(account), expect(ledger.get(f"/v1/accounts/{account}"), 200)):
        check((shown["unlimited"], shown["balance"]) == (True, 3), f"{shown}")
    quote = expect(ledger.post(f"/v1/accounts/{account}/quotes", {"amount": 999}), 200)
    check((quote["required"], quote["waived"], quote["sufficient"]) == (0, 999, True), f"{quote}")
    hold = expect(ledger.post(f"/v1/accounts/{account}/holds",
                              {"feature": "video", "expires_in": "1h"}), 201)
    check((hold["amount"], hold["waived"]) == (0, 7), f"{hold}")
    taken = expect(ledger.post(f"/v1/holds/{hold['id']}/captures", {"final": True}), 201)
    check((taken["amount"], taken["waived"]) == (0, 7), f"{taken}")
    used = expect(ledger.get(f"/v1/accounts/{account}/usage?group_by=feature"), 200)
    rows = {row["feature"]: (row["uses"], row["consumed"], row["waived"]) for row in used["data"]}
    check(rows == {"image": (2, 7, 700), "video": (1, 0, 7)}, f"{used}")
    check(used["total"]["refusals"] == 1, f"{used}")
    expect(ledger.post(f"/v1/deductions/{free['id']}/refunds"), 422, "not_refundable")
    expect(ledger.post(path(account, "cancel"), {}), 200)
    expect(ledger.post(f"/v1/accounts/{account}/deductions", {"feature": "image"}), 402,
           "insufficient_credits")
    check(ledger.balance(account)["unlimited"] is False, "the plan has ended")


def unlimited_for_some(ledger):
    some = plan(ledger, unlimited=True, credits=0, features=["image"])
    account = subscribed(ledger, some)
    check(deduct(ledger, account, feature="image")["waived"] == 7, "of the plan")
    for body in ({"feature": "video"}, {"amount": 1}):
        quote = expect(ledger.post(f"/v1/accounts/{account}/quotes", body), 200)
        check(quote["required"] > 0 and not quote["sufficient"], f"{quote}")
        expect(ledger.post(f"/v1/accounts/{account}/deductions", body), 402,
               "insufficient_credits")
    check(ledger.balance(account)["unlimited"] is False, "not everything is free")
    ledger.advance("32d")
    check(deduct(ledger, account, feature="image")["waived"] == 7, "of the next month")
    expect(ledger.post(path(account, "cancel"), {"at_period_end": True}), 200)
    check(deduct(ledger, account, feature="image")["waived"] == 7, "until the end")
    ledger.advance("31d")
    expect(ledger.post(f"/v1/accounts/{account}/deductions", {"feature": "image"}), 402,
           "insufficient_credits")


def what_a_new_account_is_given(ledger):
    free = plan(ledger, credits=60, prices=[])
    catalog = expect(ledger.get("/v1/catalog"), 200)
    catalog.pop("price_book")
    signup = {"credits": 6, "expires_in": "7d", "plan": free}
    given = {**catalog, "settings": {**catalog["settings"], "signup": signup}}
    expect(ledger.put("/v1/catalog", given), 200)
    unknown = {**catalog, "settings": {"signup": {"plan": "none"}}}
    check(pointers(ledger.put("/v1/catalog", unknown)) == {"#/settings/signup"}, "no such plan")
    account = unique("new")
    made = expect(ledger.put(f"/v1/accounts/{account}", {}), 201)
    check((made["balance"]["after"], made["available"]) == (66, 66), f"{made}")
    check(expect(ledger.put(f"/v1/accounts/{account}", {}), 200)["available"] == 66, "once")
    check(current(ledger, account)["plan"] == free, "the plan of a new account")
    shown = expect(ledger.get(f"/v1/accounts/{account}"), 200)
    check({g["kind"]: g["remaining"] for g in shown["grants"]} == {"signup": 6, "plan": 60},
          f"{shown}")
    operations = [{"op": "account", "account": f"{account}-{n}"} for n in range(100)]
    done = expect(ledger.post("/v1/batches", {"mode": "independent", "operations": operations}),
                  200)
    check({r["body"]["available"] for r in done["results"]} == {66}, f"{done}")
    ledger.advance("8d")
    check(available(ledger, account) == 60, "the sign-up credits have expired")
    ledger.advance("31d")
    ledger.daemon.kill()
    ledger.daemon.start()
    ledger = Ledger(ledger.daemon)
    for name in [account] + [operation["account"] for operation in operations]:
        check(available(ledger, name) == 60, f"{name} after the cycle and kill -9")
    check([p[0] for p in periods(ledger, account)] == ["started", "renewed"], "once")
    expect(ledger.put("/v1/catalog", catalog), 200)


def everything_survives_a_restart(ledger):
    daemon = ledger.daemon
    accounts = [a["account"] for a in expect(ledger.get("/v1/accounts?limit=100"), 200)["data"]]
    reads = [f"/v1/accounts/{account}{what}" for account in accounts
             for what in ("", "/subscription", "/usage?group_by=feature")]

    def read_all():
        bodies = [ledger.get(read).json() for read in reads]
        for body in bodies:
            body.pop("seq", None)
        return bodies

    before = read_all()
    check(daemon.stop() == 0, "stopped")
    code, out, err = replay(daemon.bin, "verify", daemon.data)
    check(code == 0, f"verify: {out} {err}")
    code, out, err = replay(daemon.bin, "export", daemon.data, "--format", "jsonl")
    events = [json.loads(line) for line in out.splitlines()]
    moved = [e["details"]["step"] for e in events if e["type"] == "subscription_moved"]
    check({"started", "renewed", "past_due", "resumed", "ended"} <= set(moved), f"{set(moved)}")
    check("clock_advanced" in {e["type"] for e in events}, "the clock's events")
    waived = [e for e in events if e["details"].get("waived")]
    check({e["type"] for e in waived} == {"credits_deducted", "hold_placed", "hold_captured"},
          f"{waived[:3]}")
    daemon.start()
    ledger = Ledger(daemon)
    after = read_all()
    check(before == after, f"{[pair for pair in zip(before, after) if pair[0] != pair[1]][:1]}")


def clock_is_for_tests(ledger):
    now = ledger.advance("1s")
    for body, pointer in (({}, "#/advance"), ({"advance": "1s", "now": now}, "#/now"),
                          ({"now": "2020-01-01T00:00:00Z"}, "#/now"),
                          ({"advance": "-1s"}, "#/advance"), ({"advance": 1}, "#/advance"),
                          ({"now": "soon"}, "#/now"), ({"to": now}, "#/to")):
        check(pointer in pointers(ledger.post("/v1/test-clock", body)), f"{body}")
    for _ in range(2):
        before = now
        moved = ledger.post("/v1/test-clock", {"advance": "1h"}, key="clock")
        now = expect(moved, 200)["updated_at"]
        check(before < now, f"a key means nothing to the clock: {moved}")
    writer = ledger.with_key(ledger.key("ledger:write")["secret"])
    expect(writer.post("/v1/test-clock", {"advance": "1s"}), 403, "insufficient_scope")
    made = expect(ledger.put(f"/v1/accounts/{unique('clock')}", {}), 201)
    check(made["created_at"][:19] == now[:19], f"the clock stands still: {made}")
    tested = ledger.daemon
    check(tested.stop() == 0, "stopped")
    refused(tested, (), "--test-clock")
    tested.start()
    plain = Daemon(tested.bin)
    try:
        plain.start()
        expect(Ledger(plain).post("/v1/test-clock", {"advance": "1s"}), 422, "clock_not_testable")
        check(plain.stop() == 0, "stopped")
        refused(plain, ("--test-clock",), "wall clock")
        expect(Ledger(plain.start()).get("/v1/accounts"), 200)
    finally:
        plain.remove()


def refused(daemon, words, reason):
    """The daemon does not start with these words, and says why."""
    kept, daemon.words = daemon.words, words
    daemon.start(wait=False)
    code = daemon.process.wait(timeout=30)
    daemon.words = kept
    check(code == 1, f"exit {code} with {words}: {daemon.log_text()[-500:]}")
    check(reason in daemon.log_text().splitlines()[-1], daemon.log_text()[-500:])


if __name__ == "__main__":
    run_sections([provider_renews, provider_reports_a_failure, unlimited, unlimited_for_some,
                  what_a_new_account_is_given, everything_survives_a_restart,
                  clock_is_for_tests], words=("--test-clock",))
