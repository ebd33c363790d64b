"""Subscriptions that are paid at Stripe, in the shapes before and since basil: each cycle is
credited once however often and in whichever order it is told; what fails, ends or is changed at
Stripe does so here."""

import itertools

from contract_kit import check, expect
from contract_plans import available, current, path, plan
from payments_kit import at_once, renamed, run_shop

CYCLE = 100


def steps(shop, account):
    """Of the account's subscriptions, oldest first: what happened and what it granted."""
    return [(t["step"], t["amount"]) for t in shop.transactions(account, "subscription")
            if t["step"] != "heard"]


def subscribed(shop, plan_id, account=None):
    """(account, its order, the id at Stripe), paid and told."""
    account = account or shop.account()
    order = shop.order(account, plan=plan_id, interval="month")
    shop.tell(*shop.stripe.pay(order["reference"]))
    return account, order, shop.stripe.sessions[order["reference"]]["subscription"]


def both_shapes(section):
    """The section with Stripe as it was, and as it is."""
    def run(shop):
        for shop.stripe.basil in (False, True):
            section(shop)
    run.__name__ = section.__name__
    return run


@both_shapes
def ordered_and_paid(shop):
    name = plan(shop)
    orders = list(itertools.permutations(range(3)))
    for order_of_news in orders:
        account = shop.account()
        order = shop.order(account, plan=name, interval="year")
        session = shop.stripe.sessions[order["reference"]]
        check(session["mode"] == "subscription", f"{session}")
        price = session["line_items"]["0"]["price_data"]
        check((price["unit_amount"], price["recurring"]) == ("9000", {"interval": "year"}),
              f"{price}")
        named = {"creditd_account": account, "creditd_order": order["order_id"],
                 "creditd_plan": name, "creditd_interval": "year"}
        check(session["metadata"] == named == session["subscription_metadata"], f"{session}")
        check((order["plan"], order["interval"], order["credits"]) == (name, "year", 0), f"{order}")
        events = shop.stripe.pay(order["reference"])
        for number in order_of_news:
            shop.tell(events[number], events[number], renamed(events[number]))
        shop.tell(*(renamed(event) for event in events))
        check(steps(shop, account) == [("started", CYCLE)], f"{steps(shop, account)}")
        check(available(shop, account) == CYCLE, f"{shop.balance(account)}")
        shown, now = shop.shown(order), current(shop, account)
        check(shown["status"] == "settled", f"{order_of_news}: {shown}")
        check((now["status"], now["plan"], now["source"]) == ("active", name, "provider"), f"{now}")


@both_shapes
def renewed(shop):
    account, order, subscription = subscribed(shop, plan(shop))
    first = current(shop, account)
    for cycle in (2, 3):
        events = shop.stripe.renew(subscription)
        said = at_once(16, lambda n, sent=events: shop.stripe.deliver(shop.hook(), sent[n % 2]))
        check(said == [200] * 16, f"{said}")
        if cycle == 2:
            shop.restart("kill")
        shop.tell(*(renamed(event) for event in events))
        check(steps(shop, account) == [("started", CYCLE)] + [("renewed", CYCLE)] * (cycle - 1),
              f"{steps(shop, account)}")
    check(current(shop, account)["period_end"] > first["period_end"], f"{current(shop, account)}")
    check(shop.status(order) == "settled", "its order was the first cycle's")


@both_shapes
def not_paid(shop):
    account, _, subscription = subscribed(shop, plan(shop))
    failed, updated = shop.stripe.renew(subscription, succeeded=False)
    for news in ((failed,), (updated,), (updated, failed, renamed(failed))):
        shop.tell(*news)
        check(current(shop, account)["status"] == "past_due", f"{current(shop, account)}")
    check([step for step, _ in steps(shop, account)] == ["started", "past_due"],
          f"{steps(shop, account)}")
    # The next attempt succeeds: the same invoice is paid.
    invoice = failed["data"]["object"]
    invoice.update(amount_paid=invoice["amount_due"], status="paid")
    with shop.stripe.lock:
        paid = shop.stripe.event("invoice.paid", invoice)
        shop.stripe.subscriptions[subscription]["status"] = "active"
        active = shop.stripe.event("customer.subscription.updated",
                                   shop.stripe.subscriptions[subscription])
    shop.tell(active, paid, paid, renamed(paid))
    now = current(shop, account)
    check(now["status"] == "active", f"{now}")
    check([amount for _, amount in steps(shop, account) if amount] == [CYCLE, CYCLE],
          f"{steps(shop, account)}")


@both_shapes
def ended(shop):
    name = plan(shop)
    account, _, subscription = subscribed(shop, name)
    late, = shop.stripe.renew(subscription)[1:]
    over, = shop.stripe.end(subscription)
    shop.tell(over, over, renamed(over))
    check(current(shop, account)["status"] == "canceled", f"{current(shop, account)}")
    check(shop.outcome(late) == "ignored", "an update that came too late")
    check(current(shop, account)["status"] == "canceled", "still")
    # Who comes back has another subscription.
    _, again, second = subscribed(shop, name, account)
    check(shop.status(again) == "settled" and second != subscription, f"{again}")
    check(current(shop, account)["status"] == "active", f"{current(shop, account)}")
    failed = {**late["data"]["object"], "status": "past_due"}
    for event in (renamed(over), renamed(late), renamed(late, data={"object": failed})):
        check(shop.outcome(event) == "ignored", f"of the first one: {event}")
        check(current(shop, account)["status"] == "active", f"{current(shop, account)}")
    shop.restart("kill")
    check(shop.outcome(renamed(over)) == "ignored", "after a restart")
    check(current(shop, account)["status"] == "active", "it ended by the other one's end")
    shop.tell(*shop.stripe.end(second))
    check(current(shop, account)["status"] == "canceled", "by its own end")


@both_shapes
def ends_with_its_period(shop):
    account, _, subscription = subscribed(shop, plan(shop))
    known = shop.stripe.subscriptions[subscription]
    for wish in (True, False, True):
        with shop.stripe.lock:
            known["cancel_at_period_end"] = wish
            event = shop.stripe.event("customer.subscription.updated", known)
        shop.tell(event, event, renamed(event))
        now = current(shop, account)
        check(now["cancel_at_period_end"] is wish and now["status"] == "active", f"{now}")
    check(available(shop, account) == CYCLE, "what was paid stays")
    shop.tell(*shop.stripe.end(subscription))
    check(current(shop, account)["status"] == "canceled", f"{current(shop, account)}")


@both_shapes
def told_in_the_wrong_order(shop):
    """What Stripe said later counts, whenever it comes, and only of the subscription that runs."""
    name = plan(shop)
    account, _, subscription = subscribed(shop, name)
    known = shop.stripe.subscriptions[subscription]

    def updated(seconds, **stands):
        with shop.stripe.lock:
            event = shop.stripe.event("customer.subscription.updated", {**known, **stands})
        return {**event, "created": event["created"] + seconds}

    wish = updated(10, cancel_at_period_end=True)
    regret = updated(20, cancel_at_period_end=False)
    check(shop.outcome(regret) == "applied" and shop.outcome(wish) == "ignored", "it is older")
    check(not current(shop, account)["cancel_at_period_end"], f"{current(shop, account)}")
    shop.restart("kill")
    check(shop.outcome(renamed(wish)) == "ignored", "after a restart")
    unpaid = updated(30, status="past_due")
    for event in (unpaid, renamed(wish)):
        shop.tell(event)
    now = current(shop, account)
    check(now["status"] == "past_due" and not now["cancel_at_period_end"], f"{now}")

    other = shop.account()
    _, _, first = subscribed(shop, name, other)
    order = shop.order(other, plan=name, interval="month")
    shop.tell(*shop.stripe.pay(order["reference"]))
    check(available(shop, other) == CYCLE, f"one month, paid twice: {shop.balance(other)}")
    noted = shop.inbox("quarantined")[0]
    check(noted["reason"] == "payment_conflict", f"{noted}")
    second = shop.stripe.sessions[order["reference"]]["subscription"]
    check(shop.outcome(*shop.stripe.end(second)) == "ignored", "nobody looks at it any more")
    check(current(shop, other)["status"] == "active", f"{current(shop, other)}")
    shop.tell(*shop.stripe.end(first))
    check(current(shop, other)["status"] == "canceled", f"{current(shop, other)}")


@both_shapes
def another_plan(shop):
    account, _, subscription = subscribed(shop, plan(shop))
    bigger = plan(shop, credits=500)
    known = shop.stripe.subscriptions[subscription]
    with shop.stripe.lock:
        known["metadata"] = {**known["metadata"], "creditd_plan": bigger}
        event = shop.stripe.event("customer.subscription.updated", known)
    shop.tell(event, event, renamed(event))
    check(current(shop, account)["plan"] == bigger, f"{current(shop, account)}")


def of_somebody_unknown(shop):
    name = plan(shop)
    account = shop.account()
    order = shop.order(account, plan=name, interval="month")
    created, paid, completed = shop.stripe.pay(order["reference"])
    details = paid["data"]["object"]["parent"]["subscription_details"]
    details["metadata"] = {"creditd_account": "nobody-here", "creditd_plan": name}
    check(shop.outcome(paid) == "quarantined", "there is no such account")
    noted = shop.inbox("quarantined")[0]
    check(noted["reason"] == "account_not_found", f"{noted}")
    expect(shop.patch(f"/v1/inbox/{noted['id']}", {"account": account,
                                                   "order": order["order_id"]}), 200)
    driven = expect(shop.post(f"/v1/inbox/{noted['id']}/redrive"), 200)
    check(driven["outcome"] == "applied", f"{driven}")
    shop.tell(created, paid, completed)
    check(steps(shop, account) == [("started", CYCLE)] and shop.status(order) == "settled",
          f"{steps(shop, account)} {shop.shown(order)}")


@both_shapes
def a_cycle_is_taken_back(shop):
    account, order, subscription = subscribed(shop, plan(shop))
    invoice = shop.stripe.sessions[order["reference"]]["invoice"]
    payment = shop.stripe.invoices[invoice]["payment"]
    part = shop.stripe.refund(payment, 450)
    for event in (*part, *part, *(renamed(event) for event in part)):
        shop.tell(event)
    check(available(shop, account) == CYCLE // 2, f"half of it: {shop.balance(account)}")
    shop.tell(*shop.stripe.refund(payment, 450))
    check(available(shop, account) == 0, f"all of it: {shop.balance(account)}")
    check(shop.status(order) == "refunded", f"{shop.shown(order)}")
    renewal = shop.stripe.renew(subscription)
    shop.tell(*renewal)
    check(available(shop, account) == CYCLE, "the next cycle is another payment")
    payment = shop.stripe.invoices[renewal[0]["data"]["object"]["id"]]["payment"]
    shop.tell(*shop.stripe.dispute(payment))
    check(available(shop, account) == 0, f"disputed: {shop.balance(account)}")
    shop.tell(*shop.stripe.dispute(payment, "won", list(shop.stripe.disputes)[-1]))
    check(available(shop, account) == CYCLE, f"won: {shop.balance(account)}")


if __name__ == "__main__":
    run_shop([ordered_and_paid, renewed, not_paid, ended, ends_with_its_period,
              told_in_the_wrong_order, another_plan, of_somebody_unknown, a_cycle_is_taken_back])
