"""A small server that speaks Midtrans: charges of QRIS in memory, their status, and the signed
notifications that tell of it."""

import base64
import datetime
import hashlib
import json

from provider_kit import ProviderServer, post

JAKARTA = datetime.timezone(datetime.timedelta(hours=7))
CODES = {"pending": "201", "deny": "202", "expire": "407"}


def moment():
    return datetime.datetime.now(JAKARTA).strftime("%Y-%m-%d %H:%M:%S")


class MidtransServer(ProviderServer):
    """`pay`, `refund`, … make things happen; each returns the notification that tells of it, which
    `deliver` posts. What the status says is the truth, whatever was delivered."""

    def __init__(self, key="SB-Mid-server-local", port=0):
        self.key = key
        self.orders = {}
        self.charged = {}  # {Idempotency-Key: the answer}; Midtrans knows them for five minutes
        self.counter = 0
        super().__init__(port)

    # --- what happens ----------------------------------------------------------------------------

    def change(self, order, status, **more):
        with self.lock:
            self.orders[order].update(transaction_status=status,
                                      status_code=CODES.get(status, "200"), **more)
            return self.notification(order)

    def pay(self, order):
        return self.change(order, "settlement", settlement_time=moment())

    def expire(self, order):
        return self.change(order, "expire")

    def refund(self, order, rupiah):
        with self.lock:
            known = self.orders[order]
            refunds = known.get("refunds", [])
            refunds.append({"refund_chargeback_id": len(refunds) + 1,
                            "refund_amount": f"{rupiah}.00", "created_at": moment()})
            total = sum(int(refund["refund_amount"].split(".")[0]) for refund in refunds)
            is_whole = f"{total}.00" == known["gross_amount"]
            return self.change(order, "refund" if is_whole else "partial_refund",
                               refunds=refunds, refund_amount=f"{total}.00")

    # --- notifications ---------------------------------------------------------------------------

    def notification(self, order, **changes):
        """What would be sent now; with `changes` that are not in the signature it is a forgery."""
        known = dict(self.orders[order])
        known.pop("actions"), known.pop("qr_string")
        known["status_message"] = "midtrans payment notification"
        text = known["order_id"] + known["status_code"] + known["gross_amount"] + self.key
        known["signature_key"] = hashlib.sha512(text.encode()).hexdigest()
        return {**known, **changes}

    def deliver(self, url, notification):
        """The status that the notification is answered with."""
        return post(url, json.dumps(notification).encode(),
                    {"Content-Type": "application/json", "User-Agent": "Veritrans"})

    # --- what is asked ---------------------------------------------------------------------------

    def answer(self, request):
        wanted = base64.b64encode(f"{self.key}:".encode()).decode()
        if request.headers.get("authorization") != f"Basic {wanted}":
            return 401, {"status_code": "401", "status_message": "Access denied"}
        parts = request.path.strip("/").split("/")
        if (request.method, parts) == ("POST", ["v2", "charge"]):
            key = request.headers.get("idempotency-key")
            if key not in self.charged:
                answered = self.charge(json.loads(request.body))
                if key is None:
                    return answered
                self.charged[key] = json.loads(json.dumps(answered))
            return tuple(self.charged[key])
        order = self.find(parts[1]) if len(parts) == 3 else None
        if order is None:
            return 200, {"status_code": "404", "status_message": "Transaction doesn't exist."}
        if (request.method, parts[2]) == ("POST", "cancel"):
            self.change(order, "cancel")
        elif (request.method, parts[2]) == ("POST", "expire"):
            self.change(order, "expire")
        elif (request.method, parts[2]) != ("GET", "status"):
            return 404, {"status_code": "404", "status_message": "no such thing"}
        known = {name: value for name, value in self.orders[order].items()
                 if name not in ("actions", "qr_string", "fraud_status")}
        return int(known["status_code"]) if known["status_code"] == "407" else 200, known

    def find(self, name):
        """An order by its own id or by that of its transaction."""
        if name in self.orders:
            return name
        return next((order for order, known in self.orders.items()
                     if known["transaction_id"] == name), None)

    def charge(self, ask):
        details = ask["transaction_details"]
        order, rupiah = details["order_id"], details["gross_amount"]
        if order in self.orders:  # said in the body only, as Midtrans does
            return 200, {"status_code": "406",
                         "status_message": "transaction_details.order_id has been used"}
        if ask["payment_type"] != "qris" or not isinstance(rupiah, int):
            return 200, {"status_code": "400", "status_message": "validation error"}
        self.counter += 1
        transaction = f"00000000-0000-4000-8000-{self.counter:012d}"
        now = datetime.datetime.now(JAKARTA)
        minutes = ask.get("custom_expiry", {}).get("expiry_duration", 15)
        expiry = (now + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")
        self.orders[order] = {
            "status_code": "201", "status_message": "QRIS transaction is created",
            "transaction_id": transaction, "order_id": order, "merchant_id": "G1",
            "gross_amount": f"{rupiah}.00", "currency": "IDR", "payment_type": "qris",
            "transaction_time": moment(), "transaction_status": "pending",
            "fraud_status": "accept", "acquirer": "gopay", "expiry_time": expiry,
            "qr_string": f"00020101{self.counter}",
            "actions": [{"name": "generate-qr-code", "method": "GET",
                         "url": f"{self.base_url}/v2/qris/{transaction}/qr-code"}]}
        return 200, self.orders[order]
