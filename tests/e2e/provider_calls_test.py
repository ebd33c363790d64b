"""What creditd sends to Stripe and Midtrans is what their own clients send; what Stripe's client
signs creditd takes, and the reverse; what happens at the local servers is read as what it is."""

import http.client
import json
import os
import subprocess
import time

from end_users_kit import HERE, NODE_MODULES
from harness import check, main
from midtrans_server import MidtransServer
from stripe_server import StripeServer

SECRET = "whsec_local"
VERSION = "2025-03-31.basil"


def node(script, asked):
    """What a script makes of it, with npm's packages of build/npm."""
    check(os.path.isdir(os.path.join(NODE_MODULES, "stripe")),
          f"no stripe in {NODE_MODULES}: ./dev test installs it")
    done = subprocess.run(["node", os.path.join(HERE, script)], input=json.dumps(asked),
                          capture_output=True, text=True, timeout=120, check=False,
                          env=dict(os.environ, NODE_PATH=NODE_MODULES))
    check(done.returncode == 0, done.stderr)
    return json.loads(done.stdout)


class Program:
    def __init__(self, folder):
        self.path = os.path.join(folder, "provider_calls")

    def lines(self, *words, given=""):
        if isinstance(given, dict):
            given = json.dumps(given)
        done = subprocess.run([self.path, *words], input=given, capture_output=True, text=True,
                              timeout=60, check=False)
        check(done.returncode == 0, f"{words}: {done.stdout} {done.stderr}")
        return done.stdout.splitlines()

    def send(self, server, provider):
        """Its calls are sent as it printed them; {name: Request}."""
        before = len(server.requests)
        calls = [json.loads(line) for line in self.lines(provider, server.base_url, server.key)]
        for call in calls:
            connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
            headers = dict(line.split(": ", 1) for line in call["headers"])
            path = call["url"].removeprefix(server.base_url)
            connection.request(call["method"], path, call["body"] or None, headers)
            connection.getresponse().read()
            connection.close()
        return dict(zip([call["name"] for call in calls], server.requests[before:], strict=True))


def requests_of_client(server, script):
    before = len(server.requests)
    said = node(script, {"do": "call", "key": server.key, "host": server.host,
                         "port": server.port, "base_url": server.base_url, "version": VERSION})
    return dict(zip(said, server.requests[before:], strict=True))


def compare(ours, theirs, parts):
    check(list(ours) == list(theirs), f"{list(ours)} and {list(theirs)}")
    for name, request in ours.items():
        for part, of in parts.items():
            check(of(request) == of(theirs[name]),
                  f"{name}: {part}: {of(request)}, and its own client: {of(theirs[name])}")


def header(name):
    return lambda request: request.headers.get(name)


def stripe_calls(program):
    server = StripeServer()
    ours = program.send(server, "stripe")
    theirs = requests_of_client(server, "stripe_client.js")
    compare(ours, theirs, {
        "method": lambda request: request.method, "path": lambda request: request.path,
        "query": lambda request: request.query, "form": lambda request: request.form,
        "authorization": header("authorization"), "version": header("stripe-version")})
    for name, request in ours.items():
        key = request.headers.get("idempotency-key")
        check((key is not None) == (request.method == "POST"), f"{name}: {key}")
        if key:
            check(key == theirs[name].headers["idempotency-key"], f"{name}: {key}")
            check(request.form or name == "expire", f"{name} has no form")
    check(len(ours) == 14, f"{len(ours)} calls")
    server.stop()


def midtrans_calls(program):
    server = MidtransServer()
    ours = program.send(server, "midtrans")
    server.orders.clear()
    theirs = requests_of_client(server, "midtrans_client.js")
    compare(ours, theirs, {
        "method": lambda request: request.method, "path": lambda request: request.path,
        "query": lambda request: request.query, "authorization": header("authorization"),
        "accept": header("accept")})
    check(json.loads(ours["charge"].body) == json.loads(theirs["charge"].body),
          f"{ours['charge'].body} and {theirs['charge'].body}")
    server.stop()


def signatures(program):
    payload = json.dumps({"id": "evt_1", "object": "event", "text": "für Ada\n"})
    now = int(time.time())
    theirs = node("stripe_client.js", {"do": "sign", "options": {
        "payload": payload, "secret": SECRET, "timestamp": now}})
    check(program.lines("verify", theirs, SECRET, str(now), given=payload) == ["good"], theirs)
    late = program.lines("verify", theirs, SECRET, str(now + 301), given=payload)
    check(late == ["The signature is more than 300 s old."], late)
    other = program.lines("verify", theirs, "whsec_other", str(now), given=payload)
    check(other == ["No secret of this endpoint made the signature."], other)
    ours = program.lines("sign", SECRET, str(now), given=payload)[0]
    asked = {"do": "verify", "payload": payload, "secret": SECRET, "header": ours}
    check(node("stripe_client.js", asked) == "evt_1", ours)
    check(node("stripe_client.js", {**asked, "secret": "whsec_other"}) != "evt_1", "any secret")
    server = StripeServer()
    check(server.sign(payload.encode(), now) == ours, "the local server signs otherwise")
    server.stop()


def ask_for_session(program, server, name):
    program.send(server, "stripe")
    sessions = list(server.sessions.values())
    return sessions[0 if name == "buy" else 1]["id"]


def stripe_news(program, basil):
    server = StripeServer(basil=basil)
    bought = ask_for_session(program, server, "buy")

    def said(events):
        return [program.lines("stripe-news", given=event)[0] for event in events]

    paid = said(server.pay(bought))
    payment = server.sessions[bought]["payment_intent"]
    check(paid == [f"ada/ord_1 payment {payment} paid 1999USD refunded 0"] * 2, paid)
    refunded = said(server.refund(payment, 500))
    check(refunded[0] == f"/ payment {payment} told 0 refunded 0 refund 500", refunded)
    check(refunded[1] == f"ada/ord_1 payment {payment} told 0 refunded 500", refunded)
    failed = said(server.fail_refund(list(server.refunds)[-1]))
    check(failed[0].endswith("refund 500 failed"), failed)
    disputed = said(server.dispute(payment)) + said(
        server.dispute(payment, "won", list(server.disputes)[-1]))
    check([words.split()[-1] for words in disputed] == ["disputed", "won"], disputed)

    subscribed = ask_for_session(program, server, "subscribe")
    begun = said(server.pay(subscribed))
    subscription = server.sessions[subscribed]["subscription"]
    check(begun[0] == f"ada/ord_2 subscription {subscription} runs", begun)
    check(begun[1].startswith(f"ada/ord_2 first {subscription} in_"), begun)
    check(begun[1].endswith(" paid 1999USD refunded 0"), begun)
    check(begun[2] == begun[0], begun)
    renewed = said(server.renew(subscription)) + said(server.renew(subscription, False))
    check(renewed[0].startswith(f"ada/ord_2 next {subscription} in_"), renewed)
    check(renewed[2] == f"ada/ord_2 failed {subscription}", renewed)
    check(renewed[3].endswith("runs, past due"), renewed)
    ended = said(server.end(subscription))
    check(ended[0].endswith(f"{subscription} has ended"), ended)
    server.stop()


def midtrans_news(program):
    server = MidtransServer()
    charge = next(json.loads(line) for line in
                  program.lines("midtrans", server.base_url, server.key))
    server.charge(json.loads(charge["body"]))

    def said(notification):
        return program.lines("midtrans-news", given=notification)[0]

    check(said(server.notification("ord_1")) == "/ord_1 nothing", "before it is paid")
    paid = server.pay("ord_1")
    words = "/ord_1 payment ord_1 paid 27500000IDR refunded "
    check(said(paid) == words + "0", said(paid))
    told = node("midtrans_client.js", {"do": "notification", "key": server.key,
                                       "base_url": server.base_url, "notification": paid})
    check(told["transaction_status"] == "settlement", told)
    check(said(told) == words + "0", told)
    check(said(server.refund("ord_1", 5000)) == words + "500000", "a part")
    check(said(server.refund("ord_1", 270000)) == words + "27500000", "the rest")
    server.stop()


def run(options):
    program = Program(options.bin)
    stripe_calls(program)
    midtrans_calls(program)
    signatures(program)
    for basil in (True, False):
        stripe_news(program, basil)
    midtrans_news(program)


main(run)
