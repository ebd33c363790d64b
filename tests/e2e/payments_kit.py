"""What the tests of payments share: a ledger that sells, with the local providers behind it."""

import json
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

from contract_kit import Ledger, check, expect, run_sections, unique
from end_users_kit import HERE, NODE_MODULES
from midtrans_server import MidtransServer
from provider_kit import post
from stripe_server import StripeServer
from webhooks_kit import LOCAL, soon

CENTS = 900  # of a package, unless the test says otherwise


def stripe_settings(server):
    return {"CREDITD_STRIPE__SECRET_KEY": server.key,
            "CREDITD_STRIPE__WEBHOOK_SECRETS": server.secret,
            "CREDITD_STRIPE__BASE_URL": server.base_url,
            "CREDITD_STRIPE__PUBLISHABLE_KEY": "pk_test_local",
            "CREDITD_STRIPE__SUCCESS_URL": "https://shop.example/ok",
            "CREDITD_STRIPE__CANCEL_URL": "https://shop.example/no",
            "CREDITD_STRIPE__PORTAL_RETURN_URL": "https://shop.example/account"}


def midtrans_settings(server):
    return {"CREDITD_MIDTRANS__SERVER_KEY": server.key,
            "CREDITD_MIDTRANS__CLIENT_KEY": "client_local",
            "CREDITD_MIDTRANS__BASE_URL": server.base_url}


class Shop(Ledger):
    """A ledger and what its operator and its customers do."""

    def __init__(self, daemon, stripe=None, midtrans=None):
        super().__init__(daemon)
        self.stripe, self.midtrans = stripe, midtrans

    def beside(self):
        """The same, over a connection of its own."""
        return Shop(self.daemon, self.stripe, self.midtrans)

    def hook(self, provider="stripe"):
        return f"http://127.0.0.1:{self.daemon.port}/webhooks/{provider}"

    def restart(self, how="stop"):
        """The same ledger, after it was stopped in good order or killed."""
        if how == "kill":
            self.daemon.kill()
        else:
            check(self.daemon.stop() == 0, "stopped in good order")
        self.daemon.start()
        self.client = self.daemon.client()

    def soon(self, condition, what):
        soon(condition, what)

    # --- what is sold ----------------------------------------------------------------------------

    def package(self, credits=100, bonus=0, cents=CENTS, currency="USD"):
        name = unique("pack")
        expect(self.put(f"/v1/packages/{name}", {
            "credits": credits, "bonus": bonus,
            "price": {"amount": cents, "currency": currency}}), 201)
        return name

    def order(self, account, key=None, provider="stripe", **goods):
        return expect(self.post("/v1/orders", {"account": account, "provider": provider, **goods},
                                key), 201)

    def shown(self, order):
        return expect(self.get(f"/v1/orders/{order['order_id']}"), 200)

    def status(self, order):
        return self.shown(order)["status"]

    def available(self, account):
        return self.balance(account)["available"]

    def purchases(self, account):
        return self.transactions(account, "purchase")

    def inbox(self, outcome=None):
        """Newest first."""
        more = f"&outcome={outcome}" if outcome else ""
        return expect(self.get(f"/v1/inbox?limit=100{more}"), 200)["data"]

    def settings(self, **changed):
        """Of the catalog."""
        catalog = expect(self.get("/v1/catalog"), 200)
        catalog.pop("price_book")
        catalog["settings"].update(changed)
        expect(self.put("/v1/catalog", catalog), 200)

    # --- what Stripe says ------------------------------------------------------------------------

    def tell(self, *events):
        """Delivers them, as Stripe does; each is taken."""
        for event in events:
            said = self.stripe.deliver(self.hook(), event)
            check(said == 200, f"{said} to {event['type']}")

    def told(self, event, header=None):
        """The whole answer to one event, under this signature or a true one."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return self.client.call("POST", "/webhooks/stripe", body, headers={
            "Stripe-Signature": header or self.stripe.sign(body), "Authorization": ""})

    def outcome(self, event):
        return expect(self.told(event), 200)["outcome"]

    def outside_session(self, cents=CENTS, **fields):
        """A session that creditd has not made."""
        with self.stripe.lock:
            price = {"unit_amount": str(cents), "currency": "usd", "product_data": {"name": "x"}}
            ask = {"mode": "payment", "line_items": {"0": {"price_data": price}}, **fields}
            return self.stripe.new_session(ask)[1]

    def bought(self, account, package):
        """An order that is paid, with the id of its payment."""
        order = self.order(account, package=package)
        self.tell(*self.stripe.pay(order["reference"]))
        return order, self.stripe.sessions[order["reference"]]["payment_intent"]


def renamed(event, **changes):
    """The same news under another event's name."""
    return {**event, "id": unique("evt_again"), **changes}


def over(things, call, workers=8):
    """`call(thing)` for each, several at a time."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(call, things))


def at_once(count, call):
    """What `call(number)` gives, for so many at the same time."""
    results, gate = [None] * count, threading.Barrier(count)

    def run(number):
        gate.wait()
        results[number] = call(number)
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def post_at_once(url, body, headers, count):
    return at_once(count, lambda _: post(url, body, headers))


def node(script, asked):
    """What a script makes of it, with npm's packages of build/npm."""
    check(os.path.isdir(os.path.join(NODE_MODULES, "stripe")),
          f"no stripe in {NODE_MODULES}: ./dev test installs it")
    done = subprocess.run(["node", os.path.join(HERE, script)], input=json.dumps(asked),
                          capture_output=True, text=True, timeout=120, check=False,
                          env=dict(os.environ, NODE_PATH=NODE_MODULES))
    check(done.returncode == 0, done.stderr)
    return json.loads(done.stdout)


def run_shop(sections, basil=True, words=(), **more):
    """The sections on one ledger, with both providers behind it."""
    stripe, midtrans = StripeServer(basil=basil), MidtransServer()
    environment = {**LOCAL, **stripe_settings(stripe), **midtrans_settings(midtrans), **more}
    run_sections(sections, environment, words, lambda daemon: Shop(daemon, stripe, midtrans))
