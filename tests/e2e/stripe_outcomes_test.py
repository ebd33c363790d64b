"""What becomes of an order at Stripe that is not simply paid: money that takes its time, fails, comes
late or twice, orders that an administrator ends, and credits that were sold without an order."""

from contract_kit import check, expect, unique
from payments_kit import CENTS, renamed, run_shop


def open_order(shop, credits=100):
    account = shop.account()
    return account, shop.order(account, package=shop.package(credits))


def second_payment(shop, order, account, cents=CENTS):
    """Told by an event: the customer paid the order once more."""
    with shop.stripe.lock:
        intent = shop.stripe.new_payment(cents, "usd", {
            "creditd_order": order["order_id"], "creditd_account": account}, "cus_2")
        return shop.stripe.event("payment_intent.succeeded", intent)


def money_that_takes_its_time(shop):
    account, order = open_order(shop)
    completed, = shop.stripe.pay(order["reference"], "unpaid")
    check(shop.outcome(completed) == "ignored", "complete, but not paid")
    check(shop.available(account) == 0 and shop.status(order) == "pending", "it waits")
    succeeded, = shop.stripe.settle(order["reference"])
    check(shop.outcome(succeeded) == "applied", "the money has come")
    shop.tell(completed, succeeded, renamed(completed), renamed(succeeded))
    check(shop.available(account) == 100 and shop.status(order) == "settled", "once")


def nothing_to_pay(shop):
    account, order = open_order(shop)
    _, completed = shop.stripe.pay(order["reference"], "no_payment_required")
    check(shop.outcome(completed) == "applied", "the session says the price, and that it is done")
    check(shop.available(account) == 100, f"{shop.balance(account)}")


def money_that_does_not_come(shop):
    for status, tell in (("failed", lambda o: shop.stripe.settle(o["reference"], False)),
                         ("expired", lambda o: shop.stripe.expire(o["reference"]))):
        account, order = open_order(shop)
        ended, = tell(order)
        shop.tell(ended, ended, renamed(ended))
        check(shop.status(order) == status and shop.available(account) == 0, f"{status}")
        again = shop.order(account, package=order["package"], order_id=order["order_id"])
        check(again["status"] == status, f"asking again opens nothing: {again}")
        paid, completed = shop.stripe.pay(order["reference"])
        check(shop.outcome(completed) == "applied", f"late money after {status}")
        shop.tell(paid, renamed(ended), renamed(completed))
        check(shop.status(order) == "settled", f"{shop.shown(order)}")
        check(shop.available(account) == 100, "late, and once")


def ended_before_it_began(shop):
    """The failure is told after the success that came later: what is settled stays."""
    account, order = open_order(shop)
    paid, completed = shop.stripe.pay(order["reference"])
    shop.tell(completed, *shop.stripe.settle(order["reference"], False),
              *shop.stripe.expire(order["reference"]), paid)
    check(shop.status(order) == "settled" and shop.available(account) == 100, "monotonic")


def paid_twice(shop):
    account, order = open_order(shop)
    shop.tell(*shop.stripe.pay(order["reference"]))
    second = second_payment(shop, order, account)
    check(shop.outcome(second) == "quarantined", "somebody has to decide")
    check(shop.outcome(second) == "quarantined", "and it stays so")
    noted = shop.inbox("quarantined")[0]
    check((noted["reason"], noted["order"], noted["account"], noted["tries"]) ==
          ("order_closed", order["order_id"], account, 2), f"{noted}")
    check(shop.available(account) == 100, f"{shop.balance(account)}")
    # The money is given back: nothing was credited, so nothing is taken.
    shop.tell(*shop.stripe.refund(second["data"]["object"]["id"], CENTS))
    check(shop.available(account) == 100 and shop.status(order) == "settled", "all as it was")
    expect(shop.patch(f"/v1/inbox/{noted['id']}", {"outcome": "dismissed"}), 200)


def ended_by_an_administrator(shop):
    account, order = open_order(shop)
    key, at = unique(), f"/v1/orders/{order['order_id']}"
    canceled = expect(shop.post(f"{at}/cancel", {}, key), 200)
    check(canceled["status"] == "canceled", f"{canceled}")
    check(expect(shop.post(f"{at}/cancel", {}, key), 200)["status"] == "canceled", "again")
    check(expect(shop.post(f"{at}/cancel"), 200)["status"] == "canceled", "nothing to do")
    shop.soon(lambda: shop.stripe.sessions[order["reference"]]["status"] == "expired",
              "the session's end at Stripe")
    shop.tell(*[e for e in shop.stripe.events if e["type"] == "checkout.session.expired" and
                e["data"]["object"]["id"] == order["reference"]])
    check(shop.status(order) == "canceled", "it was canceled before it expired")
    shop.tell(*shop.stripe.pay(order["reference"]))
    check(shop.status(order) == "settled" and shop.available(account) == 100, "money is money")
    expect(shop.post(f"{at}/cancel"), 409, "order_closed")


def settled_by_an_administrator(shop):
    account, order = open_order(shop)
    key, at = unique(), f"/v1/orders/{order['order_id']}"
    for _ in range(3):
        settled = expect(shop.post(f"{at}/settle", {"payment_id": "bank-1"}, key), 200)
        check(settled["status"] == "settled" and settled["payment_id"] == "bank-1", f"{settled}")
    expect(shop.post(f"{at}/settle", {"payment_id": "bank-1"}), 200)
    expect(shop.post(f"{at}/settle", {"payment_id": "bank-2"}), 409, "order_closed")
    check(shop.available(account) == 100 and len(shop.purchases(account)) == 1, "once")
    _, completed = shop.stripe.pay(order["reference"])
    check(shop.outcome(completed) == "quarantined", "it was paid otherwise")
    check(shop.available(account) == 100, "still once")
    by_hand = shop.order(account, provider="manual", package=order["package"])
    check(by_hand["pay_url"] is None and by_hand["status"] == "pending", f"{by_hand}")
    settled = expect(shop.post(f"/v1/orders/{by_hand['order_id']}/settle"), 200)
    check(settled["status"] == "settled" and shop.available(account) == 200, f"{settled}")
    expect(shop.post("/v1/orders/none/settle"), 404, "order_not_found")
    expect(shop.post("/v1/orders/none/cancel"), 404, "order_not_found")
    cashier = shop.with_key(shop.key("payments:write")["secret"])
    for end in ("settle", "cancel"):
        expect(cashier.post(f"{at}/{end}"), 403, "insufficient_scope")
    check(expect(cashier.get(at), 200)["status"] == "settled", "but may look")


def sold_without_an_order(shop):
    account, other = shop.account(), shop.account()
    goods = {"creditd_account": account, "creditd_credits": "50"}
    session = shop.outside_session(metadata=goods, payment_intent_data={"metadata": goods})
    paid, completed = shop.stripe.pay(session["id"])
    shop.tell(completed, paid, renamed(completed), renamed(paid))
    check(shop.available(account) == 50 and len(shop.purchases(account)) == 1, "by metadata")
    package = shop.package(30)
    session = shop.outside_session(client_reference_id=other,
                              metadata={"creditd_package": package})
    shop.tell(*shop.stripe.pay(session["id"])[1:])
    check(shop.available(other) == 30, "the account by reference, the package by metadata")
    bought, = shop.purchases(other)
    check(bought["payment"]["amount"] == CENTS, f"{bought}")
    cheap = shop.package(30, cents=CENTS + 1)
    session = shop.outside_session(client_reference_id=other, metadata={"creditd_package": cheap})
    check(shop.outcome(shop.stripe.pay(session["id"])[1]) == "quarantined", "another price")
    check(shop.inbox("quarantined")[0]["reason"] == "price_differs", "says the inbox")
    foreign = shop.outside_session()
    paid, completed = shop.stripe.pay(foreign["id"])
    check(shop.outcome(paid) == "ignored", "it says nothing to creditd")
    check(shop.outcome(completed) == "quarantined", "nobody knows for whom")
    check(shop.available(other) == 30, "nothing more")


def orders_of_any_amount(shop):
    shop.settings(custom={"min": 10, "max": 1000, "per": 1,
                          "price": {"amount": 10, "currency": "USD"}})
    account = shop.account()
    order = shop.order(account, amount=25)
    check(order["price"] == {"amount": 250, "currency": "USD"} and order["credits"] == 25,
          f"{order}")
    named = {"amount": 26, "price": {"amount": 260, "currency": "USD"}}
    check(shop.order(account, **named)["price"]["amount"] == 260, "the same price, said")
    shop.tell(*shop.stripe.pay(order["reference"]))
    check(shop.available(account) == 25, f"{shop.balance(account)}")
    body = {"account": account, "provider": "stripe", "amount": 25}
    expect(shop.post("/v1/orders", {**body, "amount": 9}), 400, "amount_range")
    expect(shop.post("/v1/orders", {**body, "price": {"amount": 1, "currency": "USD"}}), 400,
           "invalid_request")
    pages, cursor = [], ""
    while cursor is not None:
        page = expect(shop.get(f"/v1/orders?account={account}&limit=1{cursor}"), 200)
        pages += [(entry["order_id"], entry["status"]) for entry in page["data"]]
        cursor = f"&cursor={page['next_cursor']}" if page["has_more"] else None
    check([status for _, status in pages] == ["pending", "settled"], f"newest first: {pages}")
    check(pages[1][0] == order["order_id"], f"{pages}")
    settled = expect(shop.get(f"/v1/orders?account={account}&status=settled"), 200)["data"]
    check([entry["order_id"] for entry in settled] == [order["order_id"]], f"{settled}")
    expect(shop.get("/v1/orders?status=odd"), 400, "invalid_request")
    expect(shop.get("/v1/orders?account=nobody-here"), 404, "account_not_found")


if __name__ == "__main__":
    run_shop([money_that_takes_its_time, nothing_to_pay, money_that_does_not_come,
              ended_before_it_began, paid_twice, ended_by_an_administrator,
              settled_by_an_administrator, sold_without_an_order, orders_of_any_amount])
