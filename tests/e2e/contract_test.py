"""The contract's general part: authentication, order of the checks, headers, problem documents, the
endpoints of operation, API keys and what they may see."""

import base64
import json
import subprocess
import time

from contract_kit import check, expect, expect_fields, run_sections, unique
from harness import ADMIN_KEY

CODES = """invalid_request amount_precision amount_range idempotency_key_missing unauthorized
insufficient_credits budget_exceeded insufficient_scope route_not_found account_not_found
grant_not_found transaction_not_found hold_not_found feature_not_found plan_not_found
package_not_found promotion_not_found order_not_found endpoint_not_found key_not_found
method_not_allowed account_closed account_exists hold_closed payment_conflict order_closed
already_redeemed subscription_exists version_mismatch idempotency_key_reused feature_inactive
units_invalid option_unknown capture_exceeds_hold refund_exceeds_deduction revoke_exceeds_grant
balance_range cross_shard promotion_exhausted promotion_inactive not_refundable rate_limited
refusal_limit overloaded recovering disk_full clock_suspect ledger_suspect""".split()


def operation_endpoints(ledger):
    open_client = ledger.daemon.client(key=None)
    for path in ("/livez", "/readyz", "/readyz?verbose", "/metrics", "/version", "/openapi.json"):
        got = open_client.call("GET", path)
        check(got.status == 200, f"{path}: {got}")
        head = open_client.call("HEAD", path)
        check(head.status == 200 and head.body == b"", f"HEAD {path}: {head}")
    version = open_client.call("GET", "/version").json()
    expect_fields(version, "name", "version")
    spec = open_client.call("GET", "/openapi.json").json()
    check(spec["openapi"].startswith("3.1") and "/v1/transfers" in spec["paths"], "openapi.json")
    metrics = open_client.call("GET", "/metrics").body
    done = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True,
                          check=False)
    check(done.returncode == 0, f"promtool: {done.stdout} {done.stderr}")


def spec_names_every_operation(ledger):
    """Each operation of the document is served: none of them answers 404 or 405 of the path."""
    spec = ledger.get("/openapi.json").json()
    count = 0
    for path, item in spec["paths"].items():
        for method in item:
            if method not in ("get", "put", "post", "patch", "delete"):
                continue
            if path.endswith("/stream") or path.startswith("/tile/"):
                continue  # without an end, and no tile: see feeds_test.py and proof_test.py
            concrete = "/".join("of-the-spec" if part.startswith("{") else part
                                for part in path.split("/"))
            got = ledger.client.call(method.upper(), concrete, {} if method != "get" else None,
                                     unique())
            check(got.status < 500 and got.status != 405, f"{method} {path}: {got}")
            if got.status == 404 and not path.startswith("/problems"):
                check(got.json()["code"] != "route_not_found", f"{method} {path} is not served")
            count += 1
    check(count >= 30, f"only {count} operations")


def problem_pages(ledger):
    open_client = ledger.daemon.client(key=None)
    for code in CODES:
        page = open_client.call("GET", "/problems/" + code.replace("_", "-"))
        check(page.status == 200 and page.headers["content-type"].startswith("text/html"),
              f"{code}: {page}")
    expect(open_client.call("GET", "/problems/none-such"), 404, "route_not_found")


def authentication(ledger):
    for header in (None, "Bearer", "Bearer wrong", "Basic !!!", "Digest x",
                   "Bearer " + ADMIN_KEY[:-1], "Bearer " + ADMIN_KEY + "x"):
        client = ledger.daemon.client(key=None)
        got = client.call("GET", "/v1/accounts",
                          headers={"Authorization": header} if header else {})
        expect(got, 401, "unauthorized")
    for text in (ADMIN_KEY + ":", ADMIN_KEY + ":anything", ADMIN_KEY):
        basic = base64.b64encode(text.encode()).decode()
        client = ledger.daemon.client(key=None)
        expect(client.call("GET", "/v1/accounts", headers={"Authorization": "basic " + basic}), 200)


def order_of_checks(ledger):
    nobody = ledger.daemon.client(key=None)
    reader = ledger.with_key(ledger.key("ledger:read")["secret"])
    expect(nobody.call("GET", "/v1/none"), 401)
    expect(nobody.call("DELETE", "/v1/accounts"), 401)
    expect(nobody.call("POST", "/v1/transfers", "{bad"), 401)
    expect(ledger.get("/v1/none"), 404, "route_not_found")
    expect(ledger.get("/v1/accounts/a/none"), 404, "route_not_found")
    expect(ledger.get("/"), 404, "route_not_found")
    expect(reader.post("/v1/transfers", "{bad"), 403, "insufficient_scope")
    wrong = ledger.delete("/v1/accounts")
    expect(wrong, 405, "method_not_allowed")
    check(wrong.headers["allow"] == "GET, HEAD", f"Allow: {wrong.headers.get('allow')}")
    both = ledger.client.call("POST", "/v1/accounts/a", {})
    check("PUT" in both.headers["allow"] and "GET" in both.headers["allow"], both.headers["allow"])
    text = {"headers": {"Content-Type": "text/plain"}}
    expect(ledger.post("/v1/transfers", "{bad", **text), 415)
    expect(ledger.post("/v1/transfers", b"x" * 70000, **text), 415)
    ledger = ledger.with_key(ADMIN_KEY)
    expect(ledger.post("/v1/transfers", b"{" + b" " * 70000), 413)
    ledger = ledger.with_key(ADMIN_KEY)
    # 400 before the known key, the known key before 404 of the object
    missing = "/v1/accounts/none-such/grants"
    expect(ledger.post(missing, {"amount": 0}), 400, "amount_range")
    account = ledger.account()
    key = unique()
    expect(ledger.post(f"/v1/accounts/{account}/grants", {"amount": 1}, key), 201)
    expect(ledger.post(missing, {"amount": 1}, key), 422, "idempotency_key_reused")
    expect(ledger.post(missing, {"amount": 1}), 404, "account_not_found")


def not_found(ledger):
    for method, path, body, code in (
            ("GET", "/v1/accounts/none-such", None, "account_not_found"),
            ("GET", "/v1/accounts/none-such/balance", None, "account_not_found"),
            ("GET", "/v1/accounts/none-such/grants", None, "account_not_found"),
            ("GET", "/v1/accounts/none-such/transactions", None, "account_not_found"),
            ("GET", "/v1/accounts/none-such/balance?at=1", None, "account_not_found"),
            ("POST", "/v1/accounts/none-such/close", {}, "account_not_found"),
            ("POST", "/v1/accounts/none-such/reopen", {}, "account_not_found"),
            ("POST", "/v1/accounts/none-such/deductions", {"amount": 1}, "account_not_found"),
            ("POST", "/v1/accounts/none-such/quotes", {"amount": 1}, "account_not_found"),
            ("POST", "/v1/accounts/none-such/holds", {"amount": 1, "expires_in": "1m"},
             "account_not_found"),
            ("POST", "/v1/grants/grt_999999/revoke", {}, "grant_not_found"),
            ("POST", "/v1/deductions/txn_999999/refunds", {}, "transaction_not_found"),
            ("GET", "/v1/transactions/txn_999999", None, "transaction_not_found"),
            ("GET", "/v1/transactions/txn_01", None, "transaction_not_found"),
            ("GET", "/v1/holds/hold_999999", None, "hold_not_found"),
            ("POST", "/v1/holds/hold_999999/captures", {"amount": 1}, "hold_not_found"),
            ("POST", "/v1/holds/hold_999999/extend", {"amount": 1}, "hold_not_found"),
            ("POST", "/v1/holds/hold_999999/release", {}, "hold_not_found"),
            ("GET", "/v1/features/none-such", None, "feature_not_found"),
            ("DELETE", "/v1/features/none-such", None, "feature_not_found"),
            ("GET", "/v1/api-keys/none-such", None, "key_not_found"),
            ("DELETE", "/v1/api-keys/none-such", None, "key_not_found")):
        got = ledger.client.call(method, path, body, unique())
        problem = expect(got, 404, code)
        check(problem["instance"] == path.split("?")[0], f"instance of {path}: {problem}")


def headers(ledger):
    got = ledger.get("/v1/accounts", headers={"X-Request-Id": "abc-123.x"})
    check(got.headers["x-request-id"] == "abc-123.x", "X-Request-Id is not echoed")
    one, two = (ledger.get("/v1/accounts").headers["x-request-id"] for _ in range(2))
    check(one and one != two, "made request ids repeat")
    got = ledger.get("/v1/accounts", headers={"X-Request-Id": 'a"<b>'})
    check('"' not in got.headers["x-request-id"], "an unsafe request id is echoed")
    account = ledger.account()
    path = f"/v1/accounts/{account}/grants"
    trace = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
    first = ledger.post(path, {"amount": 1}, "plain", headers=trace)
    check("idempotent-replayed" not in first.headers, "a first answer is called a replay")
    for again in ("plain", '"plain"'):
        repeated = ledger.post(path, {"amount": 1}, again)
        check(repeated.headers.get("idempotent-replayed") == "true", f"no replay: {repeated}")
        check(repeated.status == 201 and repeated.body == first.body, "another body")
    expect(ledger.post(path, {"amount": 2}, "plain"), 422, "idempotency_key_reused")
    # the same request in other words is the same request
    expect(ledger.post(path, '{ "amount" : "1.0" }', "plain"), 201)
    expect(ledger.client.call("POST", path, {"amount": 1}), 400, "idempotency_key_missing")
    expect(ledger.post(path, {"amount": 1}, '""'), 400, "idempotency_key_missing")
    expect(ledger.post(path, {"amount": 1}, "k" * 255), 201)
    for bad in ("k" * 256, "a b", '"a', "caf\u00e9"):
        expect(ledger.post(path, {"amount": 1}, bad), 400)


def scopes(ledger):
    account = ledger.account(5)
    calls = {
        "read": ("GET", f"/v1/accounts/{account}", None),
        "write": ("POST", f"/v1/accounts/{account}/deductions", {"amount": 1}),
        "account": ("PUT", f"/v1/accounts/{account}", {}),
        "quote": ("POST", f"/v1/accounts/{account}/quotes", {"amount": 1}),
        "catalog": ("PUT", "/v1/features/of-scopes", {"credits": 1}),
        "keys": ("GET", "/v1/api-keys", None),
        "clock": ("POST", "/v1/clock/accept", {}),
    }
    allowed = {
        "admin": set(calls),
        "ledger:write": {"read", "write", "account", "quote"},
        "ledger:read": {"read", "quote"},
        "catalog:write": {"catalog"},
        "audit:read": {"read", "quote"},
        "webhooks:write": set(),
        "payments:write": set(),
    }
    for scope, may in allowed.items():
        caller = ledger.with_key(ledger.key(scope)["secret"])
        for name, (method, path, body) in calls.items():
            got = caller.client.call(method, path, body, unique())
            if name in may:
                check(got.status in (200, 201), f"{scope} may not {name}: {got}")
            else:
                expect(got, 403, "insufficient_scope")


def api_keys(ledger):
    body = {"name": "one", "scopes": ["ledger:read", "ledger:write"], "account_prefix": "p"}
    made = expect(ledger.post("/v1/api-keys", body, "make-a-key"), 201)
    expect_fields(made, "id", "name", "scopes", "account_prefix", "expires_at", "secret", "seq")
    again = ledger.post("/v1/api-keys", body, "make-a-key")
    repeated = expect(again, 201)
    check(repeated["secret"] is None and repeated["id"] == made["id"], f"repeat: {repeated}")
    check(again.headers.get("idempotent-replayed") == "true", "the repeat is no replay")
    shown = expect(ledger.get(f"/v1/api-keys/{made['id']}"), 200)
    check("secret" not in shown and made["secret"] not in json.dumps(shown), "a secret is shown")
    listed = ledger.get("/v1/api-keys?limit=100")
    check(made["secret"].encode() not in listed.body, "a secret is listed")
    caller = ledger.with_key(made["secret"])
    expect(caller.get("/v1/accounts"), 200)
    check(ledger.delete(f"/v1/api-keys/{made['id']}").status == 204, "delete")
    expect(caller.get("/v1/accounts"), 401, "unauthorized")
    expect(ledger.delete(f"/v1/api-keys/{made['id']}"), 404, "key_not_found")
    brief = ledger.key("ledger:read", expires_in="1s")
    caller = ledger.with_key(brief["secret"])
    expect(caller.get("/v1/accounts"), 200)
    time.sleep(1.1)
    expect(caller.get("/v1/accounts"), 401, "unauthorized")
    for bad in ({}, {"name": "x"}, {"name": "x", "scopes": []}, {"name": "x", "scopes": ["root"]},
                {"name": "", "scopes": ["admin"]}, {"name": "x", "scopes": ["admin"], "more": 1}):
        expect(ledger.post("/v1/api-keys", bad), 400, "invalid_request")


def prefixes(ledger):
    """What lies outside a key's prefix does not exist for it, by whatever id it is asked for."""
    inside, outside = unique("mine:"), unique("theirs:")
    things = {}
    for account in (inside, outside):
        expect(ledger.put(f"/v1/accounts/{account}", {}), 201)
        at = f"/v1/accounts/{account}"
        things[account] = {
            "grant": expect(ledger.post(f"{at}/grants", {"amount": 50}), 201)["id"],
            "deduction": expect(ledger.post(f"{at}/deductions", {"amount": 5}), 201)["id"],
            "hold": expect(ledger.post(f"{at}/holds", {"amount": 5, "expires_in": "1h"}),
                           201)["id"]}
    closed = expect(ledger.post(f"/v1/accounts/{outside}/holds",
                                {"amount": 1, "expires_in": "1h"}), 201)["id"]
    expect(ledger.post(f"/v1/holds/{closed}/release"), 200)
    caller = ledger.with_key(ledger.key("ledger:write", account_prefix="mine:")["secret"])

    def calls(account, grant, deduction, hold):
        at = f"/v1/accounts/{account}"
        yield from (("GET", at, None), ("GET", f"{at}/balance", None),
                    ("GET", f"{at}/balance?at=1", None), ("GET", f"{at}/grants", None),
                    ("GET", f"{at}/transactions", None), ("PUT", at, {}),
                    ("POST", f"{at}/quotes", {"amount": 1}),
                    ("POST", f"{at}/grants", {"amount": 1}),
                    ("POST", f"{at}/deductions", {"amount": 1}),
                    ("POST", f"{at}/purchases", {"amount": 1, "payment": {
                        "provider": "p", "id": unique("pay"), "amount": 1, "currency": "EUR"}}),
                    ("POST", f"{at}/holds", {"amount": 1, "expires_in": "1h"}),
                    ("POST", f"/v1/grants/{grant}/revoke", {"amount": 1}),
                    ("POST", f"/v1/deductions/{deduction}/refunds", {"amount": 1}),
                    ("GET", f"/v1/transactions/{deduction}", None),
                    ("GET", f"/v1/transactions/{grant.replace('grt', 'txn')}", None),
                    ("GET", f"/v1/transactions/{hold.replace('hold', 'txn')}", None),
                    ("GET", f"/v1/holds/{hold}", None),
                    ("POST", f"/v1/holds/{hold}/captures", {"amount": 1}),
                    ("POST", f"/v1/holds/{hold}/extend", {"amount": 1}),
                    ("POST", f"/v1/holds/{hold}/release", {}),
                    ("POST", f"{at}/close", {}), ("POST", f"{at}/reopen", {}))

    before = ledger.balance(outside)
    for method, path, body in calls(outside, **things[outside]):
        expect(caller.client.call(method, path, body, unique()), 404)
    for suffix in ("", "/release", "/captures"):
        method, body = ("POST", {}) if suffix else ("GET", None)
        expect(caller.client.call(method, f"/v1/holds/{closed}{suffix}", body, unique()), 404)
    for method, path, body in calls(inside, **things[inside]):
        got = caller.client.call(method, path, body, unique())
        check(got.status in (200, 201, 409), f"inside: {method} {path}: {got}")
    for ends in ({"from": inside, "to": outside}, {"from": outside, "to": inside}):
        expect(caller.post("/v1/transfers", {**ends, "amount": 1}), 404)
    items = [{"op": "grant", "account": outside, "amount": 1},
             {"op": "release", "id": things[outside]["hold"]},
             {"op": "account", "account": "other"}]
    got = expect(caller.post("/v1/batches", {"operations": items}), 200)
    check([item["status"] for item in got["results"]] == [404] * 3, f"a batch: {got}")
    expect(caller.post("/v1/batches", {"mode": "atomic", "operations": items[:1]}), 404)
    after = ledger.balance(outside)
    check(all(before[f] == after[f] for f in ("balance", "held")), f"{before} became {after}")
    listed = expect(caller.get("/v1/accounts?limit=100"), 200)["data"]
    check([a["account"] for a in listed if not a["account"].startswith("mine:")] == [], "listed")
    check(expect(caller.get("/v1/accounts?prefix=theirs:"), 200)["data"] == [], "prefix")


if __name__ == "__main__":
    run_sections([operation_endpoints, spec_names_every_operation, problem_pages, authentication,
                  order_of_checks, not_found, headers, scopes, api_keys, prefixes])
