"""What a payment has bought is taken back when the money is, and given back when a dispute is won:
in every order of the news, with repeats and restarts in between, it ends in the same balance, and
the payment has credited once."""

import itertools
import random

from contract_kit import check, expect
from harness import replay
from payments_kit import renamed, run_shop

CENTS, CREDITS = 900, 90
PART = 300  # refunded first, of 900


def news_of(shop, order):
    """{what happened: the events that tell of it}, and the payment; every one of them is true."""
    paid = shop.stripe.pay(order["reference"])
    payment = shop.stripe.sessions[order["reference"]]["payment_intent"]
    opened = shop.stripe.dispute(payment)
    dispute = opened[0]["data"]["object"]["id"]
    return payment, {"pay": paid, "part": shop.stripe.refund(payment, PART),
                     "rest": shop.stripe.refund(payment, CENTS - PART), "opened": opened,
                     "won": shop.stripe.dispute(payment, "won", dispute)}


def told_in_order(shop, steps, news, chance):
    """All events of each step, each perhaps twice, once more under another name at the end."""
    for step in steps:
        events = list(news[step])
        chance.shuffle(events)
        shop.tell(*events, *chance.sample(events, 1))
        earlier = chance.choice(steps[:steps.index(step) + 1])
        shop.tell(renamed(chance.choice(news[earlier])))


def totals(shop, account):
    return expect(shop.get(f"/v1/accounts/{account}"), 200)["totals"]


def check_sums(shop, account):
    """The transactions lead to the balance, step by step."""
    moves = expect(shop.get(f"/v1/accounts/{account}/transactions?limit=100"), 200)["data"][::-1]
    balance = 0
    for move in moves:
        check(move["balance"]["before"] == balance, f"{account}: {move} after {balance}")
        balance = move["balance"]["after"]
    shown = shop.balance(account)
    check(shown["balance"] == balance, f"{shown} {balance}")
    return balance


def every_order(shop):
    """All 120 orders of five, each with a payment of its own; two restarts in between."""
    chance, package = random.Random(5), shop.package(CREDITS - 9, 9, CENTS)
    lived = []
    for number, steps in enumerate(itertools.permutations(
            ["pay", "part", "rest", "opened", "won"])):
        account = shop.account()
        order = shop.order(account, package=package)
        _, news = news_of(shop, order)
        half = len(steps) // 2
        told_in_order(shop, steps[:half], news, chance)
        if number in (40, 80):
            shop.restart("kill" if number == 40 else "stop")
        told_in_order(shop, steps[half:], {**news}, chance)
        lived.append((steps, account, order))
    for steps, account, order in lived:
        check(len(shop.purchases(account)) == 1, f"{steps}: {shop.purchases(account)}")
        check(check_sums(shop, account) == 0, f"{steps}: {shop.balance(account)}")
        check(shop.status(order) == "refunded", f"{steps}: {shop.shown(order)}")
    print(f"{len(lived)} orders of the news")


def every_order_with_a_lost_step(shop):
    """Every order of every choice of four, three or two of them that has the payment: what follows
    is what the news say together, whichever came first."""
    chance, package, lived = random.Random(6), shop.package(CREDITS, cents=CENTS), {}
    steps = ["pay", "part", "rest", "opened", "won"]
    for count in (2, 3, 4):
        for chosen in itertools.permutations(steps, count):
            if "pay" not in chosen or ("won" in chosen and "opened" not in chosen):
                continue
            account = shop.account()
            order = shop.order(account, package=package)
            _, news = news_of(shop, order)
            told_in_order(shop, chosen, news, chance)
            status = shop.status(order), shop.available(account)
            lived.setdefault(frozenset(chosen), set()).add(status)
    for chosen, ends in lived.items():
        refunded = ("rest" in chosen and CENTS) or ("part" in chosen and PART) or 0
        expected = ("settled", CREDITS - CREDITS * refunded // CENTS)
        if "opened" in chosen and "won" not in chosen:
            expected = ("disputed", 0)
        elif refunded == CENTS:
            expected = ("refunded", 0)
        check(ends == {expected}, f"{sorted(chosen)}: {ends}, not {expected}")
    print(f"{len(lived)} choices")


def spent_before(shop, claws_back):
    """Half of it is spent before anything is taken back; every order of what comes then."""
    chance, package = random.Random(7), shop.package(CREDITS, cents=CENTS)
    spent = CREDITS // 2
    for steps in itertools.permutations(["part", "rest", "opened", "won"]):
        account = shop.account()
        order = shop.order(account, package=package)
        payment, news = news_of(shop, order)
        told_in_order(shop, ["pay"], news, chance)
        expect(shop.post(f"/v1/accounts/{account}/deductions", {"amount": spent}), 201)
        told_in_order(shop, steps, {**news}, chance)
        expected = -spent if claws_back else 0
        check(check_sums(shop, account) == expected, f"{steps}: {shop.balance(account)}")
        check(shop.status(order) == "refunded" and len(shop.purchases(account)) == 1, f"{steps}")
        # The second half of the story: the money of both refunds has stayed after all.
        for refund in [r["id"] for r in list(shop.stripe.refunds.values())
                       if r["payment_intent"] == payment]:
            shop.tell(*shop.stripe.fail_refund(refund))
        check(check_sums(shop, account) == CREDITS - spent, f"{steps}: {shop.balance(account)}")
        check(shop.status(order) == "settled", f"{steps}: {shop.shown(order)}")


def spent_and_owed(shop):
    spent_before(shop, True)
    account = shop.account()
    order, payment = shop.bought(account, shop.package(CREDITS, cents=CENTS))
    expect(shop.post(f"/v1/accounts/{account}/deductions", {"amount": CREDITS - 10}), 201)
    shop.tell(*shop.stripe.dispute(payment))
    check(shop.available(account) == 10 - CREDITS, "what was spent is owed")
    taken, = shop.transactions(account, "payment_reversal") or [None]
    check(taken["amount"] == -CREDITS or taken["amount"] == CREDITS, f"{taken}")
    expect(shop.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 402,
           "insufficient_credits")
    shop.bought(account, shop.package(100, cents=CENTS))
    check(check_sums(shop, account) == 20, "the next payment pays the debt first")
    check(shop.status(order) == "disputed", f"{shop.shown(order)}")
    won = shop.stripe.dispute(payment, "won", list(shop.stripe.disputes)[-1])
    shop.tell(*won, *won)
    check(check_sums(shop, account) == 110, "a won dispute gives all of it back")
    check(shop.status(order) == "settled", f"{shop.shown(order)}")


def spent_and_written_off(shop):
    catalog = expect(shop.get("/v1/catalog"), 200)
    settings = {**catalog["settings"], "claw_back": "write_off"}
    expect(shop.put("/v1/catalog", {**catalog, "settings": settings}), 200)
    spent_before(shop, False)
    settings["claw_back"] = "debt"
    expect(shop.put("/v1/catalog", {**catalog, "settings": settings}), 200)


def the_log_agrees(shop):
    """Balances and sums are the same after a restart without a snapshot, and the log verifies."""
    accounts = [a["account"] for a in expect(shop.get("/v1/accounts?limit=100"), 200)["data"]]
    before = {account: (shop.balance(account)["balance"], totals(shop, account))
              for account in accounts}
    shop.restart("kill")
    for account, (balance, sums) in before.items():
        check(shop.balance(account)["balance"] == balance, account)
        check(totals(shop, account) == sums, account)
    check(shop.daemon.stop() == 0, "stopped")
    code, out, err = replay(shop.daemon.bin, "verify", "--data-dir", shop.daemon.data)
    check(code == 0, f"{out} {err}")
    shop.daemon.start()


if __name__ == "__main__":
    run_shop([every_order, every_order_with_a_lost_step, spent_and_owed, spent_and_written_off,
              the_log_agrees])
