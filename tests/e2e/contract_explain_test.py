"""The contract of explanations: every type of transaction says what happened, through the API and
through creditd-replay in the same words."""

from contract_kit import check, expect, run_sections, unique
from contract_plans import path, plan, subscribed
from harness import replay


def told(ledger, transaction):
    """The text, which the JSON has too."""
    at = f"/v1/transactions/{transaction}/explain"
    text = ledger.get(at, headers={"Accept": "text/plain"})
    check(text.status == 200 and text.headers["content-type"].startswith("text/plain"), f"{text}")
    answer = expect(ledger.get(at), 200)
    check(answer["text"] == text.body.decode(), f"two texts: {answer}")
    return answer["text"]


def says(text, *words):
    for word in words:
        check(word in text, f"no '{word}' in\n{text}")


def uses_and_refunds(ledger):
    account = ledger.account(10)
    feature = unique("feature")
    price = {"flat": 1, "per": [{"credits": "0.5", "unit": "seconds", "step": 10, "round": "up"}]}
    expect(ledger.put(f"/v1/features/{feature}", {"price": price}), 200)
    grant = expect(ledger.get(f"/v1/accounts/{account}/grants"), 200)["data"][0]["id"]
    used = expect(ledger.post(f"/v1/accounts/{account}/deductions",
                              {"feature": feature, "units": {"seconds": 25}}), 201)
    says(told(ledger, used["id"]), f"Used: {feature}, seconds 25.", "flat: 1", "per seconds: 1.5",
         "together: 2.5", f"by price book {used['price_book']}", f"1. 2.5 credits from {grant}",
         "The balance went from 10 to 7.5; 7.5 could be spent")
    back = expect(ledger.post(f"/v1/deductions/{used['id']}/refunds", {"amount": 2}), 201)
    says(told(ledger, back["id"]), f"2 credits of transaction {used['id']} ({feature}, ",
         "In all, 2 of its 2.5 credits had come back then.",
         f"1. 2 credits to {grant} (granted credits")
    says(told(ledger, used["id"]), "Refunded since: 2 credits.")
    expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 100}), 402,
           "insufficient_credits")
    refused = ledger.transactions(account, "refusal")[-1]
    says(told(ledger, refused["id"]), "nothing changed: insufficient credits",
         "100 credits were required, 9.5 could be spent: 90.5 credits too few")


def holds(ledger):
    account = ledger.account(10)
    hold = expect(ledger.post(f"/v1/accounts/{account}/holds",
                              {"amount": 6, "expires_in": "1h", "on_expiry": "release"}), 201)["id"]
    says(told(ledger, hold), f"not yet deducted: 6 credits, as {hold}", "Kept in this order",
         "; then it is released.")
    taken = expect(ledger.post(f"/v1/holds/{hold}/captures", {"amount": 2}), 201)["id"]
    says(told(ledger, taken), f"Of {hold}, 2 credits were deducted.", "Still held: 4 credits.")
    expect(ledger.post(f"/v1/holds/{hold}/release"), 200)
    released = ledger.transactions(account, "release")[-1]["id"]
    says(told(ledger, released), f"{hold} was released.", "No longer held: 4 credits.",
         "Deducted of it before: 2 credits.")


def bought_given_and_sent(ledger):
    account, other = ledger.account(), ledger.account()
    package = unique("package")
    expect(ledger.put(f"/v1/packages/{package}", {
        "credits": 500, "bonus": 50, "price": {"amount": 1500, "currency": "USD"}}), 201)
    bought = expect(ledger.post(f"/v1/accounts/{account}/purchases", {
        "package": package,
        "payment": {"provider": "stripe", "id": package, "amount": 1500, "currency": "USD"}}), 201)
    says(told(ledger, bought["id"]), f"500 credits were bought as package {package} for 15.00 USD",
         "A bonus of 50 credits came with them.")
    code = unique("CODE")
    expect(ledger.put(f"/v1/promotions/{code}", {"credits": 5}), 201)
    gift = expect(ledger.post(f"/v1/promotions/{code}/redeem", {"account": account}), 201)
    says(told(ledger, gift["id"]), f"The promotion {code} gave 5 credits.")
    expect(ledger.post("/v1/transfers", {"from": account, "to": other, "amount": 20}), 201)
    sent = ledger.transactions(account, "transfer_out")[-1]["id"]
    came = ledger.transactions(other, "transfer_in")[-1]["id"]
    says(told(ledger, sent), f"20 credits were sent to account {other}.")
    says(told(ledger, came), f"20 credits came from account {account}")
    grant = ledger.transactions(account, "grant")[-1]["id"]
    revoked = expect(ledger.post(f"/v1/grants/{grant}/revoke"), 201)["id"]
    says(told(ledger, revoked), "Taken back from a grant: 5 of its 5 credits.",
         f"Grant {grant}: promotion credits",
         "Nothing of this grant is left")


def time_and_plans(ledger):
    account = subscribed(ledger, plan(ledger))
    began = ledger.transactions(account, "subscription")[-1]["id"]
    says(told(ledger, began), "The plan ", " began.", "The period is from ",
         "Granted for the period: 100 credits.")
    expect(ledger.post(f"/v1/accounts/{account}/grants", {"amount": 3, "expires_in": "1d"}), 201)
    ledger.advance("2d")
    expired = ledger.transactions(account, "expiry")[-1]["id"]
    says(told(ledger, expired), "Unused until then, and expired: 3 of its 3 credits.",
         "It came by itself: nobody asked for it.")
    expect(ledger.post(path(account, "cancel"), {"at_period_end": False}), 200)
    ended = ledger.transactions(account, "subscription")[-1]["id"]
    says(told(ledger, ended), " ended.", "Expired with the plan's rule for what is left: 100")


def offline_in_the_same_words(ledger):
    daemon = ledger.daemon
    seen = 0
    for account in expect(ledger.get("/v1/accounts?limit=100"), 200)["data"]:
        at = f"/v1/accounts/{account['account']}/transactions?limit=100"
        for transaction in expect(ledger.get(at), 200)["data"][:3]:
            name = f"txn_{transaction['seq']}"
            code, out, err = replay(daemon.bin, "explain", daemon.data, name, "--live")
            check(code == 0, f"{name}: {code} {err}")
            check(out == told(ledger, name), f"two texts:\n{out}\n{told(ledger, name)}")
            seen += 1
    check(seen > 10, f"{seen} texts")
    for name, why in (("txn_999999", "no such transaction"), ("nothing", "an id is written")):
        code, out, err = replay(daemon.bin, "explain", daemon.data, name, "--live")
        check(code in (1, 2) and why in err and not out, f"{code} {out} {err}")


if __name__ == "__main__":
    run_sections([uses_and_refunds, holds, bought_given_and_sent, time_and_plans,
                  offline_in_the_same_words], words=("--test-clock",))
