"""Orders that are paid at Stripe: one payment is one credit, whatever is told how often, in which
order, at once, or over restarts and kills in between."""

import json
import time

from contract_kit import check, expect, expect_fields, unique
from payments_kit import CENTS, at_once, node, post_at_once, renamed, run_shop

GOOD = 200


def sessions_asked_for(shop):
    return [r for r in shop.stripe.requests
            if r.method == "POST" and r.path == "/v1/checkout/sessions"]


def signed_by_npm(shop, event, at=None):
    """The body and headers of a webhook, signed by Stripe's own client."""
    body = json.dumps(event)
    header = node("stripe_client.js", {"do": "sign", "options": {
        "payload": body, "secret": shop.stripe.secret, "timestamp": int(at or time.time())}})
    return body.encode(), {"Content-Type": "application/json", "Stripe-Signature": header}


def an_order_and_its_session(shop):
    account, package, key = shop.account(), shop.package(100, 10), unique()
    before = len(sessions_asked_for(shop))
    body = {"account": account, "package": package, "provider": "stripe"}
    order = expect(shop.post("/v1/orders", body, key), 201)
    expect_fields(order, "order_id", "created_at", "seq", "pay_until", "qr_url", "plan")
    check(order["status"] == "pending" and order["account"] == account, f"{order}")
    check((order["credits"], order["bonus"]) == (100, 10), f"{order}")
    check(order["price"] == {"amount": CENTS, "currency": "USD"}, f"{order}")
    session = shop.stripe.sessions[order["reference"]]
    check(order["pay_url"] == session["url"], f"{order} {session}")
    check((session["mode"], session["amount_total"], session["currency"]) ==
          ("payment", CENTS, "usd"), f"{session}")
    named = {"creditd_account": account, "creditd_order": order["order_id"]}
    check(session["metadata"] == named == session["intent_metadata"], f"{session}")
    check(session["client_reference_id"] == account, f"{session}")
    asked = sessions_asked_for(shop)[-1].form
    check(asked["success_url"] == "https://shop.example/ok", f"{asked}")
    check(package in asked["line_items[0][price_data][product_data][name]"], f"{asked}")
    again = shop.post("/v1/orders", body, key)
    check(expect(again, 201)["reference"] == order["reference"], f"{again}")
    check(again.headers["idempotent-replayed"] == "true", f"{again.headers}")
    for other in ({**body, "account": shop.account()}, {**body, "package": shop.package()},
                  {**body, "success_url": "https://shop.example/elsewhere"}):
        expect(shop.post("/v1/orders", other, key), 422, "idempotency_key_reused")
    same = shop.order(account, package=package, order_id=order["order_id"])
    check(same["reference"] == order["reference"], "the same id, under another key")
    expect(shop.post("/v1/orders", {**body, "package": shop.package(),
                                    "order_id": order["order_id"]}), 409, "order_exists")
    check(len(sessions_asked_for(shop)) == before + 1, "a second session at Stripe")
    check(shop.shown(order) == {**order, "seq": shop.shown(order)["seq"]}, "as it was made")
    check(shop.available(account) == 0, "nothing is paid yet")


def asked_for_at_once(shop):
    account, package, key = shop.account(), shop.package(), unique()
    body = {"account": account, "package": package, "provider": "stripe"}
    answers = at_once(10, lambda _: shop.daemon.client().call("POST", "/v1/orders", body, key))
    made = [answer.json() for answer in answers if answer.status == 201]
    check({a.status for a in answers} <= {201, 409} and made, f"{answers}")
    check(len({order["order_id"] for order in made}) == 1, f"{made}")
    check(len({order["reference"] for order in made}) == 1, f"{made}")
    listed = expect(shop.get(f"/v1/orders?account={account}"), 200)["data"]
    check(len(listed) == 1 and listed[0]["reference"] == made[0]["reference"], f"{listed}")


def wrong_orders(shop):
    account, package = shop.account(), shop.package()
    good = {"account": account, "package": package, "provider": "stripe"}
    for change, status, code in (
            ({"provider": "paypal"}, 400, "invalid_request"),
            ({"provider": None}, 400, "invalid_request"),
            ({"plan": "pro"}, 400, "invalid_request"),
            ({"interval": "month"}, 400, "invalid_request"),
            ({"success_url": "javascript:alert(1)"}, 400, "invalid_request"),
            ({"price": {"amount": 1, "currency": "USD"}}, 400, "invalid_request"),
            ({"account": unique("nobody")}, 404, "account_not_found"),
            ({"package": unique("none")}, 404, "package_not_found")):
        sent = {k: v for k, v in {**good, **change}.items() if v is not None}
        expect(shop.post("/v1/orders", sent), status, code)
    expect(shop.client.call("POST", "/v1/orders", good), 400, "idempotency_key_missing")
    for change in ({"order_id": "a/b"}, {"order_id": "x" * 51},
                   {"price": {"amount": 1_490_000, "currency": "USD"}},
                   {"price": {"amount": 1_490_050, "currency": "IDR"}}):
        sent = {"account": account, "amount": 5, "provider": "midtrans", **change}
        sent.setdefault("price", {"amount": 1_490_000, "currency": "IDR"})
        problem = expect(shop.post("/v1/orders", sent), 400, "invalid_request")
        pointer, = (error["pointer"] for error in problem["errors"])
        check(pointer[2:] == next(iter(change)), f"{change}: {problem}")
    expect(shop.get("/v1/orders/none-such"), 404, "order_not_found")
    check(expect(shop.get(f"/v1/orders?account={account}"), 200)["data"] == [], "none was kept")


def one_credit(shop, account, order, what):
    check(shop.available(account) == 110, f"{what}: {shop.balance(account)}")
    check(len(shop.purchases(account)) == 1, f"{what}: {shop.purchases(account)}")
    check(shop.status(order) == "settled", f"{what}: {shop.shown(order)}")


def paid_once(shop):
    account = shop.account()
    order = shop.order(account, package=shop.package(100, 10))
    paid, completed = shop.stripe.pay(order["reference"])
    body, headers = signed_by_npm(shop, completed)
    check(post_at_once(shop.hook(), body, headers, 1) == [GOOD], "signed by npm's stripe")
    one_credit(shop, account, order, "once")
    shown = shop.shown(order)
    check(shown["payment_id"] == paid["data"]["object"]["id"] and shown["settled_at"], f"{shown}")
    for _ in range(5):
        check(shop.outcome(completed) == "known", "the same event again")
    one_credit(shop, account, order, "five times")
    check(post_at_once(shop.hook(), body, headers, 20) == [GOOD] * 20, "at once")
    one_credit(shop, account, order, "twenty at once")
    for event in (renamed(completed), paid, renamed(paid),
                  renamed(completed, type="checkout.session.async_payment_succeeded")):
        check(shop.outcome(event) in ("applied", "ignored"), f"{event}")
        one_credit(shop, account, order, event["type"])
    for how in ("stop", "kill"):
        shop.restart(how)
        shop.tell(completed, paid, renamed(completed), renamed(paid))
        one_credit(shop, account, order, how)


def first_told_at_once(shop):
    """Twenty deliveries of ten different events of one payment, all before any was answered."""
    package = shop.package(100, 10)
    for _ in range(5):
        account = shop.account()
        order = shop.order(account, package=package)
        paid, completed = shop.stripe.pay(order["reference"])
        events = [paid, completed, *(renamed(paid) for _ in range(4)),
                  *(renamed(completed) for _ in range(4))] * 2
        said = at_once(len(events), lambda n, sent=events: shop.stripe.deliver(shop.hook(),
                                                                               sent[n]))
        check(said == [GOOD] * 20, f"{said}")
        one_credit(shop, account, order, "twenty at once")


def killed_while_told(shop):
    """What was answered is done, and what was not is told again."""
    account, package = shop.account(), shop.package(10)
    orders = [shop.order(account, package=package) for _ in range(20)]
    completed = [shop.stripe.pay(order["reference"])[1] for order in orders]
    for number, event in enumerate(completed):
        shop.tell(event)
        if number % 7 == 3:
            shop.restart("kill")
            shop.tell(event)
    check(shop.available(account) == 200, f"{shop.balance(account)}")
    check({shop.status(order) for order in orders} == {"settled"}, "all of them")


def what_is_not_signed(shop):
    account = shop.account()
    order = shop.order(account, package=shop.package())
    _, completed = shop.stripe.pay(order["reference"])
    body = json.dumps(completed).encode()
    now, kept = int(time.time()), shop.inbox()
    good = shop.stripe.sign(body)
    forged = good[:-1] + ("0" if good[-1] != "0" else "1")
    for header in (forged, "", "t=,v1=", f"t={now}", good.replace("v1=", "v0="), "nonsense",
                   shop.stripe.sign(body, now - 302), shop.stripe.sign(body, now + 330),
                   shop.stripe.sign(body + b" ")):
        answer = shop.told(body, header or "-")
        expect(answer, 400, "signature_invalid")
    expect(shop.client.call("POST", "/webhooks/stripe", body), 400, "signature_invalid")
    check(shop.inbox() == kept, "something of it was kept")
    check(shop.available(account) == 0 and shop.status(order) == "pending", "nothing happened")
    old = signed_by_npm(shop, completed, time.time() - 290)
    check(post_at_once(shop.hook(), *old, 1) == [GOOD], "290 s old")
    both = f"{forged},v1={good.rpartition('=')[2]}"
    check(shop.told(body, both).status == GOOD, "one of two signatures is right")
    check(shop.available(account) == 100, "and then once")


if __name__ == "__main__":
    run_shop([an_order_and_its_session, asked_for_at_once, wrong_orders, paid_once,
              first_told_at_once, killed_while_told, what_is_not_signed])
