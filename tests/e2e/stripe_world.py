"""What there is at Stripe, and what happens to it: sessions, subscriptions, invoices, refunds and
disputes in memory, with the events that tell of them, in the shapes before and since
2025-03-31.basil."""

import json
import threading
import time

MONTH = 30 * 86400


class StripeWorld:
    """`pay`, `renew`, `refund`, … make things happen; each returns the events that tell of it. They
    are in the events list too, whether anybody delivers them or not."""

    def __init__(self, basil=True):
        self.basil = basil
        self.base_url = "https://stripe.test"
        self.lock = threading.RLock()
        self.now = time.time  # a test may move it
        self.sessions, self.subscriptions, self.payments = {}, {}, {}
        self.invoices, self.refunds, self.disputes = {}, {}, {}
        self.events, self.counter = [], 0

    def new_id(self, prefix):
        self.counter += 1
        return f"{prefix}_{self.counter:06d}"

    def event(self, kind, value):
        event = {"id": self.new_id("evt"), "object": "event", "created": int(self.now()),
                 "livemode": False, "type": kind, "pending_webhooks": 1,
                 "data": {"object": json.loads(json.dumps(value))}}
        self.events.append(event)
        return event

    def pay(self, session_id, status="paid"):
        with self.lock:
            session = self.sessions[session_id]
            session.update(status="complete", payment_status=status, url=None)
            session["customer"] = session["customer"] or self.new_id("cus")
            if session["mode"] == "subscription":
                return self.begin(session)
            intent = self.new_payment(session["amount_total"], session["currency"],
                                      session["intent_metadata"], session["customer"])
            session["payment_intent"] = intent["id"]
            if status == "unpaid":
                return [self.event("checkout.session.completed", session)]
            return [self.event("payment_intent.succeeded", intent),
                    self.event("checkout.session.completed", session)]

    def settle(self, session_id, succeeded=True):
        """The money of a payment that took its time has come, or has not."""
        with self.lock:
            session = self.sessions[session_id]
            if succeeded:
                session["payment_status"] = "paid"
                return [self.event("checkout.session.async_payment_succeeded", session)]
            return [self.event("checkout.session.async_payment_failed", session)]

    def expire(self, session_id):
        with self.lock:
            session = self.sessions[session_id]
            session.update(status="expired", url=None)
            return [self.event("checkout.session.expired", session)]

    def new_payment(self, amount, currency, metadata, customer):
        intent = {"id": self.new_id("pi"), "object": "payment_intent", "amount": amount,
                  "amount_received": amount, "currency": currency, "status": "succeeded",
                  "customer": customer, "metadata": metadata,
                  "latest_charge": self.new_id("ch")}
        self.payments[intent["id"]] = intent
        return intent

    def begin(self, session):
        details = session["line_items"]["0"]["price_data"]
        now = int(self.now())
        subscription = {
            "id": self.new_id("sub"), "object": "subscription", "status": "active",
            "customer": session["customer"], "cancel_at_period_end": False, "cancel_at": None,
            "metadata": session["subscription_metadata"],
            "items": {"object": "list", "data": [{
                "id": self.new_id("si"), "quantity": 1, "price": {
                    "id": self.new_id("price"), "product": self.new_id("prod"),
                    "unit_amount": int(details["unit_amount"]), "currency": details["currency"],
                    "recurring": details["recurring"]}}]}}
        self.subscriptions[subscription["id"]] = subscription
        session["subscription"] = subscription["id"]
        self.set_period(subscription, now + MONTH)
        paid = self.new_invoice(subscription, "subscription_create", True)
        session["invoice"] = paid["id"]
        return [self.event("customer.subscription.created", subscription),
                self.event("invoice.paid", paid),
                self.event("checkout.session.completed", session)]

    def set_period(self, subscription, end):
        where = subscription["items"]["data"][0] if self.basil else subscription
        where["current_period_end"] = end

    def period_end(self, subscription):
        where = subscription["items"]["data"][0] if self.basil else subscription
        return where["current_period_end"]

    def new_invoice(self, subscription, reason, is_paid):
        price = subscription["items"]["data"][0]["price"]
        end = self.period_end(subscription)
        about = {"subscription": subscription["id"], "metadata": subscription["metadata"]}
        amount = price["unit_amount"]
        intent = self.new_payment(amount, price["currency"], {}, subscription["customer"])
        invoice = {
            "id": self.new_id("in"), "object": "invoice", "billing_reason": reason,
            "customer": subscription["customer"], "currency": price["currency"],
            "amount_due": amount, "amount_paid": amount if is_paid else 0, "total": amount,
            "number": f"A-{self.counter}", "status": "paid" if is_paid else "open",
            "created": int(self.now()), "hosted_invoice_url": f"{self.base_url}/invoice",
            "invoice_pdf": None, "metadata": {}, "lines": {"object": "list", "data": [
                {"amount": amount, "period": {"start": end - MONTH, "end": end}}]}}
        if self.basil:
            invoice["parent"] = {"type": "subscription_details", "subscription_details": about}
        else:
            invoice.update(subscription=about["subscription"], payment_intent=intent["id"],
                           subscription_details={"metadata": about["metadata"]})
            intent["invoice"] = invoice["id"]
        self.invoices[invoice["id"]] = dict(invoice, payment=intent["id"])
        return invoice

    def renew(self, subscription_id, succeeded=True):
        with self.lock:
            subscription = self.subscriptions[subscription_id]
            self.set_period(subscription, self.period_end(subscription) + MONTH)
            subscription["status"] = "active" if succeeded else "past_due"
            invoice = self.new_invoice(subscription, "subscription_cycle", succeeded)
            kind = "invoice.paid" if succeeded else "invoice.payment_failed"
            return [self.event(kind, invoice),
                    self.event("customer.subscription.updated", subscription)]

    def end(self, subscription_id):
        with self.lock:
            self.subscriptions[subscription_id]["status"] = "canceled"
            return [self.event("customer.subscription.deleted",
                               self.subscriptions[subscription_id])]

    def charge(self, intent, amount_refunded):
        charge = {"id": intent["latest_charge"], "object": "charge", "amount": intent["amount"],
                  "amount_refunded": amount_refunded, "currency": intent["currency"],
                  "payment_intent": intent["id"], "metadata": intent["metadata"]}
        return charge if self.basil else dict(charge, invoice=intent.get("invoice"))

    def refund(self, intent_id, amount, status="succeeded"):
        with self.lock:
            intent = self.payments[intent_id]
            refund = {"id": self.new_id("re"), "object": "refund", "amount": amount,
                      "charge": intent["latest_charge"], "payment_intent": intent_id,
                      "currency": intent["currency"], "status": status, "metadata": {}}
            self.refunds[refund["id"]] = refund
            total = sum(other["amount"] for other in self.refunds.values()
                        if other["payment_intent"] == intent_id and other["status"] != "failed")
            return [self.event("refund.created", refund),
                    self.event("charge.refunded", self.charge(intent, total))]

    def fail_refund(self, refund_id):
        with self.lock:
            self.refunds[refund_id]["status"] = "failed"
            return [self.event("refund.failed", self.refunds[refund_id])]

    def dispute(self, intent_id, status="needs_response", dispute_id=None):
        """A new one, or the next step of one."""
        with self.lock:
            intent = self.payments[intent_id]
            is_new = dispute_id is None
            dispute = {"id": dispute_id or self.new_id("dp"), "object": "dispute",
                       "amount": intent["amount"], "charge": intent["latest_charge"],
                       "payment_intent": intent_id, "status": status, "metadata": {}}
            self.disputes[dispute["id"]] = dispute
            kind = "created" if is_new else "closed" if status in ("won", "lost") else "updated"
            return [self.event(f"charge.dispute.{kind}", dispute)]
