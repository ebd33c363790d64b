"""What providers tell is kept, with what became of it: what cannot be mapped waits in
quarantine, can be corrected and driven again, and credits once; nothing is dropped, and nothing
is told to the log."""

import json

from contract_kit import check, expect, expect_fields, unique
from payments_kit import CENTS, renamed, run_shop

MARKER = "customer-secret-marker@example.com"


def at(noted, end=""):
    return f"/v1/inbox/{noted['id']}{end}"


def told_by(shop, event):
    """What is kept of the event; the newest with its name."""
    return next(noted for noted in shop.inbox() if noted["notification"] == event["id"])


def paid_outside(shop, cents=CENTS, **fields):
    """A payment that creditd has not asked for."""
    session = shop.outside_session(cents, **fields)
    return shop.stripe.pay(session["id"])[1]


def check_once(shop, account, credits, *events):
    """However often it is told after all."""
    shop.tell(*events, *(renamed(event) for event in events))
    check(shop.available(account) == credits, f"{shop.balance(account)}, not {credits}")


def nobody_knows_for_whom(shop):
    account, package = shop.account(), shop.package(70)
    event = paid_outside(shop)
    answer = shop.told(event)
    check(expect(answer, 200) == {"received": True, "outcome": "quarantined"}, f"{answer}")
    noted = told_by(shop, event)
    expect_fields(noted, "id", "received_at", "updated_at", "order", "payment_id")
    check((noted["provider"], noted["type"], noted["outcome"], noted["reason"], noted["tries"]) ==
          ("stripe", event["type"], "quarantined", "payment_unmatched", 1), f"{noted}")
    check(noted["account"] is None and "body" not in noted, f"{noted}")
    shown = expect(shop.get(at(noted)), 200)
    check(json.loads(shown["body"]) == event, "as it came")
    same = expect(shop.post(at(noted, "/redrive")), 200)
    check((same["outcome"], same["tries"]) == ("quarantined", 2), f"nothing has changed: {same}")
    changed = expect(shop.patch(at(noted), {"account": account, "package": package}), 200)
    check((changed["outcome"], changed["assumed"]["account"], changed["assumed"]["package"]) ==
          ("quarantined", account, package), f"{changed}")
    check(shop.available(account) == 0, "not driven yet")
    driven = expect(shop.post(at(noted, "/redrive")), 200)
    check((driven["outcome"], driven["account"]) == ("applied", account), f"{driven}")
    check(json.loads(driven["body"]) == event, "its body is kept")
    check(expect(shop.post(at(noted, "/redrive")), 200)["outcome"] == "applied", "again")
    check(shop.outcome(event) == "known", "what was dealt with stays so")
    check(shop.available(account) == 70 and len(shop.purchases(account)) == 1, "once")
    expect(shop.patch(at(noted), {"credits": 1}), 409, "notification_closed")
    expect(shop.patch(at(noted), {"outcome": "dismissed"}), 409, "notification_closed")


def so_many_credits(shop):
    account = shop.account()
    event = paid_outside(shop, client_reference_id=account)
    check(shop.outcome(event) == "quarantined", "it says no goods")
    noted = told_by(shop, event)
    check(noted["account"] == account and noted["reason"] == "payment_unmatched", f"{noted}")
    for wrong, status in (({"credits": 0}, 400), ({"credits": "x"}, 400), ({"odd": 1}, 400),
                          ({"account": "-"}, 400), ({"outcome": "applied"}, 400)):
        check(shop.patch(at(noted), wrong).status == status, f"{wrong}")
    expect(shop.patch(at(noted), {"credits": 33}), 200)
    check(expect(shop.post(at(noted, "/redrive")), 200)["outcome"] == "applied", "driven")
    check(shop.available(account) == 33, f"{shop.balance(account)}")
    payment = told_by(shop, event)["payment_id"]
    check_once(shop, account, 11, *shop.stripe.refund(payment, 600))


def account_made_later(shop):
    account = unique("late")
    goods = {"creditd_account": account, "creditd_credits": "40"}
    event = paid_outside(shop, metadata=goods)
    for tries in (1, 2, 3):
        check(shop.outcome(event) == "quarantined", "there is no such account")
        noted = told_by(shop, event)
        check((noted["reason"], noted["tries"]) == ("payment_unmatched", tries), f"{noted}")
    expect(shop.put(f"/v1/accounts/{account}", {}), 201)
    check(shop.outcome(event) == "applied", "the same event again")
    check(told_by(shop, event)["outcome"] == "applied", "and so it is kept")
    check(told_by(shop, event)["id"] == noted["id"], "as the same entry")
    check_once(shop, account, 40, event)


def another_amount(shop):
    for correction, credits in (({"credits": 5}, 5), ({"package": shop.package(8, cents=CENTS - 1)},
                                                      8)):
        account = shop.account()
        order = shop.order(account, package=shop.package(100))
        with shop.stripe.lock:
            shop.stripe.sessions[order["reference"]]["amount_total"] = CENTS - 1
        paid, completed = shop.stripe.pay(order["reference"])
        check(shop.outcome(completed) == "quarantined", "one cent less than its price")
        noted = told_by(shop, completed)
        check((noted["reason"], noted["order"]) == ("price_differs", order["order_id"]), f"{noted}")
        check(shop.status(order) == "pending" and shop.available(account) == 0, "nothing happened")
        expect(shop.patch(at(noted), correction), 200)
        driven = expect(shop.post(at(noted, "/redrive")), 200)
        check(driven["outcome"] == "applied", f"somebody has decided: {driven}")
        check(shop.status(order) == "settled", f"{shop.shown(order)}")
        check_once(shop, account, credits, completed, paid)


def another_currency(shop):
    account = shop.account()
    order = shop.order(account, package=shop.package(100))
    with shop.stripe.lock:
        shop.stripe.sessions[order["reference"]]["currency"] = "idr"
    check(shop.outcome(shop.stripe.pay(order["reference"])[1]) == "quarantined", "rupiah")
    check(shop.inbox("quarantined")[0]["reason"] == "price_differs", "says the inbox")
    check(shop.available(account) == 0, f"{shop.balance(account)}")


def no_such_order(shop):
    account = shop.account()
    event = paid_outside(shop, metadata={"creditd_account": account, "creditd_order": "gone"})
    check(shop.outcome(event) == "quarantined", "no such order")
    check(told_by(shop, event)["reason"] == "order_not_found", f"{told_by(shop, event)}")
    order = shop.order(account, package=shop.package(12))
    expect(shop.patch(at(told_by(shop, event)), {"order": order["order_id"]}), 200)
    check(expect(shop.post(at(told_by(shop, event), "/redrive")), 200)["outcome"] == "applied",
          "the order that was meant")
    check(shop.status(order) == "settled" and shop.available(account) == 12, f"{order}")


def dismissed(shop):
    event = paid_outside(shop)
    check(shop.outcome(event) == "quarantined", "nobody's")
    noted = told_by(shop, event)
    done = expect(shop.patch(at(noted), {"outcome": "dismissed"}), 200)
    check(done["outcome"] == "dismissed", f"{done}")
    check(shop.outcome(event) == "known", "it stays so when it is told again")
    check(expect(shop.post(at(noted, "/redrive")), 200)["outcome"] == "dismissed", "or driven")
    expect(shop.patch(at(noted), {"credits": 1}), 409, "notification_closed")


def of_no_concern(shop):
    with shop.stripe.lock:
        odd = shop.stripe.event("customer.tax_id.created", {"id": "txi_1", "object": "tax_id"})
        live = {**shop.stripe.event("customer.created", {"id": "cus_9"}), "livemode": True}
    thin = {"id": unique("evt"), "object": "v2.core.event", "type": "v1.billing.meter.error"}
    for event in (odd, live, thin):
        check(shop.outcome(event) == "ignored", f"{event}")
        noted = told_by(shop, event)
        check(noted["outcome"] == "ignored" and noted["reason"], f"{noted}")
        check(expect(shop.get(at(noted)), 200)["body"] == "", "nobody knows whose it is: not kept")


def not_to_be_read(shop):
    for raw in (b"{not json", b"[]", b"null", b'{"id":"evt_x"}', b'"\xff\xfe"', b"",
                b'{"id":"evt_y","type":"checkout.session.completed","data":{"object":{}}}',
                b'{"id":"evt_z","type":"charge.refunded","data":{"object":{"id":"ch_1",'
                b'"amount_refunded":-5}}}'):
        count = len(shop.inbox("quarantined"))
        answer = shop.told(raw)
        if raw == b"":
            check(answer.status in (200, 400), f"{answer}")
            continue
        check(expect(answer, 200)["outcome"] == "quarantined", f"{raw}: {answer}")
        noted = shop.inbox("quarantined")[0]
        check(len(shop.inbox("quarantined")) == count + 1, f"{raw}")
        check(noted["type"] == "unreadable" and noted["reason"].startswith("It cannot be read"),
              f"{noted}")
        shown = expect(shop.get(at(noted)), 200)["body"]
        check(shown == raw.decode("utf-8", "replace"), f"{raw}: {shown}")
        expect(shop.told(raw), 200)
        check(len(shop.inbox("quarantined")) == count + 1, f"kept once: {raw}")
        check(expect(shop.post(at(noted, "/redrive")), 200)["outcome"] == "quarantined", "still")


def lists(shop):
    every = shop.inbox()
    check([noted["id"] for noted in every] ==
          sorted((noted["id"] for noted in every), key=lambda i: -int(i[4:])), "newest first")
    for outcome in ("applied", "ignored", "quarantined", "dismissed"):
        found = shop.inbox(outcome)
        check(found == [noted for noted in every if noted["outcome"] == outcome], f"{outcome}")
        check(found, f"none was {outcome}")
    pages, cursor = [], ""
    while cursor is not None:
        page = expect(shop.get(f"/v1/inbox?limit=7{cursor}"), 200)
        pages += page["data"]
        cursor = f"&cursor={page['next_cursor']}" if page["has_more"] else None
    check(pages == every, "page by page")
    expect(shop.get("/v1/inbox?outcome=odd"), 400, "invalid_request")
    for wrong in ("ntf_999999999", "ntf_", "ntf_1", "evt_1", "ntf_-1"):
        expect(shop.get(f"/v1/inbox/{wrong}"), 404, "notification_not_found")
    shop.restart("kill")
    check(shop.inbox() == every, "after a restart")


def who_may(shop):
    noted, = shop.inbox("quarantined")[:1]
    calls = (("GET", "/v1/inbox", None), ("GET", at(noted), None),
             ("PATCH", at(noted), {"credits": 1}), ("POST", at(noted, "/redrive"), {}),
             ("POST", "/v1/payments/reconcile", {}))
    some = shop.key("payments:write", account_prefix="org-1:")  # and not those of others
    for made in (shop.key("ledger:write"), some,
                 shop.key("ledger:read", "audit:read", "webhooks:write")):
        other = shop.with_key(made["secret"])
        for method, path, body in calls:
            expect(other.client.call(method, path, body), 403, "insufficient_scope")
    cashier = shop.with_key(shop.key("payments:write")["secret"])
    for method, path, body in calls:
        check(cashier.client.call(method, path, body).status == 200, f"{method} {path}")


def nothing_in_the_log(shop):
    event = paid_outside(shop, client_reference_id=MARKER.replace("@", "-"),
                         metadata={"note": MARKER})
    shop.told(event)
    order = shop.order(shop.account(), package=shop.package())
    shop.tell(*shop.stripe.pay(order["reference"]))
    shop.stripe.fail(1, 500)
    shop.post("/v1/orders", {"account": order["account"], "package": order["package"],
                             "provider": "stripe"})
    text = shop.daemon.log_text()
    for secret in (shop.stripe.secret, shop.stripe.key, shop.midtrans.key, MARKER, "v1=",
                   "amount_total"):
        check(secret not in text, f"the log has {secret}")
    shop.daemon.logged("payment_news")


if __name__ == "__main__":
    run_shop([nobody_knows_for_whom, so_many_credits, account_made_later, another_amount,
              another_currency, no_such_order, dismissed, of_no_concern, not_to_be_read, lists,
              who_may, nothing_in_the_log])
