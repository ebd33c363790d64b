"""creditd's calls over its own HTTP client, to the local servers: what is answered is read, an
answer that failed or got lost may be asked for again, and once is once."""

import os
import subprocess

from harness import check, main
from midtrans_server import MidtransServer
from stripe_server import StripeServer


class Talk:
    def __init__(self, folder, provider, server):
        self.words = [os.path.join(folder, "provider_talk"), provider, server.base_url, server.key]

    def __call__(self, what, name=""):
        done = subprocess.run([*self.words, what, name], capture_output=True, text=True,
                              timeout=60, check=False)
        check(done.returncode == 0, f"{what} {name}: {done.stderr}")
        return done.stdout.rstrip("\n")


def expect(said, wanted):
    check(said == wanted, f"{said!r}, not {wanted!r}")


def checkout(talk, server):
    said = talk("buy", "ord_1")
    session = list(server.sessions)[0]
    expect(said, f"{session} open unpaid  {server.base_url}/pay/{session}")
    for failure, wanted in ((503, "error 503 again "), (429, "error 429 again "),
                            (400, "error 400 never "), ("cut", "error 0 again "),
                            ("late", "error 0 again ")):
        server.fail(2, failure)  # a kept connection that is cut is tried once more
        check(talk("buy", "ord_2").startswith(wanted), f"{failure}")
        server.fail(0)
    check(talk("buy", "ord_2").split()[1:3] == ["open", "unpaid"], "after failures")
    check(len(server.sessions) == 2, f"{len(server.sessions)} sessions: a key was used twice")
    server.pay(session)
    intent = server.sessions[session]["payment_intent"]
    expect(talk("session", session), f"{session} complete paid {intent} ")
    check(talk("refund", intent).endswith(" succeeded"), "a refund")
    check(talk("refund", intent).endswith(" succeeded"), "the same refund")
    check(len(server.refunds) == 1, "one key, one refund")
    check(talk("expire", session).startswith("error 400 never "), "a session that is complete")
    other = list(server.sessions)[1]
    expect(talk("expire", other), f"{other} expired unpaid  ")
    expect(talk("session", "cs_x"),
           "error 404 never invalid_request_error: No such checkout.session")


def subscription(talk, server):
    talk("subscribe", "ord_3")
    session = list(server.sessions)[-1]
    server.pay(session)
    found = server.sessions[session]["subscription"]
    customer = server.sessions[session]["customer"]
    expect(talk("subscription", found), f"{found} active 1999USD goes on {customer}")
    expect(talk("change", found), f"{found} active 4900USD goes on {customer}")
    expect(talk("later", found), f"{found} active 4900USD ends {customer}")
    invoice = list(server.invoices.values())[0]
    expect(talk("invoice_of", invoice["payment"]), invoice["id"])
    expect(talk("invoice_of", "pi_none"), "none")
    expect(talk("now", found), f"{found} canceled 4900USD ends {customer}")


def events(talk, server):
    """Page by page, and nothing is missed."""
    while len(server.events) <= 130:
        server.event("customer.created", {"id": "cus_1"})
    server.events[5]["data"] = {}
    first = talk("events").split()
    check(first[0] == "more" and len(first) == 101, f"{first[:3]}")
    second = talk("events", first[-1].split("=")[0]).split()
    check(second[0] == "all", f"{second[:3]}")
    told = dict(entry.split("=") for entry in first[1:] + second[1:])
    check(set(told) == {event["id"] for event in server.events}, "the ids")
    broken = [name for name, said in told.items() if said.startswith("#")]
    check(broken == [server.events[5]["id"]], f"{broken}")


def qris(talk, server):
    expect(talk("status", "ord_1"), "unknown")
    server.fail(2, 500)
    check(talk("charge", "ord_1").startswith("error 500 again "), "a failure")
    server.fail(0)
    said = talk("charge", "ord_1").split()
    check(said[:2] == ["ord_1", server.orders["ord_1"]["qr_string"]], f"{said}")
    expect(talk("charge", "ord_1").split()[:2], said[:2])
    server.charged.clear()  # Midtrans knows the key no more, but the order
    check(talk("charge", "ord_1").startswith("error 406 never 406: "), "the same order again")
    expect(talk("status", "ord_1"), "pending unpaid")
    server.pay("ord_1")
    expect(talk("status", "ord_1"), "settlement paid")
    talk("charge", "ord_2")
    expect(talk("expire", "ord_2"), "expire unpaid")
    expect(talk("status", "ord_2"), "expire unpaid")


def run(options):
    stripe = StripeServer()
    talk = Talk(options.bin, "stripe", stripe)
    checkout(talk, stripe)
    subscription(talk, stripe)
    events(talk, stripe)
    midtrans = MidtransServer()
    qris(Talk(options.bin, "midtrans", midtrans), midtrans)


main(run)
