"""What a payment has bought is taken back when the money is, and given back when a dispute is won:
in every order of the news, with repeats and restarts in between, it ends in the same balance, and
the payment has credited once."""

import itertools
import random

from contract_kit import check, expect
from harness import replay
from payments_kit import at_once, over, renamed, run_shop

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
    """The transactions lead to the balance, step by step, and so do the sums."""
    moves = expect(shop.get(f"/v1/accounts/{account}/transactions?limit=100"), 200)["data"][::-1]
    balance = 0
    for move in moves:
        check(move["balance"]["before"] == balance, f"{account}: {move} after {balance}")
        balance = move["balance"]["after"]
    shown = shop.balance(account)
    sums = totals(shop, account)
    taken = sum(sums[name] for name in ("consumed", "expired", "revoked", "transferred_out"))
    check(shown["balance"] == balance == sum(sums.values()) - 2 * taken, f"{shown} {sums}")
    return balance


class Life:
    """A payment of an account of its own, and the order in which its news come."""

    def __init__(self, shop, package, steps, seed):
        self.shop, self.steps, self.chance = shop.beside(), list(steps), random.Random(seed)
        self.account = self.shop.account()
        self.order = self.shop.order(self.account, package=package)
        self.payment, self.news = news_of(self.shop, self.order)

    def tell(self, first, last):
        told_in_order(self.shop, self.steps[first:last], self.news, self.chance)

    def tell_all(self):
        self.tell(0, len(self.steps))

    def end(self):
        """(status, balance), after one credit."""
        self.shop.client = self.shop.daemon.client()
        check(len(self.shop.purchases(self.account)) == 1, f"{self.steps}: one credit")
        return self.shop.status(self.order), check_sums(self.shop, self.account)


def every_order(shop):
    """All 120 orders of five, with two restarts within each of them."""
    package = shop.package(CREDITS - 9, 9, CENTS)
    orders = list(itertools.permutations(["pay", "part", "rest", "opened", "won"]))
    lives = over(range(len(orders)), lambda n: Life(shop, package, orders[n], n))
    for first, last, how in ((0, 2, "kill"), (2, 3, "stop"), (3, 5, None)):
        over(lives, lambda life, at=(first, last): life.tell(*at))
        if how:
            shop.restart(how)
            for life in lives:
                life.shop.client = shop.daemon.client()
    for life in lives:
        end = life.end()
        check(end == ("refunded", 0), f"{life.steps}: {end}")
    print(f"{len(lives)} orders of the news")


def every_order_with_a_lost_step(shop):
    """Every order of every choice of them that has the payment: what follows is what the news say
    together, whichever came first."""
    package, ends = shop.package(CREDITS, cents=CENTS), {}
    steps = ["pay", "part", "rest", "opened", "won"]
    orders = [chosen for count in (2, 3, 4) for chosen in itertools.permutations(steps, count)
              if "pay" in chosen]
    lives = over(range(len(orders)), lambda n: Life(shop, package, orders[n], 1000 + n))
    over(lives, Life.tell_all)
    for life in lives:
        ends.setdefault(frozenset(life.steps), set()).add(life.end())
    for chosen, found in ends.items():
        # What Stripe adds up is told with each refund: the second one names both.
        refunded = CENTS if "rest" in chosen else PART if "part" in chosen else 0
        expected = ("settled", CREDITS - CREDITS * refunded // CENTS)
        if refunded == CENTS:
            expected = ("refunded", 0)
        if "opened" in chosen and "won" not in chosen:
            expected = ("disputed", 0)
        check(found == {expected}, f"{sorted(chosen)}: {found}, not {expected}")
    print(f"{len(lives)} orders of {len(ends)} choices")


def all_at_once(shop):
    """Every event of a payment twice, all of them at the same time."""
    package = shop.package(CREDITS, cents=CENTS)
    for number in range(20):
        life = Life(shop, package, ["pay", "part", "rest", "opened", "won"], number)
        events = [event for step in life.news.values() for event in step] * 2
        said = at_once(len(events), lambda n, sent=events: shop.stripe.deliver(shop.hook(),
                                                                               sent[n]))
        check(said == [200] * len(events), f"{said}")
        check(life.end() == ("refunded", 0), f"{life.end()}")


def spent_before(shop, claws_back):
    """Half of it is spent before anything is taken back; every order of what comes then."""
    package, spent = shop.package(CREDITS, cents=CENTS), CREDITS // 2

    def live(steps):
        life = Life(shop, package, ("pay", *steps), len(steps))
        life.tell(0, 1)
        own, at = life.shop, f"/v1/accounts/{life.account}"
        expect(own.post(f"{at}/deductions", {"amount": spent}), 201)
        life.tell(1, 5)
        expected = "refunded", -spent if claws_back else 0
        check(life.end() == expected, f"{steps}: {life.end()}, not {expected}")
        revoked = totals(own, life.account)["revoked"]
        check(revoked == (CREDITS if claws_back else CREDITS - spent), f"{steps}: {revoked}")
        # The money of both refunds has stayed after all.
        refunds = [refund for refund in list(shop.stripe.refunds.values())
                   if refund["payment_intent"] == life.payment]
        for refund in refunds:
            own.tell(*shop.stripe.fail_refund(refund["id"]))
        check(life.end() == ("settled", CREDITS - spent), f"{steps}: {life.end()}")
        check(totals(own, life.account)["revoked"] == 0, f"{steps}")
    over(itertools.permutations(["part", "rest", "opened", "won"]), live)


def spent_and_owed(shop):
    spent_before(shop, True)
    account = shop.account()
    order, payment = shop.bought(account, shop.package(CREDITS, cents=CENTS))
    expect(shop.post(f"/v1/accounts/{account}/deductions", {"amount": CREDITS - 10}), 201)
    shop.tell(*shop.stripe.dispute(payment))
    check(shop.available(account) == 10 - CREDITS, "what was spent is owed")
    taken, = shop.transactions(account, "revocation")
    check(taken["amount"] == CREDITS and taken["payment"]["disputed"], f"{taken}")
    check([(part["taken"], part["owed"], part["written_off"]) for part in taken["reversed"]] ==
          [(10, CREDITS - 10, 0)], f"{taken}")
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
    shop.settings(claw_back="write_off")
    spent_before(shop, False)
    shop.settings(claw_back="debt")


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
    code, out, err = replay(shop.daemon.bin, "verify", shop.daemon.data)
    check(code == 0, f"{out} {err}")
    shop.daemon.start()


if __name__ == "__main__":
    run_shop([every_order, every_order_with_a_lost_step, all_at_once, spent_and_owed, spent_and_written_off,
              the_log_agrees])
