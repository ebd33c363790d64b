"""System D, a creator suite: three plans by month and year, prices by duration, refunds of what
failed, and what was wanted and never built."""

from itertools import count

from scenario_kit import check, each_of, expect, expect_fields, run_scenario, unique

USD = "USD"


def costs(system, account, feature, table):
    for seconds, credits in table:
        quote = system.price(account, feature, units={"seconds": seconds})
        check(quote["required"] == credits, f"{feature}, {seconds} s: {quote}")


def plans_and_cycles(system):
    plans = {plan["id"]: plan for plan in system.read("/v1/plans")["data"]}
    prices = {name: (plan["credits"], sorted((p["interval"], p["amount"]) for p in plan["prices"]))
              for name, plan in plans.items()}
    check(prices == {"free": (60, []), "basic": (500, [("month", 1500), ("year", 21000)]),
                     "premium": (1200, [("month", 2900), ("year", 29000)])}, f"{prices}")
    user = system.user()
    shown = system.shown(user)
    check((shown["available"], shown["subscription"]["plan"]) == (60, "free"), f"{shown}")
    check(len(expect(system.with_key(None).get("/v1/pricing"), 200)["plans"]) == 3, "in public")


def costs_of_everything(system):
    listed = system.read("/v1/features?limit=100")["data"]
    check(sorted(f["key"] for f in listed) == ["audio", "image_to_image", "lipsync",
                                               "text_to_image", "upscale", "video"], f"{listed}")
    for feature in listed:
        check(feature["description"], f"no description: {feature}")
        check((feature["credits"] is None) != (feature["price"] is None), f"{feature}")


def prices_by_duration(system):
    user = system.user()
    system.grant(user, 1000)
    for feature in ("text_to_image", "image_to_image", "upscale"):
        check(system.price(user, feature)["required"] == 5, feature)
        check(system.use(user, feature)["amount"] == 5, feature)
    costs(system, user, "video", ((1, 25), (5, 25), ("5.000001", 50), (8, 50), (10, 50)))
    costs(system, user, "audio", ((0, 0), ("0.5", 1), (1, 1), (15, 1), ("15.1", 2), (30, 2),
                                  (31, 3), (61, 5)))
    costs(system, user, "lipsync", ((1, 20), (10, 20), ("10.01", 40), (11, 40), (20, 40),
                                    (25, 60)))
    for bad in ({}, {"units": {"seconds": 11}}, {"units": {"minutes": 1}}):
        system.use(user, "video", 422, "units_invalid", **bad)
    used = system.use(user, "lipsync", units={"seconds": 25})
    check((used["amount"], used["units"]) == (60, {"seconds": 25}), f"{used}")
    check(used["lines"] == [{"rule": "per seconds", "amount": 60}], f"{used}")


def estimated_audio(system):
    """Held by the estimate, taken by what the audio has; or taken, and the rest given back."""
    user = system.user()
    hold = expect(system.post(f"/v1/accounts/{user}/holds", {
        "feature": "audio", "units": {"seconds": 100}, "expires_in": "1h"}), 201)
    check((hold["amount"], hold["available"]) == (7, 53), f"{hold}")
    taken = expect(system.post(f"/v1/holds/{hold['id']}/captures",
                               {"units": {"seconds": 62}, "final": True}), 201)
    check((taken["amount"], taken["available"]) == (5, 55), f"{taken}")
    used = system.use(user, "audio", units={"seconds": 100})
    check(system.refund(used, amount=2)["available"] == 50, "two of seven back")


def every_entry_is_told(system):
    """CREDIT, DEBIT, REFUND and PURCHASE of old are grant, deduction, refund and purchase."""
    user = system.user()
    system.grant(user, 10, description="sorry")
    used = system.use(user, "text_to_image", description="a cat", metadata={"prompt": "a cat"})
    system.refund(used, description="it failed")
    system.buy(user, amount=20, payment={"amount": 80, "currency": USD})
    entries = system.history(user)
    told = [(t["type"], t["delta"], t["balance"]["after"], t["description"]) for t in entries]
    check(told == [("purchase", 20, 90, None), ("refund", 5, 70, "it failed"),
                   ("deduction", -5, 65, "a cat"), ("grant", 10, 70, "sorry"),
                   ("subscription", 60, 60, None)], f"{told}")
    debit = entries[2]
    check((debit["feature"], debit["metadata"]) == ("text_to_image", {"prompt": "a cat"}),
          f"{debit}")
    for entry in entries:
        expect_fields(entry, "id", "created_at", "metadata")
    for kind in ("grant", "deduction", "refund", "purchase", "subscription"):
        check(len(system.history(user, f"?type={kind}")) == 1, kind)
    check([t["type"] for t in system.history(user, "?limit=2")] == ["purchase", "refund"], "limit")
    shown = system.shown(user)
    check(shown["balance"] == 90 == sum(t["delta"] for t in entries), f"{shown}")


def the_flow_of_a_job(system):
    user = system.user()
    quote = system.price(user, "video", units={"seconds": 8})
    check(quote["sufficient"] is True, f"{quote}")
    job = unique("job")
    used = system.use(user, "video", key=job, units={"seconds": 8})
    check(system.use(user, "video", key=job, units={"seconds": 8}) == used, "the same job again")
    refused = system.use(user, "video", 402, "insufficient_credits", units={"seconds": 5})
    check((refused["required"], refused["available"], refused["shortfall"]) == (25, 10, 15),
          f"{refused}")
    # It failed: refunded once, however many notice.
    at = f"/v1/deductions/{used['id']}/refunds"
    answers = each_of(system, 6, lambda ledger, _: ledger.post(at, {}, key=f"{job}-failed"))
    check(len({a.body for a in answers}) == 1 and answers[0].status == 201, f"{answers}")
    check(system.balance(user)["available"] == 60, "refunded")
    at = f"/v1/accounts/{user}/deductions"
    tried = each_of(system, 10, lambda ledger, _: ledger.post(
        at, {"feature": "video", "units": {"seconds": 5}}))
    check(sorted(a.status for a in tried) == [201] * 2 + [402] * 8, f"{tried}")


def a_job_that_nobody_ends(system):
    """Held, and never captured: the credits come back by themselves."""
    user = system.user()
    hold = expect(system.post(f"/v1/accounts/{user}/holds", {
        "feature": "video", "units": {"seconds": 8}, "expires_in": "1h",
        "on_expiry": "release"}), 201)
    check((hold["amount"], hold["available"]) == (50, 10), f"{hold}")
    system.use(user, "text_to_image", 402, "insufficient_credits", quantity=3)
    system.advance(advance="61m")
    check(system.balance(user)["available"] == 60, "released")
    check(system.read(f"/v1/holds/{hold['id']}")["status"] == "expired", "its status")


def upgrades_add(system):
    user = system.user()
    system.use(user, "text_to_image", quantity=2)
    at = f"/v1/accounts/{user}/subscription"
    body = {"plan": "basic", "interval": "month"}
    first = expect(system.post(f"{at}/change", body, key="upgrade-1"), 200)
    check((first["delta"], first["available"], first["previous_plan"]) == (500, 550, "free"),
          f"{first}")
    again = expect(system.post(f"{at}/change", body, key="upgrade-1"), 200)
    check(again == first and system.balance(user)["available"] == 550, "upgraded twice")
    answers = each_of(system, 6, lambda ledger, _: ledger.post(f"{at}/change", body))
    check([a.status for a in answers] == [200] * 6, f"{answers}")
    check(system.balance(user)["available"] == 550, "to the plan that runs already")
    second = expect(system.post(f"{at}/change", {"plan": "premium", "interval": "year"}), 200)
    check((second["delta"], second["available"]) == (1200, 1750), f"{second}")
    steps = [(t["step"], t["subscription"]["plan"], t["delta"])
             for t in system.history(user, "?type=subscription")]
    check(steps == [("changed", "premium", 1200), ("changed", "basic", 500),
                    ("started", "free", 60)], f"{steps}")
    expect(system.post(f"{at}/change", {"plan": "gold"}), 404, "plan_not_found")
    expect(system.post(f"{at}/change", {"plan": "free", "interval": "year"}), 404,
           "plan_not_found")


def months_and_years(system):
    """From 31 January on: each month has its end, and a year is one cycle."""
    this_year = int(system.advance(advance="1s")["updated_at"][:4])
    year = next(year for year in count(this_year + 1) if year % 4 != 0)
    system.advance(now=f"{year}-01-31T10:00:00Z")
    monthly, yearly, free = system.user(), system.user(), system.user()
    for user, interval in ((monthly, "month"), (yearly, "year")):
        expect(system.post(f"/v1/accounts/{user}/subscription/change",
                           {"plan": "basic", "interval": interval}), 200)
    ends = []
    for moment in ("02-10", "03-01", "04-02"):
        system.advance(now=f"{year}-{moment}T00:00:00Z")
        seen = system.read(f"/v1/accounts/{monthly}/subscription")
        ends.append(seen["subscription"]["period_end"][:10])
        check(seen["available"] == (560 if len(ends) == 1 else 500), f"{moment}: {seen}")
        check(system.balance(free)["available"] == 60, "sixty, not more")
        expected = 560 if len(ends) == 1 else 500
        check(system.balance(yearly)["available"] == expected, f"{system.shown(yearly)}")
    check(ends == [f"{year}-02-28", f"{year}-03-31", f"{year}-04-30"], f"{ends}")
    shown = system.read(f"/v1/accounts/{yearly}/subscription")["subscription"]
    check(shown["period_end"].startswith(f"{year + 1}-01-31"), f"{shown}")
    steps = [(t["step"], t["delta"]) for t in system.history(monthly, "?type=subscription")]
    check([step for step, _ in steps] == ["renewed", "renewed", "changed", "started"], f"{steps}")
    # Each missed month is a step of its own, in order.
    system.advance(now=f"{year}-07-01T00:00:00Z")
    system.use(monthly, "upscale")
    steps = system.history(monthly, "?type=subscription")[:3]
    starts = [t["subscription"]["period_start"][:10] for t in steps]
    check(starts == [f"{year}-06-30", f"{year}-05-31", f"{year}-04-30"], f"{starts}")
    check(system.balance(monthly)["available"] == 495, "one cycle's credits")
    system.advance(now=f"{year + 1}-02-01T00:00:00Z")
    shown = system.read(f"/v1/accounts/{yearly}/subscription")
    check(shown["subscription"]["period_end"].startswith(f"{year + 2}-01-31"), f"{shown}")
    check(shown["available"] == 500, f"{shown}")


def seeding_is_one_command(system):
    before = system.read("/v1/catalog")
    again = expect(system.put("/v1/catalog", {k: v for k, v in before.items() if k != "seq"}), 200)
    check(again["changes"] == 0, f"the seed a second time: {again}")


def credits_without_a_plan(system):
    user = system.user()
    bought = system.buy(user, amount=100, payment={"amount": 400, "currency": USD})
    check((bought["delta"], bought["available"]) == (100, 160), f"{bought}")
    for amount in (9, 10001):
        system.buy(user, 400, "amount_range", amount=amount,
                   payment={"amount": amount * 4, "currency": USD})


def expiring_credits(system):
    user = system.user()
    system.grant(user, 7, expires_in="2d", kind="promo")
    used = system.use(user, "text_to_image")
    check(system.history(user, "?type=grant")[0]["id"] == used["burned"][0]["grant"], f"{used}")
    system.advance(advance="3d")
    system.use(user, "text_to_image")
    expired = system.history(user, "?type=expiry")
    check([t["delta"] for t in expired] == [-2], f"{expired}")


def campaigns_and_referrals(system):
    user, friend = system.user(), system.user()
    redeem = "/v1/promotions/CREATE25/redeem"
    won = expect(system.post(redeem, {"account": user}), 201)
    check((won["delta"], won["available"]) == (25, 85), f"{won}")
    expect(system.post(redeem, {"account": user}), 409, "already_redeemed")
    expect(system.post("/v1/promotions/NONE/redeem", {"account": user}), 404,
           "promotion_not_found")
    expect(system.post("/v1/referrals", {"referrer": user, "referred": friend}), 201)
    check(system.balance(user)["available"] == 85, "before anything was bought")
    for _ in range(2):
        system.buy(friend, amount=10, payment={"amount": 40, "currency": USD})
    check(system.balance(friend)["available"] == 60 + 20 + 30, f"{system.shown(friend)}")
    check(system.balance(user)["available"] == 85 + 30, f"{system.shown(user)}")


def reports(system):
    user = system.user()
    system.grant(user, 100)
    system.use(user, "upscale")
    system.use(user, "audio", units={"seconds": 31})
    for group in ("feature", "day", "month"):
        report = system.usage(user, f"?group_by={group}")
        check((report["total"]["uses"], report["total"]["consumed"]) == (2, 8), f"{report}")
    table = system.get(f"/v1/accounts/{user}/transactions", headers={"Accept": "text/csv"})
    check(table.status == 200 and table.body.count(b"\r\n") == 5, f"{table}")


if __name__ == "__main__":
    run_scenario("creator-suite", [
        plans_and_cycles, costs_of_everything, prices_by_duration, estimated_audio,
        every_entry_is_told, the_flow_of_a_job, a_job_that_nobody_ends, upgrades_add,
        months_and_years, seeding_is_one_command, credits_without_a_plan, expiring_credits,
        campaigns_and_referrals, reports])
