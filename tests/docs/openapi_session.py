"""The session that shows every operation of the API, and its usual refusals, to openapi_test.py.
`call(method, url, body, status=…)` checks the answer against the document and returns it."""

import time

from harness import check
from openapi_arrangements import show_arrangements
from openapi_payments import show_payments


def run_session(call, daemon, providers, description):
    show_accounts(call)
    show_catalog(call)
    show_grants_and_purchases(call)
    show_measured_uses(call)
    show_offers(call)
    deduction = show_deductions(call)
    show_refunds(call, deduction)
    show_holds(call)
    show_transfers_and_batches(call)
    show_arrangements(call)
    show_payments(call, providers)
    show_common_fields(call)
    show_rare_fields(call)
    show_lists(call, deduction)
    show_api_keys(call, daemon)
    show_webhooks(call)
    show_refusals(call, deduction)
    show_close(call)
    show_proofs(call, deduction)
    show_operations(call, description)


def show_accounts(call):
    call("PUT", "/v1/accounts/acme", {}, status=201)
    call("PUT", "/v1/accounts/alice", {"name": "Alice", "metadata": {"plan": {"id": 7}},
                                       "labels": {"tier": "gold"}}, status=201)
    call("PUT", "/v1/accounts/alice", {"name": "Alice B."})
    call("PUT", "/v1/accounts/bob", {"parent": "acme", "credit_limit": 5}, status=201)
    call("PUT", "/v1/accounts/bob", {"credit_limit": "7.5"})
    call("GET", "/v1/accounts/alice")
    call("GET", "/v1/accounts/bob/balance")
    token = call("POST", "/v1/accounts/bob/tokens", {"ttl": "1h"}, key="", status=201)["token"]
    call("POST", "/v1/accounts/none/tokens", {}, key="", status=404)
    call("POST", "/v1/accounts/bob/tokens", {"ttl": "1s"}, key="", status=400)
    call.stream(f"/v1/accounts/bob/stream?token={token}")


def show_catalog(call):
    call("PUT", "/v1/features/plain", {"credits": "0.125"})
    call("PUT", "/v1/features/image", {"credits": 3, "name": "An image", "category": "media",
                                       "description": "One image"})
    call("PUT", "/v1/features/image", {"credits": 2.5, "active": True})
    call("PUT", "/v1/features/old", {"credits": 1, "active": False})
    call("GET", "/v1/features/image")
    call("GET", "/v1/features/plain")
    call("GET", "/v1/features?limit=1")
    call("GET", "/v1/features?category=media")


def show_measured_uses(call):
    """A price with every kind of rule, and every call that takes units and options."""
    second = {"percent": 50, "credits": 1}
    price = {"flat": 1, "per": [{"credits": 1, "unit": "seconds", "step": 15, "round": "up",
                                 "times": "copies"}],
             "tiers": [{"unit": "pages", "tiers": [{"up_to": 5, "credits": 2}, {"credits": 3}]}],
             "options": {"hd": second}, "conditions": [dict(second, unit="seconds", above=60)],
             "minimum": 2, "maximum": 90}
    call("PUT", "/v1/features/video", {"price": price})
    call("PATCH", "/v1/features/video", {"name": "A video", "category": "media", "active": True,
                                         "description": "By its length"})
    call("PATCH", "/v1/features/video", {"price": price})
    call("PATCH", "/v1/features/nothing", {"credits": 1}, status=404)
    use = {"feature": "video", "units": {"seconds": 61, "copies": 1, "pages": "2"},
           "options": ["hd"]}
    call("POST", "/v1/accounts/alice/quotes", use)
    call("POST", "/v1/accounts/alice/deductions", use, status=201)
    hold = call("POST", "/v1/accounts/alice/holds", dict(use, expires_in="1h"), status=201)["id"]
    call("GET", f"/v1/holds/{hold}")
    call("POST", f"/v1/holds/{hold}/captures", {"units": use["units"], "final": True}, status=201)
    call("POST", "/v1/accounts/alice/deductions", {"feature": "video"}, status=422)


def show_offers(call):
    dollars = {"amount": 900, "currency": "USD"}
    offers = {
        "plans": {"id": "pro", "name": "Pro", "description": "For studios", "active": True,
                  "unlimited": False, "credits": 500, "prices": [dict(dollars, interval="month")],
                  "rollover": "capped", "rollover_max": 100, "on_change": "keep",
                  "on_end": "expire", "priority": 40, "features": ["image"], "trial_days": 14,
                  "grace_days": 3, "alerts": [50, 10]},
        "packages": {"id": "p100", "name": "100", "description": "A hundred", "active": True,
                     "credits": 100, "bonus": 5, "price": dollars, "expires_in": "365d",
                     "bonus_expires_in": "30d"},
        "promotions": {"code": "SPRING", "description": "Spring", "active": True, "credits": 10,
                       "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2090-01-01T00:00:00Z",
                       "redemptions_max": 100, "per_account_max": 1, "expires_in": "30d",
                       "priority": 20, "features": ["image"]}}
    for kind, offer in offers.items():
        at = f"/v1/{kind}/{offer.get('id') or offer['code']}"
        call("PUT", at, offer, status=201)
        call("PUT", at, offer)
        call("GET", at)
        call("GET", f"/v1/{kind}?limit=1")
        call("PUT", at, dict(offer, credits="x"), status=400)
        call("GET", f"/v1/{kind}/nothing", status=404)
    call("POST", "/v1/accounts/alice/purchases",
         {"package": "p100", "payment": dict(dollars, provider="stripe", id="pi_9")}, status=201)
    call("GET", "/v1/pricing")
    call("GET", "/v1/pricing?key=image")
    call("GET", "/v1/pricing?key=nothing", status=404)
    show_whole_catalogs(call, dollars)
    for kind, offer in offers.items():
        call("DELETE", f"/v1/{kind}/{offer.get('id') or offer['code']}", status=204)


def show_whole_catalogs(call, dollars):
    catalog = call("GET", "/v1/catalog")
    settings = catalog["settings"]
    catalog["settings"] = {
        "time_zone": "Europe/Berlin", "top_up_url": "https://shop.example/", "pricing": "public",
        "signup": {"credits": 6, "expires_in": "30d", "plan": "pro"}, "claw_back": "write_off",
        "custom": {"min": 1, "max": 1000, "price": dollars, "per": 1},
        "referral": {"referrer": 5, "referred": 3, "expires_in": "60d"}}
    changed = call("PUT", "/v1/catalog", catalog)
    check(changed["changes"] == 1, f"one change: {changed}")
    call("PUT", "/v1/catalog", catalog, status=412)
    catalog = call("GET", "/v1/catalog")
    call("PUT", "/v1/catalog", dict(catalog, settings=settings))
    call("PUT", "/v1/catalog", "colour = 1", status=400,
         headers={"Content-Type": "application/toml"})


def show_grants_and_purchases(call):
    call("POST", "/v1/accounts/alice/grants", {"amount": 100, "kind": "signup"}, status=201)
    grant = call("POST", "/v1/accounts/alice/grants",
                 {"amount": "50.5", "kind": "promo", "priority": 10, "expires_in": "30d",
                  "features": ["image"], "cost": {"amount": 1000, "currency": "EUR"},
                  "metadata": {"a": 1}, "description": "a present", "reason": "goodwill"},
                 status=201, key="again")
    call("POST", "/v1/accounts/alice/grants",
         {"amount": 5, "effective_at": "2090-01-01T00:00:00Z",
          "expires_at": "2091-01-01T00:00:00.5Z"}, status=201)
    call("POST", "/v1/accounts/alice/grants", {"amount": 7, "dry_run": True}, status=201)
    call("GET", "/v1/accounts/alice/grants")
    call("POST", f"/v1/grants/{grant['id']}/revoke", {"amount": 0.5}, status=201)
    call("POST", f"/v1/grants/{grant['id']}/revoke", {}, status=201)
    call("POST", f"/v1/grants/{grant['id']}/revoke", {"amount": 999}, status=422)
    bought = {"amount": 20, "expires_in": "365d",
              "payment": {"provider": "stripe", "id": "pi_1", "amount": 1999, "currency": "USD"}}
    call("POST", "/v1/accounts/alice/purchases", bought, status=201)
    check(call("POST", "/v1/accounts/alice/purchases", bought)["duplicate"], "a second purchase")
    call("POST", "/v1/accounts/alice/purchases", dict(bought, amount=21), status=409)


def show_deductions(call):
    whole = {"amount": 2.5, "user": "alice", "model": "m-1", "resource": "picture:1",
             "description": "one image", "metadata": {"a": [1]}}
    deduction = call("POST", "/v1/accounts/alice/deductions", whole, status=201, key="image-1")
    call("POST", "/v1/accounts/alice/deductions", whole, status=201, key="image-1")
    call("POST", "/v1/accounts/alice/deductions", {"amount": 3}, status=422, key="image-1")
    call("POST", "/v1/accounts/alice/deductions", {"feature": "image", "quantity": 2}, status=201)
    call("POST", "/v1/accounts/alice/deductions", {"feature": "plain", "dry_run": True}, status=201)
    call("POST", "/v1/accounts/bob/deductions", {"amount": 2}, status=201)
    call("POST", "/v1/accounts/bob/deductions", {"amount": 500, "allow_partial": True}, status=201)
    call("POST", "/v1/accounts/alice/quotes", {"feature": "image", "quantity": 3})
    call("POST", "/v1/accounts/bob/quotes", {"amount": 1000})
    call("POST", "/v1/accounts/alice/deductions", {"amount": 5000}, status=402)
    return deduction["id"]


def show_refunds(call, deduction):
    call("POST", f"/v1/deductions/{deduction}/refunds", {"amount": 1}, status=201)
    call("POST", f"/v1/deductions/{deduction}/refunds", None, status=201)
    call("POST", f"/v1/deductions/{deduction}/refunds", {"amount": 1}, status=422)


def show_holds(call):
    held = {"amount": 10, "expires_in": "1h", "on_expiry": "capture", "user": "alice"}
    hold = call("POST", "/v1/accounts/alice/holds", held, status=201)["id"]
    call("GET", f"/v1/holds/{hold}")
    call("POST", f"/v1/holds/{hold}/captures", {"amount": 4}, status=201)
    call("POST", f"/v1/holds/{hold}/extend", {"amount": 2, "expires_in": "2h"})
    call("POST", f"/v1/holds/{hold}/captures", {"amount": 99}, status=422)
    call("POST", f"/v1/holds/{hold}/release", {})
    call("POST", f"/v1/holds/{hold}/release", {})
    call("POST", f"/v1/holds/{hold}/captures", {"amount": 1}, status=409)
    call("GET", f"/v1/holds/{hold}")
    priced = {"feature": "image", "quantity": 2, "expires_in": "10m", "model": "m-1"}
    hold = call("POST", "/v1/accounts/alice/holds", priced, status=201)["id"]
    call("POST", f"/v1/holds/{hold}/captures", {"final": True, "amount": 2.5}, status=201)
    call("POST", "/v1/accounts/alice/holds", {"amount": 9999, "expires_in": "1h"}, status=402)
    call("POST", "/v1/accounts/alice/holds", {"amount": 1}, status=400)
    call("POST", "/v1/holds/hold_999999/captures", {}, status=404)


def show_transfers_and_batches(call):
    call("POST", "/v1/transfers", {"from": "alice", "to": "acme", "amount": 3}, status=201)
    call("POST", "/v1/transfers", {"from": "alice", "to": "acme", "amount": 3000}, status=402)
    call("POST", "/v1/transfers", {"from": "alice", "to": "nobody", "amount": 3}, status=404)
    operations = [{"op": "account", "account": "carol", "name": "Carol"},
                  {"op": "grant", "account": "carol", "amount": 5},
                  {"op": "deduct", "account": "carol", "amount": 1}]
    call("POST", "/v1/batches", {"operations": operations, "mode": "atomic"})
    mixed = call("POST", "/v1/batches", {"operations": operations + [
        {"op": "deduct", "account": "carol", "amount": 1000, "idempotency_key": "carol-1"},
        {"op": "transfer", "from": "alice", "to": "carol", "amount": 1}]})
    statuses = [result["status"] for result in mixed["results"]]
    check(statuses == [200, 201, 201, 402, 201], f"the batch answered {statuses}")
    operations.append({"op": "deduct", "account": "carol", "amount": 1000})
    refused = call("POST", "/v1/batches", {"operations": operations, "mode": "atomic"}, status=402)
    check(refused["index"] == 3, f"the batch named {refused}")


def show_common_fields(call):
    """Each write once as a dry run, once for real, with all the fields that any of them takes."""
    common = {"metadata": {"a": {"b": None}}, "description": "text", "reason": "a test"}

    def write(url, body, status=201):
        body = dict(body, **common)
        call("POST", url, dict(body, dry_run=True), status=status)
        return call("POST", url, body, status=status)["id"]

    call("PUT", "/v1/accounts/fred", {"reason": "a test"}, status=201)
    grant = write("/v1/accounts/fred/grants", {"amount": 50})
    write("/v1/accounts/fred/purchases", {
        "amount": 5, "expires_at": "2090-01-01T00:00:00Z",
        "payment": {"provider": "stripe", "id": "pi_2", "amount": 500, "currency": "usd"}})
    write(f"/v1/grants/{grant}/revoke", {"amount": 1})
    deduction = write("/v1/accounts/fred/deductions", {"amount": 2})
    write(f"/v1/deductions/{deduction}/refunds", {})
    hold = write("/v1/accounts/fred/holds", {"amount": 3, "expires_in": "1h"})
    write(f"/v1/holds/{hold}/captures", {"amount": 1})
    write(f"/v1/holds/{hold}/extend", {"amount": 1}, status=200)
    write(f"/v1/holds/{hold}/release", {}, status=200)
    write("/v1/transfers", {"from": "fred", "to": "acme", "amount": 1})
    for dry_run in (True, False):
        call("POST", "/v1/accounts/fred/deductions", dict(common, amount=999, dry_run=dry_run),
             status=402)
    call("POST", "/v1/accounts/fred/close", dict(common, dry_run=True))
    call("GET", "/v1/accounts/fred/transactions?limit=100")
    call("GET", "/v1/accounts/acme/transactions?limit=100")


def show_rare_fields(call):
    call("PUT", "/v1/accounts/gina", {"credit_limit": 10}, status=201)
    hold = call("POST", "/v1/accounts/gina/holds", {"amount": 5, "expires_in": "1h"}, status=201)
    captured = call("POST", f"/v1/holds/{hold['id']}/captures", {}, status=201)
    check(captured["debt"] == 5, f"a capture without grants: {captured}")
    grant = call("POST", "/v1/accounts/gina/grants", {"amount": 15}, status=201)
    spent = call("POST", "/v1/accounts/gina/deductions", {"amount": 4}, status=201)
    call("POST", f"/v1/grants/{grant['id']}/revoke", {}, status=201)
    call("POST", f"/v1/deductions/{spent['id']}/refunds", {}, status=201)
    call("GET", "/v1/accounts/gina/transactions")
    batch = {"operations": [{"op": "grant", "account": "gina", "amount": 5}]}
    call("POST", "/v1/batches", batch, key="batch-1")
    repeated = call("POST", "/v1/batches", batch, key="batch-1")
    check(repeated["results"][0]["replayed"], f"the repeat of a batch: {repeated}")


def show_lists(call, deduction):
    call("GET", f"/v1/transactions/{deduction}")
    page = call("GET", "/v1/accounts/alice/transactions?limit=3")
    call("GET", f"/v1/accounts/alice/transactions?limit=3&cursor={page['next_cursor']}")
    call("GET", "/v1/accounts/alice/transactions?limit=100")
    call("GET", "/v1/accounts/alice/transactions?page=2&limit=2")
    for query in ("type=deduction", "feature=image", "user=alice", "model=m-1",
                  "resource=picture:1", "from=2020-01-01T00:00:00Z&to=2090-01-01T00:00:00Z"):
        call("GET", f"/v1/accounts/alice/transactions?{query}")
    call("GET", "/v1/accounts/alice/transactions", headers={"Accept": "text/csv"})
    call("GET", "/v1/accounts/alice/transactions?limit=0", status=400)
    call("GET", "/v1/accounts?limit=2")
    call("GET", "/v1/accounts?prefix=al&label=tier:gold")
    call("GET", "/v1/accounts?parent=acme")
    call("GET", "/v1/accounts/alice/balance?at=3")
    call("GET", "/v1/accounts/alice/balance?at=2030-06-01T00:00:00Z")
    call("GET", "/v1/accounts/alice/balance?at=soon", status=400)


def show_api_keys(call, daemon):
    asked = {"name": "app", "scopes": ["ledger:write"], "account_prefix": "al", "expires_in": "30d"}
    made = call("POST", "/v1/api-keys", asked, status=201, key="key-1")
    repeated = call("POST", "/v1/api-keys", asked, status=201, key="key-1")
    check(repeated["secret"] is None, "the secret was shown twice")
    call("POST", "/v1/api-keys", {"name": "reader", "scopes": ["ledger:read"]}, status=201)
    call("POST", "/v1/api-keys", {"name": "none", "scopes": ["everything"]}, status=400)
    call("GET", "/v1/api-keys?limit=1")
    call("GET", "/v1/api-keys")
    call("GET", f"/v1/api-keys/{made['id']}")
    administrator, call.client = call.client, daemon.client(made["secret"])
    call("GET", "/v1/accounts/alice")
    call("GET", "/v1/accounts/bob", status=404)
    call("GET", "/v1/api-keys", status=403)
    call.client = daemon.client("crd_unknown")
    call("GET", "/v1/accounts/alice", status=401)
    call.client = administrator
    call("DELETE", f"/v1/api-keys/{made['id']}", status=204)
    call("GET", "/v1/api-keys/none", status=404)


def show_webhooks(call):
    at = "/v1/webhook-endpoints"
    made = call("POST", at, {"url": "https://example.com/hooks", "description": "the shop",
                             "events": ["credits.granted"]}, status=201, key="hook-1")
    call("POST", at, {"url": "http://10.0.0.1/"}, status=400)
    own = f"{at}/{made['id']}"
    call("PATCH", own, {"status": "paused", "description": "all", "events": [],
                        "url": "https://hooks.invalid/other"})
    call("PATCH", own, {"status": "paused"})
    call("PATCH", own, {"status": "gone"}, status=400)
    for _ in range(600):
        if call("GET", own)["delivery"] is not None:
            break
        time.sleep(0.05)
    call("GET", f"{at}?limit=1")
    call("POST", f"{own}/rotate-secret", {"overlap": "1h"}, key="hook-2")
    call("POST", f"{own}/replay", {"after_seq": 0}, key="", status=202)
    call("POST", f"{own}/test", {}, key="", status=202)
    for _ in range(600):
        if call("GET", f"{own}/attempts")["data"]:
            break
        time.sleep(0.05)
    call("DELETE", own, status=204)
    call("GET", own, status=404)


def show_refusals(call, deduction):
    call("GET", "/v1/accounts/nobody", status=404)
    call("GET", "/v1/accounts/nobody/balance", status=404)
    call("GET", "/v1/transactions/txn_999999", status=404)
    call("GET", "/v1/holds/hold_999999", status=404)
    call("GET", "/v1/features/none", status=404)
    call("POST", "/v1/grants/grt_999999/revoke", {}, status=404)
    call("POST", "/v1/deductions/txn_999999/refunds", {}, status=404)
    refused = call("POST", "/v1/accounts/alice/deductions", {"amount": 1, "colour": "red"},
                   status=400)
    check(refused["errors"], f"no errors in {refused}")
    for body in ({"amount": 0}, {"amount": 0.1234567}, {"amount": "x"}, [], "{", {"feature": 7}):
        call("POST", "/v1/accounts/alice/deductions", body, status=400)
    call("POST", "/v1/accounts/alice/deductions", {"amount": 1}, status=400, key="")
    call("POST", "/v1/accounts/alice/deductions", {"feature": "old"}, status=422)
    call("POST", "/v1/accounts/alice/deductions", {"feature": "none"}, status=404)
    call("PUT", "/v1/accounts/dora", {"credit_limit": -1}, status=400)
    call("PUT", "/v1/features/dear", {}, status=400)
    call("DELETE", "/v1/features/plain", status=204)
    call("DELETE", "/v1/features/plain", status=404)


def show_close(call):
    call("PUT", "/v1/accounts/erin", {}, status=201)
    call("POST", "/v1/accounts/erin/close", {"reason": "asked"})
    call("POST", "/v1/accounts/erin/grants", {"amount": 1}, status=409)
    call("GET", "/v1/accounts/erin")
    call("POST", "/v1/accounts/erin/reopen", {})
    call("POST", "/v1/accounts/nobody/close", {}, status=404)
    call("POST", "/v1/accounts/erin/forget", {"reason": "asked"})
    call("POST", "/v1/accounts/nobody/forget", {}, status=404)


def show_proofs(call, deduction):
    receipt = call("GET", f"/v1/transactions/{deduction}/receipt").decode()
    check(receipt.startswith("c2sp.org/tlog-proof@v1\n"), f"no receipt: {receipt}")
    call("GET", "/v1/transactions/txn_999999/receipt", status=404)
    call("GET", "/v1/transactions/none/receipt", status=404)
    name, size = call("GET", "/checkpoint").decode().splitlines()[:2]
    check(call("GET", "/v1/log/key").decode().startswith(name + "+"), "another name in the key")
    tile = "000" if int(size) >= 256 else f"000.p/{size}"
    call("GET", f"/tile/0/{tile}")
    call("GET", f"/tile/entries/{tile}")
    for path in ("/tile/0/0", "/tile/9/000", "/tile/entries/0", "/tile/entries/x001/000"):
        call("GET", path, status=404)
    call("GET", "/v1/log/consistency?from=1")
    call("GET", f"/v1/log/consistency?from=2&to={size}")
    for query in ("", "?from=0", "?from=5&to=4", "?from=1&to=999999", "?from=a", "?of=1"):
        call("GET", "/v1/log/consistency" + query, status=400)


def show_operations(call, description):
    call("GET", "/livez")
    call("GET", "/readyz")
    call("GET", "/readyz?verbose")
    call("GET", "/metrics")
    call("GET", "/version")
    check(call("GET", "/openapi.json") == description, "/openapi.json is not schemas/openapi.yaml")
    call("GET", "/widget.js")
    call("GET", "/problems/insufficient-credits")
    call("GET", "/problems/none", status=404)
    call("POST", "/v1/clock/accept", {})
