"""What memory has forgotten is still exact: repeats, refunds, revocations, payments and holds from
long before, across restarts, with indexes that are written in tiny runs."""

from harness import Daemon, check, main


def make_old_facts(client):
    """One of each thing that a later command may name."""
    check(client.call("PUT", "/v1/accounts/old", {}).status == 201, "account")
    facts = {}
    facts["grant"] = client.call("POST", "/v1/accounts/old/grants", {"amount": 100}, "old-grant")
    facts["second"] = client.call("POST", "/v1/accounts/old/grants",
                                  {"amount": 40, "priority": 90}, "old-second")
    facts["deduct"] = client.call("POST", "/v1/accounts/old/deductions",
                                  {"amount": 30, "description": "long ago"}, "old-deduct")
    facts["refused"] = client.call("POST", "/v1/accounts/old/deductions", {"amount": 1000},
                                   "old-refused")
    payment = {"provider": "stripe", "id": "pi_old", "amount": 999, "currency": "USD"}
    facts["purchase"] = client.call("POST", "/v1/accounts/old/purchases",
                                    {"amount": 10, "payment": payment}, "old-purchase")
    facts["hold"] = client.call("POST", "/v1/accounts/old/holds",
                                {"amount": 5, "expires_in": "1h"}, "old-hold")
    hold = facts["hold"].json()["id"]
    facts["capture"] = client.call("POST", f"/v1/holds/{hold}/captures", {"amount": 5},
                                   "old-capture")
    for name, answer in facts.items():
        check(answer.status == (402 if name == "refused" else 201), f"{name}: {answer}")
    return facts


def bury(client, count):
    """So many newer keys that the old ones leave memory."""
    client.call("PUT", "/v1/accounts/busy", {})
    for batch in range(count // 5000):
        operations = [{"op": "grant", "account": "busy", "amount": 1}] * 5000
        answer = client.call("POST", "/v1/batches", {"operations": operations}, f"bury-{batch}")
        check(answer.status == 200, f"{answer}")


def check_repeats(client, facts):
    payment = {"provider": "stripe", "id": "pi_old", "amount": 999, "currency": "USD"}
    hold = facts["hold"].json()["id"]
    requests = {
        "grant": ("/v1/accounts/old/grants", {"amount": 100}, "old-grant"),
        "second": ("/v1/accounts/old/grants", {"amount": 40, "priority": 90}, "old-second"),
        "deduct": ("/v1/accounts/old/deductions",
                   {"amount": 30, "description": "long ago"}, "old-deduct"),
        "refused": ("/v1/accounts/old/deductions", {"amount": 1000}, "old-refused"),
        "purchase": ("/v1/accounts/old/purchases", {"amount": 10, "payment": payment},
                     "old-purchase"),
        "hold": ("/v1/accounts/old/holds", {"amount": 5, "expires_in": "1h"}, "old-hold"),
        "capture": (f"/v1/holds/{hold}/captures", {"amount": 5}, "old-capture"),
    }
    for name, (path, body, key) in requests.items():
        again = client.call("POST", path, body, key)
        check((again.status, again.body) == (facts[name].status, facts[name].body),
              f"the repeat of {name} differs: {facts[name]} / {again}")
        check(again.headers.get("idempotent-replayed") == "true", f"{name} is no repeat")
        other = client.call("POST", path, {**body, "amount": 77}, key)
        check(other.status == 422 and other.json()["code"] == "idempotency_key_reused",
              f"{name} with another body: {other}")


def check_old_targets(client, facts):
    deduction = facts["deduct"].json()["id"]
    part = client.call("POST", f"/v1/deductions/{deduction}/refunds", {"amount": 12.5}, "re-1")
    check(part.status == 201 and part.json()["refunded_total"] == 12.5, f"{part}")
    too_much = client.call("POST", f"/v1/deductions/{deduction}/refunds", {"amount": 18}, "re-2")
    check(too_much.status == 422 and too_much.json()["code"] == "refund_exceeds_deduction",
          f"{too_much}")
    rest = client.call("POST", f"/v1/deductions/{deduction}/refunds", {}, "re-3")
    check(rest.status == 201 and rest.json()["amount"] == 17.5, f"{rest}")
    check(client.call("POST", f"/v1/deductions/{deduction}/refunds", {}, "re-4").status == 422,
          "a refund of what is refunded")
    second = facts["second"].json()["id"]
    revoked = client.call("POST", f"/v1/grants/{second}/revoke", {}, "rev-1")
    check(revoked.status == 201 and revoked.json()["amount"] == 40, f"{revoked}")
    check(client.call("POST", f"/v1/grants/{second}/revoke", {}, "rev-2").status == 422,
          "nothing is left of the grant")
    payment = {"provider": "stripe", "id": "pi_old", "amount": 999, "currency": "USD"}
    again = client.call("POST", "/v1/accounts/old/purchases", {"amount": 10, "payment": payment},
                        "another-key")
    check(again.status == 200 and again.json()["duplicate"] is True, f"{again}")
    check(again.json()["id"] == facts["purchase"].json()["id"], "another purchase")
    conflict = client.call("POST", "/v1/accounts/old/purchases",
                           {"amount": 11, "payment": payment}, "conflict-key")
    check(conflict.status == 409 and conflict.json()["code"] == "payment_conflict", f"{conflict}")
    hold = facts["hold"].json()["id"]
    check(client.call("GET", f"/v1/holds/{hold}").json()["status"] == "captured", "hold")
    late = client.call("POST", f"/v1/holds/{hold}/captures", {"amount": 1}, "late")
    check(late.status == 409 and late.json()["code"] == "hold_closed", f"{late}")
    check(client.call("POST", f"/v1/holds/{hold}/release", {}, "release").status == 200, "release")
    check(client.call("POST", "/v1/holds/hold_999999/release", {}, "none").status == 404, "none")


def run(options):
    daemon = Daemon(options.bin, environment={"CREDITD_FOLLOWERS__RUN_ENTRIES": "20000",
                                              "CREDITD_SNAPSHOT__EVERY_EVENTS": "30000"})
    try:
        daemon.start()
        client = daemon.client()
        facts = make_old_facts(client)
        # More than two generations of the window, so that the first one is dropped.
        bury(client, 1_800_000 if options.full else 100_000)
        check_repeats(client, facts)
        daemon.kill()
        daemon.start()
        client = daemon.client()
        keys = [line for line in client.call("GET", "/metrics").body.decode().splitlines()
                if line.startswith("creditd_window_keys ")]
        client.call("GET", "/v1/accounts/old")
        check_repeats(client, facts)
        check_old_targets(client, facts)
        balance = client.call("GET", "/v1/accounts/old/balance").json()["balance"]
        check(balance == 100 + 40 - 30 + 10 - 5 + 30 - 40, f"balance {balance}")
        check(daemon.stop() == 0, "stop")
        print(f"repeats, refunds, revocation, payment and hold from before {keys}: exact")
    finally:
        daemon.remove()


main(run)
