"""The part of the session that shows what is arranged with an account: subscriptions, promotions,
referrals, budgets, alerts, auto top-up, usage, and the clock for tests."""

from harness import check

COMMON = {"metadata": {"a": 1}, "description": "text", "reason": "a test"}
DOLLARS = {"amount": 900, "currency": "USD"}


def show_arrangements(call):
    show_clock(call)
    call("PUT", "/v1/plans/basic", {"credits": 100}, status=201)
    call("PUT", "/v1/plans/all", {"unlimited": True}, status=201)
    show_subscription(call)
    show_provider(call)
    show_unlimited(call)
    show_promotions(call)
    show_referrals(call)
    show_budgets(call)
    show_alerts(call)
    show_auto_top_up(call)
    show_usage(call)
    show_resources(call)
    for plan in ("basic", "all"):
        call("DELETE", f"/v1/plans/{plan}", status=204)


def show_clock(call):
    now = call("POST", "/v1/test-clock", {"advance": "1s"})["updated_at"]
    call("POST", "/v1/test-clock", {"now": now})
    call("POST", "/v1/test-clock", {}, status=400)


def account(call, name, credits=None):
    call("PUT", f"/v1/accounts/{name}", {}, status=201)
    if credits is not None:
        call("POST", f"/v1/accounts/{name}/grants", {"amount": credits}, status=201)
    return f"/v1/accounts/{name}"


def show_subscription(call):
    at = account(call, "hugo") + "/subscription"
    call("GET", at, status=404)
    asked = dict(COMMON, plan="basic", interval="month", source="calendar")
    call("PUT", at, dict(asked, dry_run=True), status=201)
    call("PUT", at, asked, status=201)
    call("PUT", at, {"plan": "basic"})
    call("PUT", at, {"plan": "all"}, status=409)
    call("PUT", at, {"plan": "none"}, status=404)
    call("PUT", at, {}, status=400)
    change = dict(COMMON, plan="all", interval="month", at_period_end=True)
    call("POST", f"{at}/change", dict(change, dry_run=True))
    call("POST", f"{at}/change", change)
    call("GET", at)
    call("POST", f"{at}/resume", dict(COMMON, dry_run=True))
    call("POST", f"{at}/resume", COMMON)
    call("POST", f"{at}/resume", {})
    call("POST", f"{at}/cancel", dict(COMMON, at_period_end=True, dry_run=True))
    call("POST", f"{at}/cancel", {"at_period_end": True})
    call("POST", f"{at}/cancel", {"at_period_end": True})
    call("GET", "/v1/accounts/hugo")
    call("POST", f"{at}/cancel", COMMON)
    call("POST", f"{at}/cancel", None, status=404)
    call("GET", "/v1/accounts/hugo/transactions?type=subscription")


def show_provider(call):
    at = account(call, "ines") + "/subscription"
    call("PUT", "/v1/plans/paid", {"credits": 5, "grace_days": 3}, status=201)
    call("PUT", at, {"plan": "paid", "source": "provider", "period_end": "2080-01-01T00:00:00Z"},
         status=201)
    renewal = dict(COMMON, period_end="2080-02-01T00:00:00Z")
    call("POST", f"{at}/renew", dict(renewal, dry_run=True))
    call("POST", f"{at}/renew", renewal)
    call("POST", f"{at}/renew", renewal)
    call("POST", f"{at}/past-due", dict(COMMON, dry_run=True))
    call("POST", f"{at}/past-due", COMMON)
    call("POST", f"{at}/past-due", None)
    call("DELETE", "/v1/plans/paid", status=204)


def show_unlimited(call):
    at = account(call, "jade")
    call("PUT", f"{at}/subscription", {"plan": "all"}, status=201)
    call("POST", f"{at}/quotes", {"amount": 5})
    call("POST", f"{at}/deductions", {"amount": 5, "user": "jade", "model": "m"}, status=201)
    hold = call("POST", f"{at}/holds", {"amount": 5, "expires_in": "1h"}, status=201)["id"]
    call("POST", f"/v1/holds/{hold}/captures", {"final": True}, status=201)
    check(call("GET", f"{at}/balance")["unlimited"], "an unlimited plan")
    call("POST", f"{at}/subscription/renew", {}, status=422)


def show_promotions(call):
    call("PUT", "/v1/promotions/HELLO", {"credits": 9, "expires_in": "30d"}, status=201)
    at = "/v1/promotions/HELLO/redeem"
    call("POST", at, dict(COMMON, account="jade", dry_run=True), status=201)
    call("POST", at, dict(COMMON, account="jade"), status=201)
    call("POST", at, {"account": "jade"}, status=409)
    call("POST", "/v1/promotions/NONE/redeem", {"account": "jade"}, status=404)
    call("GET", "/v1/accounts/jade/transactions?type=grant")
    call("PUT", "/v1/promotions/HELLO", {"credits": 9, "active": False})
    call("POST", at, {"account": "alice"}, status=422)
    call("DELETE", "/v1/promotions/HELLO", status=204)


def show_referrals(call):
    account(call, "kim")
    catalog = call("GET", "/v1/catalog")
    settings = dict(catalog["settings"], referral={"referrer": 5, "referred": 3})
    call("PUT", "/v1/catalog", dict(catalog, settings=settings))
    asked = dict(COMMON, referrer="jade", referred="kim")
    call("POST", "/v1/referrals", dict(asked, dry_run=True), status=201)
    call("POST", "/v1/referrals", asked, status=201)
    call("POST", "/v1/referrals", asked, status=409)
    call("POST", "/v1/accounts/kim/purchases", {
        "amount": 50, "payment": dict(DOLLARS, provider="stripe", id="pi_kim")}, status=201)
    for name in ("jade", "kim"):
        found = call("GET", f"/v1/accounts/{name}/transactions?type=grant")["data"]
        check("referral" in [grant["kind"] for grant in found], f"no reward of {name}: {found}")


def show_budgets(call):
    at = account(call, "lena", 50)
    terms = dict(COMMON, user="lena", feature="image", limit=2, window="day", tz="+07:00")
    call("PUT", f"{at}/budgets/day", dict(terms, dry_run=True))
    call("PUT", f"{at}/budgets/day", terms)
    call("PUT", f"{at}/budgets/all", {"limit": "20", "window": "5h"})
    call("PUT", f"{at}/budgets/all", {"limit": "20", "window": "week"}, status=400)
    call("GET", f"{at}/budgets")
    call("GET", f"{at}/budgets/day")
    call("POST", f"{at}/deductions", {"amount": 21}, status=402)
    call("GET", f"{at}/transactions?type=refusal")
    call("DELETE", f"{at}/budgets/day", status=204)
    call("GET", f"{at}/budgets/day", status=404)


def show_alerts(call):
    at = "/v1/accounts/lena/alerts"
    call("PUT", f"{at}/low", dict(COMMON, below=10, recovered_at="12.5", dry_run=True))
    call("PUT", f"{at}/low", dict(COMMON, below=10, recovered_at="12.5"))
    call("PUT", f"{at}/part", {"percent": 20})
    call("PUT", f"{at}/part", {}, status=400)
    call("GET", at)
    call("GET", f"{at}/low")
    call("DELETE", f"{at}/low", status=204)
    call("GET", f"{at}/low", status=404)


def show_auto_top_up(call):
    at = "/v1/accounts/lena/auto-top-up"
    call("GET", at, status=404)
    call("PUT", "/v1/packages/fifty", {"credits": 50, "price": DOLLARS}, status=201)
    rule = dict(COMMON, package="fifty", threshold=60, monthly_max=2, cool_down="90m")
    call("PUT", at, dict(rule, dry_run=True))
    call("PUT", at, rule)
    call("PUT", at, dict(rule, package="none"), status=404)
    check(call("GET", at)["asked_in_month"] == 1, "little is left")
    call("DELETE", at, status=204)
    call("DELETE", "/v1/packages/fifty", status=204)


def show_usage(call):
    at = "/v1/accounts/jade/usage"
    call("GET", at)
    for groups in ("feature,user", "model,hour", "day", "month"):
        call("GET", f"{at}?group_by={groups}&tz=-03:00")
    call("GET", f"{at}?from=2020-01-01T00:00:00Z&to=2090-01-01T00:00:00Z")
    call("GET", f"{at}?user=jade&model=m&feature=image")
    call("GET", f"{at}?tz=-03:30", status=422)
    call("GET", f"{at}?group_by=colour", status=400)
    call("GET", "/v1/accounts/jade/members")


def show_resources(call):
    at = account(call, "mona", 50)
    template = "results/{account}/{time}_{id8}.png"
    call("PUT", "/v1/features/photo", {"credits": 1, "resource_template": template})
    call("PATCH", "/v1/features/photo", {"resource_template": template})
    call("PUT", "/v1/features/photo", {"credits": 1, "resource_template": "{day}"}, status=400)
    call("GET", "/v1/features/photo")
    call("GET", "/v1/features")
    call("GET", "/v1/catalog")
    use = {"feature": "photo", "user": "mona", "model": "m", "metadata": {"a": 1}}
    made = call("POST", f"{at}/deductions", use, status=201)
    check(made["resource"].startswith("results/mona/"), f"what was made: {made}")
    call("POST", f"{at}/deductions", {"amount": 1, "resource": "other"}, status=201)
    page = call("GET", f"{at}/resources?limit=1")
    call("GET", f"{at}/resources?limit=1&cursor={page['next_cursor']}")
    found = call("GET", f"{at}/resources?type=photo&user=mona&page=1")["data"]
    check([thing["resource"] for thing in found] == [made["resource"]], f"{found}")
    explain = f"/v1/transactions/{made['id']}/explain"
    call("GET", explain)
    text = call("GET", explain, headers={"Accept": "text/plain"}).decode()
    check(made["resource"] in text, text)
    call("GET", "/v1/transactions/txn_999999/explain", status=404)
    feeds(call, made["account"])
    for entry in call("GET", "/v1/accounts/jade/transactions?limit=100")["data"]:
        call("GET", f"/v1/transactions/txn_{entry['seq']}/explain")
    call("DELETE", "/v1/features/photo", status=204)


def feeds(call, account):
    page = call("GET", "/v1/events?after=0&limit=2&types=account.created,credits.deducted")
    call("GET", f"/v1/events?after={page['next_cursor']}&account={account}")
    call("GET", "/v1/events?after=0&limit=1000")
    call("GET", "/v1/events?types=none", status=400)
    call("GET", "/v1/events?account=none-such", status=404)
    call.stream("/v1/events?after=0")
    call.stream(f"/v1/accounts/{account}/stream?after=0&types=credits.deducted")
    call("GET", "/v1/accounts/none-such/stream", status=404)
