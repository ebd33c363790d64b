"""After a downtime: what Stripe has told to nobody is read from its list of events, once, whatever
comes by webhook afterwards, and whatever is broken in the list."""

from contract_kit import check, expect
from contract_plans import current, plan
from payments_kit import CENTS, renamed, run_shop

RECONCILE = "/v1/payments/reconcile"


def reconciled(shop, **body):
    return expect(shop.client.call("POST", RECONCILE, body), 200)


def settle_all(shop):
    """Nothing of earlier sections is left to be taken up."""
    reconciled(shop)
    again = reconciled(shop)
    check(again["applied"] == 0 and again["complete"], f"{again}")
    return again


def down_while_it_was_paid(shop):
    before = settle_all(shop)
    account, package = shop.account(), shop.package(60)
    order, other = shop.order(account, package=package), shop.order(account, package=package)
    shop.daemon.kill()
    events = [*shop.stripe.pay(order["reference"]), *shop.stripe.expire(other["reference"])]
    payment = shop.stripe.sessions[order["reference"]]["payment_intent"]
    events += shop.stripe.refund(payment, CENTS // 2)
    shop.daemon.start()
    shop.client = shop.daemon.client()
    check(shop.available(account) == 0, "nobody has told it")
    found = reconciled(shop, since="1h")
    check(found["applied"] == len(events) and found["known"] == before["known"], f"{found}")
    check(found["events"] == before["events"] + len(events) and found["complete"], f"{found}")

    def check_all(what):
        check(shop.available(account) == 30, f"{what}: {shop.balance(account)}")
        check(len(shop.purchases(account)) == 1, f"{what}: {shop.purchases(account)}")
        check((shop.status(order), shop.status(other)) == ("settled", "expired"), what)
    check_all("reconciled")
    for event in events:
        check(shop.outcome(event) == "known", f"a late webhook: {event}")
    check_all("late webhooks")
    shop.tell(*(renamed(event) for event in events))
    check_all("under other names")
    check(reconciled(shop)["applied"] == 0, "nothing more to take up")
    check_all("reconciled again")


def many_pages(shop):
    """More than Stripe lists on a page, some of them told already, newest first."""
    settle_all(shop)
    account, package = shop.account(), shop.package(1)
    orders = [shop.order(account, package=package) for _ in range(60)]
    told = 0
    for number, order in enumerate(orders):
        events = shop.stripe.pay(order["reference"])
        if number % 3 == 0:
            shop.tell(*events)
            told += 1
    check(shop.available(account) == told, f"{shop.balance(account)}")
    found = reconciled(shop)
    check(found["events"] > 100 and found["complete"], f"more than a page: {found}")
    check(shop.available(account) == 60, f"{shop.balance(account)} {found}")
    check(all(shop.status(order) == "settled" for order in orders), "all of them")


def a_subscription_in_between(shop):
    settle_all(shop)
    account, name = shop.account(), plan(shop)
    order = shop.order(account, plan=name, interval="month")
    shop.stripe.pay(order["reference"])
    subscription = shop.stripe.sessions[order["reference"]]["subscription"]
    reconciled(shop)
    check(shop.available(account) == 100 and shop.status(order) == "settled", f"{order}")
    shop.stripe.renew(subscription)
    reconciled(shop)
    steps = [t["step"] for t in shop.transactions(account, "subscription")]
    check([step for step in steps if step != "heard"] == ["started", "renewed"], f"{steps}")
    shop.stripe.end(subscription)
    reconciled(shop)
    reconciled(shop)
    check(current(shop, account)["status"] == "canceled", f"{current(shop, account)}")


def what_is_broken_in_the_list(shop):
    settle_all(shop)
    account, package = shop.account(), shop.package(5)
    order = shop.order(account, package=package)
    broken = []
    with shop.stripe.lock:
        for kind, value in (("checkout.session.completed", {}), ("refund.created", {"id": 7}),
                            ("charge.refunded", {"id": "ch_x", "amount_refunded": -1})):
            broken.append(shop.stripe.event(kind, value))
        broken.append(shop.stripe.event("customer.created", {"id": "cus_x"}))
        broken[-1]["data"] = None
    shop.stripe.pay(order["reference"])
    found = reconciled(shop)
    check(found["unreadable"] == len(broken), f"{found}")
    check(shop.available(account) == 5, "the others are taken up all the same")
    with shop.stripe.lock:
        for event in broken:
            shop.stripe.events.remove(event)
    check(reconciled(shop)["unreadable"] == 0, "mended")


def stripe_fails(shop):
    settle_all(shop)
    account, package = shop.account(), shop.package(5)
    shop.stripe.pay(shop.order(account, package=package)["reference"])
    for failure in (500, 429, 401, "cut"):
        shop.stripe.fail(100, failure)
        expect(shop.client.call("POST", RECONCILE, {}), 502, "provider_failed")
        check(shop.available(account) == 0, f"{failure}")
    shop.stripe.fail(0)
    reconciled(shop)
    check(shop.available(account) == 5, f"{shop.balance(account)}")


def wrong_requests(shop):
    for body in ({"since": "31d"}, {"since": "soon"}, {"since": 5}, {"until": "1d"}):
        expect(shop.client.call("POST", RECONCILE, body), 400, "invalid_request")
    check(reconciled(shop, since="30d")["complete"], "as long as Stripe keeps them")
    since = reconciled(shop, since="1h")["since"]
    check(since.endswith("Z"), since)


if __name__ == "__main__":
    run_shop([down_while_it_was_paid, many_pages, a_subscription_in_between,
              what_is_broken_in_the_list, stripe_fails, wrong_requests])
