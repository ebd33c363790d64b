"""The contract of budgets, alerts and the auto top-up, on a ledger whose clock the test moves."""

import json

from contract_kit import check, expect, run_sections, unique
from contract_plans import plan, pointers, subscribed
from harness import replay

USD = {"amount": 900, "currency": "USD"}


def at(account, what):
    return f"/v1/accounts/{account}/{what}"


def deduct(ledger, account, amount=None, **fields):
    body = fields if amount is None else {"amount": amount, **fields}
    return expect(ledger.post(at(account, "deductions"), body), 201)


def over(ledger, account, budget, **body):
    """The deduction is refused for this budget; returns the problem."""
    problem = expect(ledger.post(at(account, "deductions"), body), 402, "budget_exceeded")
    check(problem["budget"] == budget, f"{problem}")
    return problem


def budget(ledger, account, name, **terms):
    return expect(ledger.put(at(account, f"budgets/{name}"), terms), 200)


def left(ledger, account, name):
    shown = expect(ledger.get(at(account, f"budgets/{name}")), 200)
    check(shown["spent"] + shown["held"] + shown["remaining"] == shown["limit"], f"{shown}")
    return shown["remaining"]


def events(ledger, account, kind):
    """Their details, from the auditor's export of the running ledger."""
    code, out, err = replay(ledger.daemon.bin, "export", ledger.daemon.data, "--live",
                            "--format", "jsonl")
    check(code == 0, f"export: {err}")
    lines = [json.loads(line) for line in out.splitlines()]
    return [e["details"] for e in lines if e["type"] == kind and e["account"] == account]


def budgets_are_kept(ledger):
    account = ledger.account()
    made = budget(ledger, account, "ada", user="ada", limit="2.5", window="day", tz="-03:00")
    check((made["id"], made["user"], made["feature"], made["limit"], made["window"], made["tz"]) ==
          ("ada", "ada", None, 2.5, "day", "-03:00"), f"{made}")
    budget(ledger, account, "none", feature="video", limit=0, window="month")
    check(budget(ledger, account, "ada", user="ada", limit=9, window="5h")["tz"] == "+00:00", "")
    listed = expect(ledger.get(at(account, "budgets")), 200)
    check([(b["id"], b["limit"]) for b in listed["data"]] == [("ada", 9), ("none", 0)], f"{listed}")
    wrong = {"limit": -1, "feature": "-", "window": "week", "tz": "+05:30", "q": 1}
    check(pointers(ledger.put(at(account, "budgets/x"), wrong)) ==
          {f"#/{field}" for field in wrong}, "each wrong field")
    check(pointers(ledger.put(at(account, "budgets/x"), {})) == {"#/limit", "#/window"}, "missing")
    for window in ("0h", "745h", "h", "1d"):
        bad = {"limit": 1, "window": window}
        check("#/window" in pointers(ledger.put(at(account, "budgets/x"), bad)), window)
    rolling = {"limit": 1, "window": "5h", "tz": "+07:00"}
    check("#/tz" in pointers(ledger.put(at(account, "budgets/x"), rolling)), "tz of hours")
    expect(ledger.put(at(account, "budgets/-"), {"limit": 1, "window": "day"}), 400)
    expect(ledger.get(at(account, "budgets/x")), 404, "budget_not_found")
    expect(ledger.get(at("nobody", "budgets")), 404, "account_not_found")
    check(ledger.delete(at(account, "budgets/ada")).status == 204, "deleted")
    expect(ledger.delete(at(account, "budgets/ada")), 404, "budget_not_found")


def budgets_refuse(ledger):
    ledger.clock_to("2027-03-10T10:00:00Z")
    expect(ledger.put("/v1/features/image", {"credits": 4}), 200)
    account = ledger.account(100)
    budget(ledger, account, "ada", user="ada", limit=10, window="day", tz="+07:00")
    budget(ledger, account, "images", feature="image", limit=20, window="month", tz="-03:00")
    deduct(ledger, account, 8, user="ada")
    key = unique()
    body = {"amount": "2.000001", "user": "ada"}
    first = ledger.post(at(account, "deductions"), body, key=key)
    problem = expect(first, 402, "budget_exceeded")
    check({field: problem[field] for field in ("budget", "window", "resets_at", "required",
                                               "available", "shortfall")} ==
          {"budget": "ada", "window": "day", "resets_at": "2027-03-10T17:00:00.000000Z",
           "required": 2.000001, "available": 2, "shortfall": 0.000001}, f"{problem}")
    deduct(ledger, account, 3, user="eve")
    deduct(ledger, account, 2, user="ada")
    expect(ledger.delete(at(account, "budgets/ada")), 204)
    again = ledger.post(at(account, "deductions"), body, key=key)
    check((again.headers.get("idempotent-replayed"), again.body) == ("true", first.body),
          f"a refusal is repeated: {again}")
    refusal, = ledger.transactions(account, "refusal")
    check((refusal["code"], refusal["budget"], refusal["window"], refusal["resets_at"]) ==
          ("budget_exceeded", "ada", "day", problem["resets_at"]), f"{refusal}")
    deduct(ledger, account, feature="image", quantity=5, user="eve")
    problem = over(ledger, account, "images", feature="image")
    check((problem["available"], problem["resets_at"]) == (0, "2027-04-01T03:00:00.000000Z"),
          f"{problem}")
    quote = expect(ledger.post(at(account, "quotes"), {"feature": "image"}), 200)
    check(quote["sufficient"] is False and quote["available"] > quote["required"], f"{quote}")
    over(ledger, account, "images", feature="image", allow_partial=True)
    expect(ledger.post(at(account, "deductions"), {"amount": 999}), 402, "insufficient_credits")


def budgets_begin_again(ledger):
    ledger.clock_to("2027-03-20T16:59:59Z")
    account = ledger.account(100)
    budget(ledger, account, "day", limit=10, window="day", tz="+07:00")
    budget(ledger, account, "month", limit=18, window="month")
    deduct(ledger, account, 10)
    over(ledger, account, "day", amount=1)
    ledger.clock_to("2027-03-20T17:00:00Z")
    check(left(ledger, account, "day") == 10, "a new day there")
    over(ledger, account, "month", amount=9)
    deduct(ledger, account, 8)
    ledger.clock_to("2027-03-31T23:59:59Z")
    over(ledger, account, "month", amount=1)
    ledger.clock_to("2027-04-01T00:00:00Z")
    deduct(ledger, account, 1)
    check((left(ledger, account, "day"), left(ledger, account, "month")) == (9, 17), "April")


def rolling_budgets(ledger):
    ledger.clock_to("2027-05-01T10:00:00Z")
    account = ledger.account(100)
    budget(ledger, account, "roll", limit=10, window="5h")
    deduct(ledger, account, 6)
    ledger.advance("2h")
    deduct(ledger, account, 4)
    resets_at = over(ledger, account, "roll", amount=1)["resets_at"]
    check("2027-05-01T15:00:00" <= resets_at <= "2027-05-01T15:01:00", resets_at)
    ledger.clock_to("2027-05-01T14:59:59Z")
    over(ledger, account, "roll", amount=1)
    ledger.clock_to(resets_at)
    check(left(ledger, account, "roll") == 6, "the first part has passed")
    deduct(ledger, account, 6)
    over(ledger, account, "roll", amount=1)


def budgets_count_what_is_used(ledger):
    ledger.clock_to("2027-06-10T10:00:00Z")
    account = ledger.account(100)
    budget(ledger, account, "eve", user="eve", limit=10, window="day")
    taken = deduct(ledger, account, 10, user="eve")
    expect(ledger.post(f"/v1/deductions/{taken['id']}/refunds", {"amount": 7}), 201)
    check(left(ledger, account, "eve") == 7, "a refund gives back")
    hold = expect(ledger.post(at(account, "holds"), {"amount": 5, "expires_in": "1h",
                                                     "user": "eve"}), 201)
    check(over(ledger, account, "eve", amount=3, user="eve")["available"] == 2, "a hold counts")
    check(left(ledger, account, "eve") == 2, "also to who looks")
    expect(ledger.post(at(account, "holds"), {"amount": 3, "expires_in": "1h", "user": "eve"}),
           402, "budget_exceeded")
    expect(ledger.post(f"/v1/holds/{hold['id']}/captures", {"amount": 1, "final": True}), 201)
    check(left(ledger, account, "eve") == 6, "of a hold, what was captured")
    ledger.advance("1d")
    taken = deduct(ledger, account, 4, user="eve")
    ledger.advance("1d")
    expect(ledger.post(f"/v1/deductions/{taken['id']}/refunds"), 201)
    check(left(ledger, account, "eve") == 10, "a refund of yesterday is none of today's")
    batch = {"mode": "atomic", "operations": [
        {"op": "deduct", "account": account, "amount": 6, "user": "eve"}] * 2}
    problem = expect(ledger.post("/v1/batches", batch), 402, "budget_exceeded")
    check((problem["index"], problem["available"]) == (1, 4), f"{problem}")
    check(left(ledger, account, "eve") == 10, "all or nothing")


def alerts(ledger):
    account = ledger.account(100)
    low = at(account, "alerts/low")
    expect(ledger.put(low, {"below": 50}), 200)
    expect(ledger.put(at(account, "alerts/late"), {"below": 20, "recovered_at": 60}), 200)
    check(pointers(ledger.put(low, {})) == {"#/below"}, "one of them")
    check("#/percent" in pointers(ledger.put(low, {"below": 1, "percent": 1})), "one of them")
    check("#/percent" in pointers(ledger.put(low, {"percent": 101})), "percent")
    check("#/recovered_at" in pointers(ledger.put(low, {"below": 5, "recovered_at": 4})), "below")
    expect(ledger.put(at(account, "alerts/plan-9"), {"below": 9}), 400, "invalid_request")

    def news():
        return [(e["alert"], e["news"]) for e in events(ledger, account, "balance_alerted")]

    def levels():
        data = expect(ledger.get(at(account, "alerts")), 200)["data"]
        return {alert["id"]: alert["level"] for alert in data}

    deduct(ledger, account, 50)
    check(levels() == {"low": "normal", "late": "normal"}, "at the threshold, not below it")
    deduct(ledger, account, 1)
    deduct(ledger, account, 9)
    expect(ledger.post(at(account, "grants"), {"amount": 13}), 201)
    check((levels()["low"], news()) == ("low", [("low", "low")]), "once, and 53 is not 55")
    expect(ledger.post(at(account, "grants"), {"amount": 2}), 201)
    deduct(ledger, account, 55)
    check(levels() == {"low": "depleted", "late": "depleted"}, f"{levels()}")
    expect(ledger.post(at(account, "grants"), {"amount": 59}), 201)
    check(levels() == {"low": "normal", "late": "depleted"}, "hysteresis")
    expect(ledger.post(at(account, "grants"), {"amount": 1}), 201)
    told = news()
    check([one for one in told if one[0] == "low"] == [
        ("low", "low"), ("low", "recovered"), ("low", "low"), ("low", "depleted"),
        ("low", "recovered")], f"{told}")
    check([one for one in told if one[0] == "late"] == [
        ("late", "low"), ("late", "depleted"), ("late", "recovered")], f"{told}")
    check(ledger.delete(low).status == 204, "deleted")
    expect(ledger.get(low), 404, "alert_not_found")
    expect(ledger.delete(low), 404, "alert_not_found")


def alerts_of_plans(ledger):
    account = subscribed(ledger, plan(ledger, credits=200, alerts=[10, 50]))
    expect(ledger.put(at(account, "alerts/mine"), {"percent": 25}), 200)
    shown = expect(ledger.get(at(account, "alerts")), 200)["data"]
    check({a["id"]: a["threshold"] for a in shown} ==
          {"plan-10": 20, "plan-50": 100, "mine": 50}, f"{shown}")
    deduct(ledger, account, 160)
    ledger.advance("32d")
    ledger.balance(account)
    told = [(e["alert"], e["news"], e["threshold"])
            for e in events(ledger, account, "balance_alerted")]
    check(sorted(told) == [("mine", "low", 50), ("mine", "recovered", 50),
                           ("plan-50", "low", 100), ("plan-50", "recovered", 100)], f"{told}")
    expect(ledger.post(at(account, "subscription/cancel")), 200)
    shown = expect(ledger.get(at(account, "alerts")), 200)["data"]
    check([a["id"] for a in shown] == ["mine"], f"the plan's alerts end with it: {shown}")


def auto_top_up(ledger):
    ledger.clock_to("2027-08-10T00:00:00Z")
    package = unique("package")
    offer = {"credits": 50, "bonus": 5, "price": USD}
    expect(ledger.put(f"/v1/packages/{package}", offer), 201)
    account = ledger.account(100)
    path = at(account, "auto-top-up")
    rule = {"package": package, "threshold": 20, "monthly_max": 2, "cool_down": "24h"}
    expect(ledger.get(path), 404, "auto_top_up_not_found")
    expect(ledger.put(path, {**rule, "package": "none"}), 404, "package_not_found")
    check(pointers(ledger.put(path, {"cool_down": "x", "monthly_max": 0})) ==
          {"#/package", "#/threshold", "#/monthly_max", "#/cool_down"}, "pointers")
    made = expect(ledger.put(path, rule), 200)
    check({k: made[k] for k in rule} == {**rule, "cool_down": "1d"}, f"{made}")

    def asked():
        ledger.balance(account)
        return [e["number"] for e in events(ledger, account, "top_up_asked")]

    def buy():
        payment = {"provider": "stripe", "id": unique("pay"), **USD}
        return expect(ledger.post(at(account, "purchases"), {"package": package,
                                                             "payment": payment}), 201)

    deduct(ledger, account, 80)
    check(asked() == [], "at the threshold")
    deduct(ledger, account, 1)
    deduct(ledger, account, 1)
    check(asked() == [1], "once a crossing")
    told = events(ledger, account, "top_up_asked")[0]
    check((told["package"], told["credits"], told["price"]) == (package, 55, USD), f"{told}")
    shown = expect(ledger.get(path), 200)
    check((shown["asked_in_month"], shown["asked_at"][:10]) == (1, "2027-08-10"), f"{shown}")
    buy()
    deduct(ledger, account, 60)
    check(asked() == [1], "the cool-down")
    ledger.advance("24h")
    ledger.advance("1s")
    check(asked() == [1, 2], "after the cool-down, still below")
    buy()
    deduct(ledger, account, 60)
    ledger.advance("3d")
    check(asked() == [1, 2], "two a month")
    ledger.clock_to("2027-09-01T00:00:01Z")
    check(asked() == [1, 2, 1], "another month")
    check(ledger.delete(path).status == 204, "deleted")
    expect(ledger.get(path), 404, "auto_top_up_not_found")


def the_auditor_agrees(ledger):
    daemon = ledger.daemon
    check(daemon.stop() == 0, "stopped")
    code, out, err = replay(daemon.bin, "verify", daemon.data)
    check(code == 0, f"verify: {out} {err}")
    daemon.start()


if __name__ == "__main__":
    run_sections([budgets_are_kept, budgets_refuse, budgets_begin_again, rolling_budgets,
                  budgets_count_what_is_used, alerts, alerts_of_plans, auto_top_up,
                  the_auditor_agrees], words=("--test-clock",))
