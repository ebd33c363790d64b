"""The contract of subscriptions, on a ledger whose clock the test moves: cycles by the calendar,
what becomes of credits between them, trials, ends, changes."""

from contract_kit import Ledger, check, expect, run_sections, unique
from contract_plans import (USD, available, current, path, periods, plan, pointers, subscribed)


def begun_and_read(ledger):
    ledger.clock_to("2027-01-31T10:00:00Z")
    pro, other = plan(ledger), plan(ledger)
    account = ledger.account()
    at = path(account)
    expect(ledger.get(at), 404, "subscription_not_found")
    expect(ledger.get(path("nobody")), 404, "account_not_found")
    expect(ledger.put(path("nobody"), {"plan": pro}), 404, "account_not_found")
    made = expect(ledger.put(at, {"plan": pro, "interval": "monthly"}), 201)
    check((made["type"], made["step"], made["amount"], made["delta"]) ==
          ("subscription", "started", 100, 100), f"{made}")
    check((made["id"], made["grant"]) == (f"txn_{made['seq']}", f"grt_{made['seq']}"), f"{made}")
    check(made["expires_at"] == made["subscription"]["period_end"], f"{made}")
    again = expect(ledger.put(at, {"plan": pro}), 200)
    check(again["subscription"] == made["subscription"], f"{again}")
    for body in ({"plan": other}, {"plan": pro, "interval": "year"},
                 {"plan": pro, "source": "provider"}):
        expect(ledger.put(at, body), 409, "subscription_exists")
    expect(ledger.put(at, {"plan": "none"}), 404, "plan_not_found")
    check(pointers(ledger.put(at, {"plan": 7, "interval": "week", "source": "me", "x": 1})) ==
          {"#/plan", "#/interval", "#/source", "#/x"}, "pointers")
    check(pointers(ledger.put(at, {})) == {"#/plan"}, "a plan is needed")
    check("#/period_end" in pointers(ledger.put(at, {
        "plan": pro, "period_end": "2030-01-01T00:00:00Z"})), "the calendar knows its own ends")
    shown = expect(ledger.get(f"/v1/accounts/{account}"), 200)
    check(shown["subscription"] == made["subscription"] == current(ledger, account), f"{shown}")
    grant, = shown["grants"]
    check((grant["id"], grant["kind"], grant["remaining"], grant["cost"]) ==
          (made["grant"], "plan", 100, {"amount": 900, **USD}), f"{grant}")
    expect(ledger.put(f"/v1/plans/{other}", {"credits": 1, "active": False}), 200)
    expect(ledger.put(path(ledger.account()), {"plan": other}), 404, "plan_not_found")
    reader = ledger.with_key(ledger.key("ledger:read")["secret"])
    expect(reader.get(at), 200)
    expect(reader.put(at, {"plan": pro}), 403, "insufficient_scope")


def cycles_by_the_calendar(ledger):
    ledger.clock_to("2028-01-31T10:00:00Z")
    pro = plan(ledger)
    monthly = subscribed(ledger, pro)
    ledger.clock_to("2028-02-29T10:00:00Z")
    yearly = subscribed(ledger, pro, interval="year")
    check(current(ledger, yearly)["period_end"].startswith("2029-02-28T10:00:00"), "leap year")
    ledger.clock_to("2028-05-31T10:00:00Z")
    check(periods(ledger, monthly) == [
        ("started", "2028-01-31", "2028-02-29", 100), ("renewed", "2028-02-29", "2028-03-31", 100),
        ("renewed", "2028-03-31", "2028-04-30", 100), ("renewed", "2028-04-30", "2028-05-31", 100)],
        f"a moment before the end: {periods(ledger, monthly)}")
    expired = ledger.transactions(monthly, "expiry")
    check([entry["amount"] for entry in expired] == [100] * 3, f"{expired}")
    check(available(ledger, monthly) == 100, "each cycle's credits end with it")
    ledger.advance("1s")
    check(periods(ledger, monthly)[-1] == ("renewed", "2028-05-31", "2028-06-30", 100), "June")
    ledger.clock_to("2032-03-01T00:00:00Z")
    check([p[1] for p in periods(ledger, yearly)] == [
        "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"], "years")
    check(available(ledger, yearly) == 100, "a year's credits end with the year")


def time_zone(ledger):
    catalog = expect(ledger.get("/v1/catalog"), 200)
    catalog.pop("price_book")
    settings = {**catalog["settings"], "time_zone": "America/New_York"}
    expect(ledger.put("/v1/catalog", {**catalog, "settings": settings}), 200)
    ledger.clock_to("2033-01-31T03:00:00Z")  # there, 30 January, 22:00
    account = subscribed(ledger, catalog["plans"][0]["id"])
    ends = []
    for _ in range(3):
        ends.append(current(ledger, account)["period_end"][:16])
        ledger.clock_to(ends[-1] + ":01Z")
    check(ends == ["2033-03-01T03:00", "2033-03-31T02:00", "2033-05-01T02:00"], f"{ends}")
    expect(ledger.put("/v1/catalog", catalog), 200)


def missed_periods_are_granted_once(ledger):
    ledger.clock_to("2034-01-31T00:00:00Z")
    account = subscribed(ledger, plan(ledger, rollover="unlimited"))
    daemon = ledger.daemon
    months = ["2034-01-31", "2034-02-28", "2034-03-31", "2034-04-30", "2034-05-31"]
    for advance, begun in (("7d", 1), ("92d", 4), ("30d", 5)):
        check(daemon.stop() == 0, "stopped")
        daemon.start()
        ledger = Ledger(daemon)
        ledger.advance(advance)
        daemon.kill()  # what is due may be in the log or not
        daemon.start()
        ledger = Ledger(daemon)
        check([p[1] for p in periods(ledger, account)] == months[:begun], f"after {advance}: "
              f"{periods(ledger, account)}")
        check(available(ledger, account) == 100 * begun, f"after {advance}")
    entries = ledger.transactions(account, "subscription")
    check([entry["seq"] for entry in entries] == sorted(entry["seq"] for entry in entries), "order")
    grants = expect(ledger.get(f"/v1/accounts/{account}/grants"), 200)["data"]
    check([g["effective_at"][:10] for g in grants] == months, f"{grants}")


def rollovers(ledger):
    ledger.clock_to("2035-01-01T00:00:00Z")
    kinds = [({}, (100, 100)), ({"rollover": "capped", "rollover_max": 30}, (130, 130)),
             ({"rollover": "capped", "rollover_max": 80}, (160, 180)),
             ({"rollover": "unlimited"}, (160, 260))]
    accounts = [subscribed(ledger, plan(ledger, **fields)) for fields, _ in kinds]
    for account in accounts:
        expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 40}), 201)
        expect(ledger.post(f"/v1/accounts/{account}/grants", {"amount": 1}), 201)
    for cycle, day in enumerate(("2035-02-01T00:00:01Z", "2035-03-01T00:00:02Z")):
        ledger.clock_to(day)
        left = [available(ledger, account) - 1 for account in accounts]
        check(left == [after[cycle] for _, after in kinds], f"cycle {cycle}: {left}")
    last = ledger.transactions(accounts[1], "subscription")[-1]
    check(sum(part["amount"] for part in last["expired"]) == 100 and last["delta"] == 0, f"{last}")
    totals = expect(ledger.get(f"/v1/accounts/{accounts[1]}"), 200)["totals"]
    check((totals["granted"], totals["consumed"], totals["expired"]) == (301, 40, 130), f"{totals}")


def trials(ledger):
    ledger.clock_to("2036-01-17T00:00:00Z")
    trial = plan(ledger, trial_days=14)
    account = subscribed(ledger, trial)
    first = current(ledger, account)
    check((first["status"], first["period_end"][:10]) == ("trialing", "2036-01-31"), f"{first}")
    grant, = expect(ledger.get(f"/v1/accounts/{account}"), 200)["grants"]
    check((grant["remaining"], grant["cost"]) == (100, None), f"a trial is free: {grant}")
    ledger.clock_to("2036-03-01T00:00:00Z")
    check(current(ledger, account)["status"] == "active", "the trial is over")
    check([p[1:3] for p in periods(ledger, account)] == [
        ("2036-01-17", "2036-01-31"), ("2036-01-31", "2036-02-29"), ("2036-02-29", "2036-03-31")],
        f"{periods(ledger, account)}")
    expect(ledger.post(path(account, "cancel")), 200)
    again = expect(ledger.put(path(account), {"plan": trial}), 201)
    check(again["subscription"]["status"] == "active", f"a second trial: {again}")
    quitter = subscribed(ledger, trial)
    expect(ledger.post(path(quitter, "cancel"), {"at_period_end": True}), 200)
    ledger.advance("15d")
    check((current(ledger, quitter)["status"], available(ledger, quitter)) == ("canceled", 0), "")


def ends_and_resumes(ledger):
    ledger.clock_to("2037-01-01T00:00:00Z")
    pro, keeps = plan(ledger), plan(ledger, on_end="keep", rollover="unlimited")
    now, kept, later = subscribed(ledger, pro), subscribed(ledger, keeps), subscribed(ledger, pro)
    gone = expect(ledger.post(path(now, "cancel")), 200)
    check((gone["step"], gone["delta"], gone["available"]) == ("canceled", -100, 0), f"{gone}")
    check(gone["expired"][0]["amount"] == 100, f"{gone}")
    expect(ledger.post(path(kept, "cancel"), {}), 200)
    check(available(ledger, kept) == 100, "on_end: keep")
    for step, body in (("cancel", {}), ("resume", {}), ("change", {"plan": pro})):
        expect(ledger.post(path(now, step), body), 404, "subscription_not_found")
    check(current(ledger, now)["status"] == "canceled", "an ended one is shown")
    planned = expect(ledger.post(path(later, "cancel"), {"at_period_end": True}), 200)
    check(planned["subscription"]["cancel_at_period_end"] and planned["delta"] == 0, f"{planned}")
    same = expect(ledger.post(path(later, "cancel"), {"at_period_end": True}), 200)
    check(same["subscription"] == planned["subscription"], f"nothing to do: {same}")
    check(len(periods(ledger, later)) == 2, "nothing to do, nothing done")
    check(not expect(ledger.post(path(later, "resume")), 200)["subscription"]
          ["cancel_at_period_end"], "resumed")
    ledger.clock_to("2037-02-02T00:00:00Z")
    check(available(ledger, later) == 100 and len(periods(ledger, later)) == 4, "goes on")
    expect(ledger.post(path(later, "cancel"), {"at_period_end": True}), 200)
    ledger.clock_to("2037-03-02T00:00:00Z")
    check(available(ledger, later) == 0, "the end")
    check(periods(ledger, later)[-1][0] == "canceled", f"{periods(ledger, later)}")
    check(len(periods(ledger, now)) == 2, "an end is an end")
    expect(ledger.put(path(now), {"plan": keeps}), 201)
    check(available(ledger, now) == 100, "subscribed again")


def changes(ledger):
    ledger.clock_to("2038-01-10T00:00:00Z")
    big = plan(ledger, credits=500)
    keeps, expires = plan(ledger), plan(ledger, on_change="expire")
    for small, after in ((keeps, 600), (expires, 500)):
        account = subscribed(ledger, small)
        ledger.advance("1d")
        moved = expect(ledger.post(path(account, "change"), {"plan": big}), 200)
        check((moved["step"], moved["previous_plan"], moved["amount"], moved["available"]) ==
              ("changed", small, 500, after), f"{moved}")
        start, end = (moved["subscription"][f"period_{side}"] for side in ("start", "end"))
        check((start, end[8:]) == (moved["created_at"], start[8:]), f"a new cycle: {moved}")
    account = subscribed(ledger, big)
    planned = expect(ledger.post(path(account, "change"), {"plan": keeps, "interval": "year",
                                                           "at_period_end": True}), 200)
    check(planned["subscription"]["next"] == {"plan": keeps, "interval": "year"}, f"{planned}")
    check((planned["subscription"]["plan"], planned["delta"]) == (big, 0), f"{planned}")
    expect(ledger.post(path(account, "resume")), 200)
    check(current(ledger, account)["next"] is None, "resumed")
    expect(ledger.post(path(account, "change"), {"plan": keeps, "at_period_end": True}), 200)
    ledger.advance("32d")
    shown = current(ledger, account)
    check((shown["plan"], shown["next"], available(ledger, account)) == (keeps, None, 100),
          f"{shown}")
    check([p[0] for p in periods(ledger, account)] ==
          ["started", "change_scheduled", "resumed", "change_scheduled", "changed"], "steps")
    expect(ledger.post(path(account, "change"), {"plan": "none"}), 404, "plan_not_found")
    check("#/plan" in pointers(ledger.post(path(account, "change"))), "a plan is needed")
    key = unique()
    first = ledger.post(path(account, "change"), {"plan": big}, key=key)
    again = ledger.post(path(account, "change"), {"plan": big}, key=key)
    check(again.headers.get("idempotent-replayed") == "true" and first.body == again.body, "replay")
    expect(ledger.post(path(account, "change"), {"plan": keeps}, key=key), 422,
           "idempotency_key_reused")
    bare = ledger.client.call("POST", path(account, "change"), {"plan": big})
    expect(bare, 400, "idempotency_key_missing")


if __name__ == "__main__":
    run_sections([begun_and_read, cycles_by_the_calendar, time_zone,
                  missed_periods_are_granted_once, rollovers, trials, ends_and_resumes, changes],
                 words=("--test-clock",))
