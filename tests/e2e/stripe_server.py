"""A small server that speaks Stripe: what creditd asks of it, and webhooks signed as Stripe does.
What there is, and what happens to it, is stripe_world.py's."""

import hashlib
import hmac
import json
import time

from provider_kit import ProviderServer, nested, post
from stripe_world import StripeWorld


def refusal(status, message, kind="invalid_request_error"):
    return status, {"error": {"type": kind, "message": message}}


def page(entries, query):
    """Newest first; `starting_after` is the last id of the page before."""
    entries = list(reversed(entries))
    after = query.get("starting_after")
    if after:
        ids = [entry["id"] for entry in entries]
        if after not in ids:
            return refusal(400, f"No such object: {after}")
        entries = entries[ids.index(after) + 1:]
    limit = int(query.get("limit", 10))
    return 200, {"object": "list", "has_more": len(entries) > limit, "data": entries[:limit]}


class StripeServer(StripeWorld, ProviderServer):
    def __init__(self, key="sk_test_local", secret="whsec_local", basil=True, port=0):
        self.key, self.secret, self.answers = key, secret, {}
        StripeWorld.__init__(self, basil)
        ProviderServer.__init__(self, port)

    # --- webhooks --------------------------------------------------------------------------------

    def sign(self, body, at=None):
        at = int(time.time() if at is None else at)
        mac = hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
        return f"t={at},v1={mac.hexdigest()}"

    def deliver(self, url, event):
        """The status that the webhook is answered with."""
        body = json.dumps(event).encode()
        return post(url, body, {"Content-Type": "application/json; charset=utf-8",
                                "Stripe-Signature": self.sign(body)})

    # --- what is asked ---------------------------------------------------------------------------

    def answer(self, request):
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return refusal(401, "Invalid API Key provided")
        key = request.headers.get("idempotency-key")
        if request.method != "POST" or not key:
            return self.route(request)
        known = self.answers.get(key)
        if known and known[0] != (request.path, request.form):
            return refusal(400, "Keys can only be used with the same parameters",
                           "idempotency_error")
        if not known:
            answered = json.loads(json.dumps(self.route(request)))
            known = self.answers[key] = ((request.path, request.form), answered)
        return tuple(known[1])

    def route(self, request):
        parts = request.path.strip("/").split("/")[1:]
        if parts[:2] == ["checkout", "sessions"]:
            return self.route_sessions(request, parts[2:])
        if parts[0] == "subscriptions" and parts[-1] in self.subscriptions:
            return self.route_subscription(request, self.subscriptions[parts[-1]])
        if parts == ["billing_portal", "sessions"]:
            return 200, {"id": self.new_id("bps"), "url": f"{self.base_url}/portal"}
        if parts == ["events"]:
            since = int(request.query.get("created[gte]", 0))
            return page([e for e in self.events if e["created"] >= since], request.query)
        if parts == ["invoices"]:
            return page([invoice for invoice in self.invoices.values()
                         if invoice["customer"] == request.query["customer"]], request.query)
        if parts == ["invoice_payments"]:
            return self.list_invoice_payments(request.query)
        if parts[0] == "customers" and parts[-1] == "payment_methods":
            card = {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030}
            return page([{"id": "pm_1", "type": "card", "card": card}], request.query)
        if parts == ["refunds"]:
            intent = request.form.get("payment_intent")
            if intent not in self.payments:
                return refusal(404, "No such payment_intent")
            amount = int(request.form.get("amount", self.payments[intent]["amount"]))
            return 200, self.refund(intent, amount)[0]["data"]["object"]
        return refusal(404, "Unrecognized request URL, or no such object")

    def route_sessions(self, request, parts):
        if not parts:
            return self.new_session(nested(request.form))
        session = self.sessions.get(parts[0])
        if session is None:
            return refusal(404, "No such checkout.session")
        if parts[1:] == ["expire"]:
            if session["status"] != "open":
                return refusal(400, "Only sessions that are open can be expired")
            self.expire(parts[0])
        return 200, session

    def new_session(self, ask):
        price = ask["line_items"]["0"]["price_data"]
        session_id = self.new_id("cs_test")
        self.sessions[session_id] = {
            "id": session_id, "object": "checkout.session", "mode": ask["mode"],
            "status": "open", "payment_status": "unpaid", "customer": ask.get("customer"),
            "client_reference_id": ask.get("client_reference_id"), "payment_intent": None,
            "subscription": None, "invoice": None, "metadata": ask.get("metadata", {}),
            "amount_total": int(price["unit_amount"]), "currency": price["currency"],
            "expires_at": int(ask.get("expires_at", self.now() + 86400)),
            "url": f"{self.base_url}/pay/{session_id}", "line_items": ask["line_items"],
            "intent_metadata": ask.get("payment_intent_data", {}).get("metadata", {}),
            "subscription_metadata": ask.get("subscription_data", {}).get("metadata", {})}
        return 200, self.sessions[session_id]

    def route_subscription(self, request, subscription):
        if request.method == "DELETE":
            self.end(subscription["id"])
        elif request.method == "POST":
            ask = nested(request.form)
            if "cancel_at_period_end" in ask:
                subscription["cancel_at_period_end"] = ask["cancel_at_period_end"] == "true"
            subscription["metadata"] = {**subscription["metadata"], **ask.get("metadata", {})}
            if "items" in ask:
                price = ask["items"]["0"]["price_data"]
                item = subscription["items"]["data"][0]
                if ask["items"]["0"]["id"] != item["id"]:
                    return refusal(400, "No such subscription item")
                item["price"].update(unit_amount=int(price["unit_amount"]),
                                     currency=price["currency"], recurring=price["recurring"])
            self.event("customer.subscription.updated", subscription)
        return 200, subscription

    def list_invoice_payments(self, query):
        intent = query.get("payment[payment_intent]")
        return page([{"id": f"inpay_{invoice['id']}", "invoice": invoice["id"], "status": "paid",
                      "payment": {"type": "payment_intent", "payment_intent": invoice["payment"]}}
                     for invoice in self.invoices.values()
                     if invoice["id"] == query.get("invoice") or invoice["payment"] == intent],
                    query)
