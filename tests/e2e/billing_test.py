"""What customers see of Stripe through creditd (the billing portal, their cards, their
invoices), and what happens when a provider is not configured, or fails: nothing is lost, and
the same call again does what was asked."""

from contract_kit import check, expect, expect_fields, unique
from contract_plans import current, path, plan
from harness import Daemon
from payments_kit import Shop, run_shop
from webhooks_kit import LOCAL


def customer(shop):
    """(account, its id at Stripe) of one who has paid."""
    account = shop.account()
    order, _ = shop.bought(account, shop.package(10))
    return account, shop.stripe.sessions[order["reference"]]["customer"]


def last_form(shop, at):
    return [r for r in shop.stripe.requests if r.path == at][-1].form


def shown_to_pages(shop):
    nobody = shop.with_key(None)
    shown = expect(nobody.get("/v1/payments/config"), 200)
    check(shown == {"stripe": {"enabled": True, "publishable_key": "pk_test_local"},
                    "midtrans": {"enabled": True, "client_key": "client_local"}}, f"{shown}")


def portal(shop):
    account, known = customer(shop)
    at = f"/v1/accounts/{account}/billing-portal"
    made = expect(shop.post(at), 201)
    check(made == {"url": f"{shop.stripe.base_url}/portal"}, f"{made}")
    asked = last_form(shop, "/v1/billing_portal/sessions")
    check(asked == {"customer": known, "return_url": "https://shop.example/account"}, f"{asked}")
    expect(shop.post(at, {"return_url": "https://shop.example/else"}), 201)
    asked = last_form(shop, "/v1/billing_portal/sessions")
    check(asked["return_url"] == "https://shop.example/else", f"{asked}")
    expect(shop.client.call("POST", at, {}), 400, "idempotency_key_missing")
    check(shop.post(at, {"return_url": 7}).status == 400, "no URL")
    expect(shop.post(f"/v1/accounts/{shop.account()}/billing-portal"), 404, "order_not_found")
    expect(shop.post("/v1/accounts/nobody-here/billing-portal"), 404, "account_not_found")


def cards_and_invoices(shop):
    account, known = customer(shop)
    card, = expect(shop.get(f"/v1/accounts/{account}/payment-methods"), 200)["data"]
    check(card == {"id": "pm_1", "type": "card", "brand": "visa", "last4": "4242", "exp_month": 8,
                   "exp_year": 2030}, f"{card}")
    check(expect(shop.get(f"/v1/accounts/{account}/invoices"), 200) ==
          {"data": [], "has_more": False}, "a single payment has none")
    order = shop.order(account, plan=plan(shop), interval="month")
    session = shop.stripe.sessions[order["reference"]]
    shop.tell(*shop.stripe.pay(order["reference"]))
    check(session["customer"] != known, "another customer, as Stripe makes one for each session")
    invoice, = expect(shop.get(f"/v1/accounts/{account}/invoices"), 200)["data"]
    expect_fields(invoice, "number", "created_at", "url", "pdf_url")
    check((invoice["id"], invoice["status"], invoice["total"], invoice["paid"]) ==
          (session["invoice"], "paid", {"amount": 900, "currency": "USD"}, 900), f"{invoice}")
    nobody = shop.account()
    for what in ("payment-methods", "invoices"):
        empty = expect(shop.get(f"/v1/accounts/{nobody}/{what}"), 200)
        check(empty == {"data": [], "has_more": False}, f"who has never paid: {empty}")
        expect(shop.get(f"/v1/accounts/nobody-here/{what}"), 404, "account_not_found")
        shop.stripe.fail(100, 500)
        expect(shop.get(f"/v1/accounts/{account}/{what}"), 502, "provider_failed")
        shop.stripe.fail(0)


def subscription_at_stripe_first(shop):
    """What creditd is asked to do to a subscription that Stripe bills, Stripe does first."""
    account = shop.account()
    order = shop.order(account, plan=plan(shop), interval="month")
    shop.tell(*shop.stripe.pay(order["reference"]))
    known = shop.stripe.subscriptions[shop.stripe.sessions[order["reference"]]["subscription"]]
    shop.stripe.fail(100, 500)
    later = {"at_period_end": True}
    expect(shop.post(path(account, "cancel"), later), 502, "provider_failed")
    check(not current(shop, account)["cancel_at_period_end"], f"{current(shop, account)}")
    shop.stripe.fail(0)
    expect(shop.post(path(account, "cancel"), later), 200)
    check(known["cancel_at_period_end"] and current(shop, account)["cancel_at_period_end"],
          f"{known}")
    expect(shop.post(path(account, "resume")), 200)
    check(not known["cancel_at_period_end"], f"{known}")
    bigger = plan(shop, credits=300, prices=[{"interval": "month", "amount": 1500,
                                              "currency": "USD"}])
    expect(shop.post(path(account, "change"), {"plan": bigger}), 200)
    check(known["items"]["data"][0]["price"]["unit_amount"] == 1500, f"{known}")
    check(current(shop, account)["plan"] == bigger, f"{current(shop, account)}")
    shop.tell(*[e for e in shop.stripe.events if e["type"] == "customer.subscription.updated"
                and e["data"]["object"]["id"] == known["id"]])
    check(current(shop, account)["plan"] == bigger, "and so say the events of it")
    expect(shop.post(path(account, "cancel"), {"at_period_end": False}), 200)
    check(known["status"] == "canceled" == current(shop, account)["status"], f"{known}")


def no_session_to_be_had(shop):
    """The order is kept, and the same call makes it payable once the provider answers."""
    for provider, server, package in (
            ("stripe", shop.stripe, shop.package(10)),
            ("midtrans", shop.midtrans, shop.package(10, cents=500000, currency="IDR"))):
        for failure in (500, 429, 401, "cut", "late"):
            account, key = shop.account(), unique()
            body = {"account": account, "package": package, "provider": provider}
            server.fail(100, failure)
            for _ in range(2):
                expect(shop.post("/v1/orders", body, key), 502, "provider_failed")
            kept, = expect(shop.get(f"/v1/orders?account={account}"), 200)["data"]
            check(kept["status"] == "pending" and kept["reference"] is None, f"{failure}: {kept}")
            server.fail(0)
            made = expect(shop.post("/v1/orders", body, key), 201)
            check(made["order_id"] == kept["order_id"], f"{failure}: {made}")
            check(made["pay_url"] or made["qr_url"], f"{failure}: {made}")


def once_is_once(shop):
    """A session that was made, while the answer was lost: the same one is found again."""
    account, key = shop.account(), unique()
    body = {"account": account, "package": shop.package(10), "provider": "stripe"}
    before = len(shop.stripe.sessions)
    shop.stripe.fail(1, "late")
    shop.post("/v1/orders", body, key)
    made = expect(shop.post("/v1/orders", body, key), 201)
    check(len(shop.stripe.sessions) == before + 1, "a second session")
    shop.tell(*shop.stripe.pay(made["reference"]))
    check(shop.status(made) == "settled" and shop.available(account) == 10, f"{made}")


def garbage(shop):
    """Answers that are not what they should be."""
    account, package = shop.account(), shop.package(10)
    answer = shop.stripe.route
    for said in ((200, {}), (200, []), (200, "x"), (200, {"id": 7, "url": 8}), (302, {}),
                 (200, None)):
        key = unique()
        body = {"account": account, "package": package, "provider": "stripe"}
        shop.stripe.route = lambda request, value=said: value
        expect(shop.post("/v1/orders", body, key), 502, "provider_failed")
        shop.stripe.route = answer
        shop.stripe.answers.clear()
        made = expect(shop.post("/v1/orders", body, key), 201)
        check(made["pay_url"] == shop.stripe.sessions[made["reference"]]["url"], f"{said}: {made}")


def not_configured(shop):
    daemon = Daemon(shop.daemon.bin, environment=LOCAL)
    try:
        bare = Shop(daemon.start(), shop.stripe, shop.midtrans)
        account, package = bare.account(), bare.package()
        for provider in ("stripe", "midtrans"):
            problem = expect(bare.post("/v1/orders", {
                "account": account, "package": package, "provider": provider}), 400,
                "invalid_request")
            check(problem["errors"] == [{"pointer": "#/provider",
                                         "detail": "is not configured here"}], f"{problem}")
            expect(bare.client.call("POST", f"/webhooks/{provider}", {}), 400, "signature_invalid")
        for method, at in (("POST", "billing-portal"), ("GET", "payment-methods"),
                           ("GET", "invoices")):
            answer = bare.client.call(method, f"/v1/accounts/{account}/{at}",
                                      {} if method == "POST" else None, unique())
            problem = expect(answer, 400, "invalid_request")
            check("not configured" in problem["detail"], f"{problem}")
        expect(bare.client.call("POST", "/v1/payments/reconcile", {}), 400, "invalid_request")
        shown = expect(bare.get("/v1/payments/config"), 200)
        check(not shown["stripe"]["enabled"] and not shown["midtrans"]["enabled"], f"{shown}")
        order = bare.order(account, provider="manual", package=package)
        expect(bare.post(f"/v1/orders/{order['order_id']}/settle"), 200)
        check(bare.available(account) == 100, "by hand it can be paid all the same")
    finally:
        daemon.remove()


if __name__ == "__main__":
    run_shop([shown_to_pages, portal, cards_and_invoices, subscription_at_stripe_first,
              no_session_to_be_had, once_is_once, garbage, not_configured])
