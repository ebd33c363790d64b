"""The part of the session that shows orders, payments and the inbox, with local servers in place of
Stripe and Midtrans."""

import json

from harness import check
from midtrans_server import MidtransServer
from stripe_server import StripeServer

CARD = {"amount": 1000, "currency": "USD"}
RUPIAH = {"amount": 1_500_000, "currency": "IDR"}


class Providers:
    """Both of them, and the settings of a daemon that is to use them."""

    def __init__(self):
        self.stripe = StripeServer()
        self.midtrans = MidtransServer()
        self.environment = {
            "CREDITD_OUTBOUND__ALLOWED_NETWORKS": "127.0.0.0/8",
            "CREDITD_OUTBOUND__HTTPS_ONLY": "false",
            "CREDITD_STRIPE__BASE_URL": self.stripe.base_url,
            "CREDITD_STRIPE__SECRET_KEY": self.stripe.key,
            "CREDITD_STRIPE__WEBHOOK_SECRETS": self.stripe.secret,
            "CREDITD_STRIPE__PUBLISHABLE_KEY": "pk_test_local",
            "CREDITD_STRIPE__SUCCESS_URL": "https://shop.example/thanks",
            "CREDITD_STRIPE__PORTAL_RETURN_URL": "https://shop.example/account",
            "CREDITD_MIDTRANS__BASE_URL": self.midtrans.base_url,
            "CREDITD_MIDTRANS__SERVER_KEY": self.midtrans.key,
            "CREDITD_MIDTRANS__CLIENT_KEY": "SB-Mid-client-local"}

    def stop(self):
        self.stripe.stop()
        self.midtrans.stop()


def show_payments(call, providers):
    settings = call("GET", "/v1/catalog")["settings"]
    call("GET", "/v1/payments/config")
    call("PUT", "/v1/packages/cards", {"credits": 100, "bonus": 10, "price": CARD}, status=201)
    call("PUT", "/v1/packages/qris", {"credits": 150, "price": RUPIAH}, status=201)
    prices = [dict(CARD, interval="month"), dict(CARD, interval="year")]
    call("PUT", "/v1/plans/member", {"credits": 40, "prices": prices}, status=201)
    show_manual_orders(call)
    show_stripe(call, providers.stripe)
    show_subscriptions(call, providers.stripe)
    show_inbox(call, providers.stripe)
    show_reconciliation(call, providers.stripe)
    show_midtrans(call, providers.midtrans)
    names = ("order.created,order.settled,order.failed,order.refunded,order.disputed,"
             "payment.quarantined,credits.revoked")
    page = call("GET", f"/v1/events?after=0&limit=1000&types={names}")
    told = {event["type"] for event in page["data"]}
    check(len(told) == 7, f"events of payments: {told}")
    catalog = call("GET", "/v1/catalog")
    call("PUT", "/v1/catalog", dict(catalog, settings=settings))
    for offer in ("packages/cards", "packages/qris", "plans/member"):
        call("DELETE", f"/v1/{offer}", status=204)


def show_manual_orders(call):
    call("PUT", "/v1/accounts/nina", {}, status=201)
    asked = {"account": "nina", "order_id": "ORDER-1", "package": "cards", "provider": "manual",
             "name": "A hundred"}
    call("POST", "/v1/orders", asked, status=201, key="order-1")
    call("POST", "/v1/orders", asked, status=201, key="order-1")
    call("POST", "/v1/orders", asked, status=201)
    call("POST", "/v1/orders", dict(asked, package="qris"), status=409)
    call("POST", "/v1/orders", dict(asked, package="none", order_id="ORDER-2"), status=404)
    call("POST", "/v1/orders", dict(asked, provider="bank"), status=400)
    call("GET", "/v1/orders/ORDER-1")
    call("GET", "/v1/orders/none", status=404)
    settle, paid = "/v1/orders/ORDER-1/settle", {"payment_id": "transfer 7"}
    call("POST", settle, paid, key="settle-1")
    settled = call("POST", settle, paid, key="settle-1")
    check(settled["status"] == "settled", f"{settled}")
    call("POST", settle, paid)
    call("POST", settle, {"payment_id": "transfer 8"}, status=409)
    call("POST", "/v1/orders/ORDER-1/cancel", {}, status=409)
    show_amounts(call)
    call("GET", "/v1/orders?limit=1")
    call("GET", "/v1/orders?account=nina&status=settled")
    call("GET", "/v1/orders?account=none", status=404)
    call("GET", "/v1/orders?status=none", status=400)


def show_amounts(call):
    catalog = call("GET", "/v1/catalog")
    custom = {"min": 1, "max": 1000, "price": {"amount": 10, "currency": "USD"}, "per": 1}
    call("PUT", "/v1/catalog", dict(catalog, settings=dict(catalog["settings"], custom=custom)))
    asked = {"account": "nina", "order_id": "ORDER-3", "amount": 50, "provider": "manual",
             "price": {"amount": 500, "currency": "USD"}}
    call("POST", "/v1/orders", asked, status=201)
    call("POST", "/v1/orders", dict(asked, order_id="ORDER-4", amount=5000), status=400)
    check(call("POST", "/v1/orders/ORDER-3/cancel", {})["status"] == "canceled", "canceled")
    call("POST", "/v1/orders/ORDER-3/cancel", None)
    call("POST", "/v1/orders/none/cancel", None, status=404)


def tell(call, stripe, events, wanted="applied"):
    for event in events:
        body = json.dumps(event)
        signature = stripe.sign(body.encode())
        said = call("POST", "/webhooks/stripe", body, key="",
                    headers={"Stripe-Signature": signature})["outcome"]
    check(said == wanted, f"{events[-1]['type']}: {said}")


def buy(call, stripe, account, **goods):
    """An order at Stripe: its id and its session."""
    order = call("POST", "/v1/orders", {"account": account, "provider": "stripe", **goods},
                 status=201)
    return order["order_id"], order["reference"]


def show_stripe(call, stripe):
    urls = {"success_url": "https://shop.example/paid", "cancel_url": "https://shop.example/cart"}
    stripe.fail(1, 503)
    lost = {"account": "nina", "provider": "stripe", "package": "cards", "order_id": "ORDER-5"}
    call("POST", "/v1/orders", dict(lost, **urls), status=502, key="order-5")
    order, session = buy(call, stripe, "nina", package="cards", order_id="ORDER-5", **urls)
    paid = stripe.pay(session)
    call("POST", "/webhooks/stripe", json.dumps(paid[0]), status=400, key="")
    tell(call, stripe, paid)
    tell(call, stripe, paid, "known")
    check(call("GET", f"/v1/orders/{order}")["status"] == "settled", "a paid order")
    call("POST", "/v1/accounts/nina/deductions", {"amount": 190}, status=201)
    intent = stripe.sessions[session]["payment_intent"]
    tell(call, stripe, stripe.refund(intent, 100))
    disputed = stripe.dispute(intent)
    tell(call, stripe, disputed)
    dispute = disputed[0]["data"]["object"]["id"]
    tell(call, stripe, stripe.dispute(intent, "won", dispute))
    tell(call, stripe, stripe.refund(intent, 900))
    check(call("GET", f"/v1/orders/{order}")["status"] == "refunded", "a refunded order")
    for kind in ("revocation", "grant"):
        found = call("GET", f"/v1/accounts/nina/transactions?type={kind}")["data"]
        check(found, f"no {kind} of a payment")
        call("GET", f"/v1/transactions/{found[0]['id']}/explain")
    call("GET", "/v1/accounts/nina/grants")


def show_subscriptions(call, stripe):
    call("PUT", "/v1/accounts/olga", {}, status=201)
    portal = "/v1/accounts/olga/billing-portal"
    call("POST", portal, {}, status=404)
    call("GET", "/v1/accounts/olga/payment-methods")
    order, session = buy(call, stripe, "olga", plan="member", interval="month")
    tell(call, stripe, stripe.pay(session))
    check(call("GET", f"/v1/orders/{order}")["plan"] == "member", "an order of a plan")
    at = "/v1/accounts/olga/subscription"
    call("GET", at)
    for step, body in (("cancel", {"at_period_end": True}), ("resume", {})) * 2:
        call("POST", f"{at}/{step}", body, key="")
    change = {"plan": "member", "interval": "year"}
    call("POST", f"{at}/change", dict(change, at_period_end=True), status=422)
    for step, body in (("cancel", {}), ("resume", {}), ("change", change)):
        stripe.fail(1, 400)
        call("POST", f"{at}/{step}", body, status=502)
    call("POST", portal, {"return_url": "https://shop.example/me"}, status=201)
    call("GET", "/v1/accounts/olga/payment-methods")
    check(call("GET", "/v1/accounts/olga/invoices")["data"], "no invoice")
    call("GET", "/v1/accounts/none/invoices", status=404)
    stripe.fail(1, 400)
    call("GET", "/v1/accounts/olga/invoices", status=502)


def show_inbox(call, stripe):
    """Payments for an account that is not there: corrected in two ways, and dismissed."""
    show_correction(call, stripe, {"account": "nina", "credits": 50})
    call("POST", "/v1/orders", {"account": "nina", "order_id": "ORDER-6", "amount": 50,
                                "provider": "manual"}, status=201)
    show_correction(call, stripe, {"account": "nina", "order": "ORDER-6"})
    at = in_quarantine(call, stripe)
    call("PATCH", at, {"account": "nina", "package": "cards"})
    driven = call("POST", f"{at}/redrive", {}, key="")
    check(driven["reason"] == "price_differs" and driven["tries"] == 2, f"{driven}")
    call("PATCH", at, {"outcome": "dismissed"})
    call("PATCH", at, {"account": "nina"}, status=409)
    call("GET", "/v1/inbox")
    call("GET", "/v1/inbox?outcome=none", status=400)
    call("GET", "/v1/inbox/ntf_999999", status=404)


def in_quarantine(call, stripe):
    metadata = {"creditd_account": "nobody", "creditd_package": "none"}
    intent = stripe.new_payment(500, "usd", metadata, "cus_1")
    tell(call, stripe, [stripe.event("payment_intent.succeeded", intent)], "quarantined")
    waiting = call("GET", "/v1/inbox?outcome=quarantined&limit=1")["data"]
    at = f"/v1/inbox/{waiting[0]['id']}"
    call("GET", at)
    return at


def show_correction(call, stripe, correction):
    at = in_quarantine(call, stripe)
    call("PATCH", at, correction)
    driven = call("POST", f"{at}/redrive", None, key="")
    check(driven["outcome"] == "applied", f"{driven}")


def show_reconciliation(call, stripe):
    _, session = buy(call, stripe, "nina", package="cards")
    stripe.pay(session)
    done = call("POST", "/v1/payments/reconcile", {"since": "1h"}, key="")
    check(done["applied"] > 0 and done["complete"], f"{done}")
    call("POST", "/v1/payments/reconcile", {"since": "90d"}, key="", status=400)
    stripe.fail(1, 400)
    call("POST", "/v1/payments/reconcile", None, key="", status=502)


def show_midtrans(call, midtrans):
    asked = {"account": "nina", "order_id": "ORDER-7", "package": "qris", "provider": "midtrans"}
    call("POST", "/v1/orders", asked, status=201)
    check(call("GET", "/v1/orders/ORDER-7")["qr_url"], "no code to pay with")
    told = midtrans.pay("ORDER-7")
    forged = dict(told, signature_key="0" * 128)
    call("POST", "/webhooks/midtrans", json.dumps(forged), status=400, key="")
    midtrans.fail(1, 500)
    call("POST", "/webhooks/midtrans", json.dumps(told), status=502, key="")
    said = call("POST", "/webhooks/midtrans", json.dumps(told), key="")
    check(said == {"received": True, "outcome": "applied"}, f"{said}")
    check(call("GET", "/v1/orders/ORDER-7")["status"] == "settled", "a paid order")
