"""System E, SmartSpec: fractional credits that stay exact, plans by the month, six packages with
their bonus, a number of one's own, and the figures of a dashboard."""

from scenario_kit import check, each_of, expect, run_scenario, unique

PACKAGES = ((50, 500, 0), (100, 900, 5), (250, 2000, 15), (500, 3500, 40), (1000, 6000, 100),
            (5000, 25000, 750))


def cost(system, account, feature, **use):
    quote = system.price(account, feature, **use)
    used = system.use(account, feature, **use)
    check(quote["required"] == used["amount"], f"{quote} {used}")
    check(quote["lines"] == used["lines"], f"{quote} {used}")
    return used["amount"]


def fractional_costs(system):
    user = system.user()
    system.grant(user, 100)
    for options, credits in (((), 1), (("hd",), 1.5), (("4k",), 2)):
        check(cost(system, user, "image", options=list(options)) == credits, f"{options}")
    system.use(user, "image", 422, "option_unknown", options=["8k"])
    for seconds, credits in ((1, 5), (5, 5), ("5.1", 10), (6, 10), (60, 10)):
        check(cost(system, user, "video", units={"seconds": seconds}) == credits, f"{seconds} s")
    for seconds, credits in ((30, 0.5), (60, 1), (45, 0.75), (1, 0.016667), (90, 1.5)):
        check(cost(system, user, "audio", units={"seconds": seconds}) == credits, f"{seconds} s")
    for size, months, credits in ((1, 1, 0.01), ("2.5", 3, 0.075), (100, 12, 12)):
        units = {"gigabytes": size, "months": months}
        check(cost(system, user, "storage", units=units) == credits, f"{units}")
    system.use(user, "storage", 422, "units_invalid", units={"gigabytes": 1})
    surcharge = system.use(user, "image", options=["hd"])["lines"]
    check(surcharge == [{"rule": "flat", "amount": 1}, {"rule": "option hd", "amount": 0.5}],
          f"{surcharge}")


def fractions_stay_exact(system):
    """A hundred times a hundredth is one: no sum is off by a rounding."""
    user = system.user()
    for _ in range(100):
        system.use(user, "storage", units={"gigabytes": 1, "months": 1})
    check(system.balance(user)["available"] == 9, f"{system.balance(user)}")
    refused = system.use(user, "image", 402, "insufficient_credits", quantity=7, options=["hd"])
    check((refused["required"], refused["available"], refused["shortfall"]) == (10.5, 9, 1.5),
          f"{refused}")


def plans_by_the_month(system):
    plans = {p["id"]: (p["credits"], p["prices"]) for p in system.read("/v1/plans")["data"]}
    month = {"interval": "month", "currency": "USD"}
    check(plans == {"free": (10, []), "pro": (500, [{**month, "amount": 2900}]),
                    "enterprise": (5000, [{**month, "amount": 19900}])}, f"{plans}")
    user = system.user()
    at = f"/v1/accounts/{user}/subscription"
    check(system.balance(user)["available"] == 10, "free")
    system.use(user, "image", quantity=4)
    system.advance(advance="32d")
    check(system.balance(user)["available"] == 10, "ten a month, not fourteen")
    expect(system.post(f"{at}/change", {"plan": "pro"}), 200)
    check(system.balance(user)["available"] == 510, "upgraded")
    later = expect(system.post(f"{at}/change", {"plan": "enterprise", "at_period_end": True}), 200)
    check(later["subscription"]["next"]["plan"] == "enterprise", f"{later}")
    system.advance(advance="32d")
    seen = system.read(at)
    check((seen["subscription"]["plan"], seen["available"]) == ("enterprise", 5000), f"{seen}")


def cancelled_now_or_at_the_end(system):
    now, end = system.user(), system.user()
    for user in (now, end):
        expect(system.post(f"/v1/accounts/{user}/subscription/change", {"plan": "pro"}), 200)
    at = f"/v1/accounts/{end}/subscription"
    gone = expect(system.post(f"/v1/accounts/{now}/subscription/cancel", {}), 200)
    check((gone["subscription"]["status"], gone["available"]) == ("canceled", 0), f"{gone}")
    for _ in range(2):
        kept = expect(system.post(f"{at}/cancel", {"at_period_end": True}), 200)
        check(kept["available"] == 510, f"{kept}")
    expect(system.post(f"{at}/resume", {}), 200)
    check(system.read(at)["subscription"]["cancel_at_period_end"] is False, "resumed")
    expect(system.post(f"{at}/cancel", {"at_period_end": True}), 200)
    system.advance(advance="32d")
    seen = system.read(at)
    check((seen["subscription"]["status"], seen["available"]) == ("canceled", 0), f"{seen}")
    # Who has cancelled can begin again.
    again = expect(system.put(at, {"plan": "pro", "interval": "month"}), 201)
    check(again["available"] == 500, f"{again}")


def a_providers_cycles(system):
    """A subscription that somebody else bills is renewed by their word alone."""
    user = system.user()
    at = f"/v1/accounts/{user}/subscription"
    expect(system.post(f"{at}/cancel", {}), 200)
    begun = expect(system.put(at, {"plan": "pro", "interval": "month", "source": "provider"}), 201)
    check(begun["available"] == 500, f"{begun}")
    system.use(user, "video", units={"seconds": 6}, quantity=30)
    end = begun["subscription"]["period_end"]
    system.advance(now=end)
    check(system.read(at)["subscription"]["status"] == "past_due", "not paid yet")
    check(system.balance(user)["available"] == 200, "days of grace")
    paid = {"period_end": system.read(at)["subscription"]["grace_until"]}
    answers = each_of(system, 6, lambda ledger, _: ledger.post(f"{at}/renew", paid))
    check(all(a.status in (200, 201) for a in answers), f"{answers}")
    seen = system.read(at)
    check((seen["subscription"]["status"], seen["available"]) == ("active", 500), f"{seen}")
    check(len(system.history(user, "?type=subscription")) == 5, "one cycle for one payment")
    expect(system.post(f"{at}/past-due", {}), 200)
    system.advance(advance="15d")
    seen = system.read(at)
    check((seen["subscription"]["status"], seen["available"]) == ("canceled", 0), f"{seen}")


def packages_and_their_bonus(system):
    user = system.user()
    sold = {p["id"]: (p["credits"], p["price"]["amount"], p["bonus"])
            for p in system.read("/v1/packages")["data"]}
    check(sold == {f"credits-{row[0]}": row for row in PACKAGES}, f"{sold}")
    expected = 10
    for credits, price, bonus in PACKAGES:
        payment = {"id": unique("pi"), "provider": "stripe", "amount": price, "currency": "USD"}
        bought = system.buy(user, package=f"credits-{credits}", payment=payment)
        expected += credits + bonus
        check((bought["amount"], bought["delta"]) == (credits, credits + bonus), f"{bought}")
        check(bought["available"] == expected, f"{bought}")
        again = system.buy(user, 200, package=f"credits-{credits}", payment=payment)
        check(again["duplicate"] is True, f"{again}")
    check(system.balance(user)["available"] == expected, "bought twice")
    check(system.shown(user)["totals"]["purchased"] == sum(row[0] for row in PACKAGES), "paid for")
    kinds = [grant["kind"] for grant in system.read(f"/v1/accounts/{user}/grants")["data"]]
    check((kinds.count("bonus"), kinds.count("purchase")) == (5, 6), f"{kinds}")
    cheap = {"amount": 1, "currency": "USD"}
    system.buy(user, 400, "invalid_request", package="credits-50", payment=cheap)
    system.buy(user, 404, "package_not_found", package="credits-51", payment=cheap)


def a_number_of_ones_own(system):
    user = system.user()
    bought = system.buy(user, amount=37, payment={"amount": 370, "currency": "USD"})
    check((bought["amount"], bought["available"]) == (37, 47), f"{bought}")
    system.buy(user, 400, "amount_range", amount="0.5", payment={"amount": 5, "currency": "USD"})
    system.buy(user, 400, "amount_range", amount=100001,
               payment={"amount": 1000010, "currency": "USD"})


def no_card_data(system):
    at = f"/v1/accounts/{system.user()}/purchases"
    payment = {"provider": "stripe", "id": unique("pi"), "amount": 500, "currency": "USD",
               "card": "4242424242424242"}
    refused = expect(system.post(at, {"package": "credits-50", "payment": payment}), 400)
    check(refused["errors"][0]["pointer"] == "#/payment/card", f"{refused}")
    check("4242" not in system.daemon.log_text(), "a card's number in the log")


def pages_of_transactions(system):
    user = system.user()
    system.grant(user, 100)
    used = [system.use(user, "image", model="flux") for _ in range(25)]
    system.refund(used[0])
    pages = [system.history(user, f"?type=deduction&limit=10&page={page}") for page in (1, 2, 3, 4)]
    check([len(page) for page in pages] == [10, 10, 5, 0], f"{[len(page) for page in pages]}")
    ids = [entry["id"] for page in pages for entry in page]
    check(ids == [entry["id"] for entry in reversed(used)], "newest first, each once")
    check([t["type"] for t in system.history(user, "?limit=1")] == ["refund"], "the newest")
    first = system.read(f"/v1/accounts/{user}/transactions?limit=20")
    system.use(user, "image")  # in between: a cursor is not moved by it
    rest = system.read(f"/v1/accounts/{user}/transactions?limit=20&cursor={first['next_cursor']}")
    seen = [entry["id"] for entry in first["data"] + rest["data"]]
    check(len(seen) == len(set(seen)) == 28 and rest["has_more"] is False, f"{len(seen)}")
    for query in ("?type=none", "?limit=0", "?limit=101", "?page=0"):
        expect(system.get(f"/v1/accounts/{user}/transactions{query}"), 400, "invalid_request")
    table = system.get(f"/v1/accounts/{user}/transactions?type=deduction",
                       headers={"Accept": "text/csv"})
    check(table.body.count(b"\r\n") == 27, f"{table}")


def search_in_the_history(system):
    user = system.user()
    system.use(user, "image", model="flux", user="ada", resource="files/cat.png")
    middle = system.use(user, "audio", model="bark", units={"seconds": 30})
    system.use(user, "image", model="sdxl", user="bo")

    def found(query):
        return [entry["model"] for entry in system.history(user, f"?type=deduction&{query}")]

    for query, models in (("feature=image", ["sdxl", "flux"]), ("model=bark", ["bark"]),
                          ("user=ada", ["flux"]), ("resource=files/cat.png", ["flux"]),
                          (f"from={middle['created_at']}", ["sdxl", "bark"]),
                          (f"to={middle['created_at']}", ["flux"]),
                          ("feature=image&user=bo", ["sdxl"]), ("feature=video", [])):
        check(found(query) == models, f"{query}: {found(query)}")


def figures_of_a_dashboard(system):
    day = system.advance_to_noon()
    user = system.user()
    system.grant(user, 100)
    system.use(user, "image", model="flux", options=["hd"])
    system.use(user, "image", model="sdxl")
    system.refund(system.use(user, "video", model="kling", units={"seconds": 9}))
    system.advance(advance="1d")
    system.use(user, "audio", model="bark", units={"seconds": 60})
    by_type = {row["feature"]: row["net"]
               for row in system.usage(user, "?group_by=feature")["data"]}
    check(by_type == {"image": 2.5, "video": 0, "audio": 1}, f"{by_type}")
    by_model = {row["model"]: (row["uses"], row["consumed"])
                for row in system.usage(user, "?group_by=model")["data"]}
    check(by_model == {"flux": (1, 1.5), "sdxl": (1, 1), "kling": (1, 10), "bark": (1, 1)},
          f"{by_model}")
    days = system.usage(user, "?group_by=day")["data"]
    check([(row["uses"], row["net"]) for row in days] == [(3, 2.5), (1, 1)], f"{days}")
    check(days[0]["day"] == day < days[1]["day"], f"{days}")
    one = system.usage(user, f"?group_by=day,feature&from={day}T00:00:00Z&to={days[1]['day']}"
                             "T00:00:00Z")
    check([row["feature"] for row in one["data"]] == ["image", "video"], f"{one}")
    totals = system.shown(user)["totals"]
    check((totals["consumed"], totals["refunded"]) == (13.5, 10), f"{totals}")
    expect(system.get(f"/v1/accounts/{user}/usage?tz=%2B05:30"), 422)


def balances_live_and_in_the_past(system):
    user = system.user()
    first = system.balance(user)
    system.use(user, "image", options=["4k"])
    check(system.balance(user)["available"] == 8, "at once")
    past = system.read(f"/v1/accounts/{user}/balance?at={first['seq']}")
    check(past["available"] == 10, f"{past}")


if __name__ == "__main__":
    run_scenario("smartspec", [
        fractional_costs, fractions_stay_exact, plans_by_the_month, cancelled_now_or_at_the_end,
        a_providers_cycles, packages_and_their_bonus, a_number_of_ones_own,
        no_card_data, pages_of_transactions, search_in_the_history, figures_of_a_dashboard,
        balances_live_and_in_the_past])
