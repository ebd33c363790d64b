"""What the tests of plans and subscriptions share."""

from contract_kit import expect, unique

USD = {"currency": "USD"}
MONTHLY = {"interval": "month", "amount": 900, **USD}
YEARLY = {"interval": "year", "amount": 9000, **USD}


def plan(ledger, **fields):
    name = unique("plan")
    body = {"credits": 100, "prices": [MONTHLY, YEARLY], **fields}
    expect(ledger.put(f"/v1/plans/{name}", body), 201)
    return name


def path(account, step=""):
    return f"/v1/accounts/{account}/subscription" + (f"/{step}" if step else "")


def subscribed(ledger, plan_id, **fields):
    account = ledger.account()
    expect(ledger.put(path(account), {"plan": plan_id, **fields}), 201)
    return account


def current(ledger, account):
    return expect(ledger.get(path(account)), 200)["subscription"]


def available(ledger, account):
    return ledger.balance(account)["available"]


def periods(ledger, account):
    """(step, first day, last day, granted) of every step, oldest first."""
    moved = [(t, t["subscription"]) for t in ledger.transactions(account, "subscription")]
    return [(t["step"], now["period_start"][:10], now["period_end"][:10], t["amount"])
            for t, now in moved]


def pointers(answer):
    return {error["pointer"] for error in expect(answer, 400, "invalid_request")["errors"]}
