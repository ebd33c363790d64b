"""Webhooks out: what is made durable is told, signed, in order for each account, at least once;
who fails is tried again and holds up nobody else."""

from contract_kit import check, expect, expect_fields, run_sections, unique
from harness import ADMIN_KEY
from webhooks_kit import (LOCAL, Receiver, check_in_order, endpoint, seqs_by_account, soon, verify)

ENDPOINTS = "/v1/webhook-endpoints"


def grant(ledger, account, amount=1):
    return expect(ledger.post(f"/v1/accounts/{account}/grants", {"amount": amount}), 201)["seq"]


def show(ledger, made):
    return expect(ledger.get(f"{ENDPOINTS}/{made['id']}"), 200)


def a_life(ledger):
    receiver = Receiver()
    body = {"url": receiver.url(), "description": "the shop", "events": ["hold.placed",
                                                                         "credits.granted"]}
    key = unique()
    made = expect(ledger.post(ENDPOINTS, body, key), 201)
    expect_fields(made, "id", "url", "description", "events", "status", "secret", "public_key",
                  "account_prefix", "previous_secret_until", "updated_at", "seq")
    check(made["events"] == ["credits.granted", "hold.placed"], f"sorted: {made}")
    check(made["secret"].startswith("whsec_") and made["status"] == "active", f"{made}")
    again = ledger.post(ENDPOINTS, body, key)
    check(expect(again, 201) == made and again.headers["idempotent-replayed"] == "true", f"{again}")
    expect(ledger.post(ENDPOINTS, {"url": receiver.url()}, key), 422, "idempotency_key_reused")

    path = f"{ENDPOINTS}/{made['id']}"
    shown = show(ledger, made)
    check("secret" not in shown, f"{shown}")
    soon(lambda: show(ledger, made)["delivery"] is not None, "how far it has got")
    page = expect(ledger.get(ENDPOINTS), 200)
    check([e["id"] for e in page["data"]] == [made["id"]], f"{page}")

    changed = expect(ledger.patch(path, {"events": [], "description": "all"}), 200)
    check(changed["events"] == [] and changed["url"] == made["url"], f"{changed}")
    same = expect(ledger.patch(path, {"description": "all"}), 200)
    check(same["description"] == "all", f"nothing to do: {same}")
    expect(ledger.delete(path), 204)
    for method, end, sent in (("GET", "", None), ("PATCH", "", {}), ("DELETE", "", None),
                              ("POST", "/test", {}), ("POST", "/replay", {"after_seq": 0}),
                              ("GET", "/attempts", None)):
        expect(ledger.client.call(method, path + end, sent), 404, "endpoint_not_found")
    expect(ledger.post(path + "/rotate-secret"), 404, "endpoint_not_found")
    receiver.stop()


def wrong_requests(ledger):
    for body, pointer in (({}, "#/url"), ({"url": ""}, "#/url"), ({"url": 7}, "#/url"),
                          ({"url": "ftp://127.0.0.1/"}, "#/url"), ({"url": "hooks"}, "#/url"),
                          ({"url": "http://10.0.0.1/"}, "#/url"),
                          ({"url": "http://[::ffff:a00:1]/"}, "#/url"),
                          ({"url": "http://u:p@127.0.0.1/"}, "#/url"),
                          ({"url": "http://127.0.0.1/", "events": ["no.such"]}, "#/events"),
                          ({"url": "http://127.0.0.1/", "events": "all"}, "#/events"),
                          ({"url": "http://127.0.0.1/", "events": ["hold.placed"] * 2}, "#/events"),
                          ({"url": "http://127.0.0.1/", "secret": "mine"}, "#/secret")):
        problem = expect(ledger.post(ENDPOINTS, body), 400, "invalid_request")
        check(problem["errors"][0]["pointer"] == pointer, f"{body}: {problem}")
    expect(ledger.client.call("POST", ENDPOINTS, {"url": "http://127.0.0.1/"}), 400,
           "idempotency_key_missing")
    made = endpoint(ledger, "http://127.0.0.1:8765/")
    path = f"{ENDPOINTS}/{made['id']}"
    expect(ledger.patch(path, {"status": "gone"}), 400, "invalid_request")
    expect(ledger.post(path + "/rotate-secret", {"overlap": "8d"}), 400, "invalid_request")
    expect(ledger.client.call("POST", path + "/replay", {}), 400, "invalid_request")
    expect(ledger.delete(path), 204)


def who_may(ledger):
    def key(scopes, **more):
        return expect(ledger.post("/v1/api-keys", {"name": "k", "scopes": scopes, **more}),
                      201)["secret"]
    reader = ledger.daemon.client(key(["ledger:write", "audit:read"]))
    expect(reader.call("GET", ENDPOINTS), 403, "insufficient_scope")
    sender = ledger.daemon.client(key(["webhooks:write"], account_prefix="org-1:"))
    receiver = Receiver()
    own = expect(sender.call("POST", ENDPOINTS, {"url": receiver.url()}, unique()), 201)
    check(own["account_prefix"] == "org-1:", f"{own}")
    other = endpoint(ledger, "http://127.0.0.1:8765/")
    expect(sender.call("GET", f"{ENDPOINTS}/{other['id']}"), 404, "endpoint_not_found")
    expect(sender.call("DELETE", f"{ENDPOINTS}/{other['id']}"), 404, "endpoint_not_found")
    check(len(expect(sender.call("GET", ENDPOINTS), 200)["data"]) == 1, "its own alone")
    outside = ledger.account(1)
    for name in ("org-1:a", "org-1:b"):
        expect(ledger.put(f"/v1/accounts/{name}", {}), 201)
    got = receiver.wait(2)
    check({m["json"]["account"] for m in got} == {"org-1:a", "org-1:b"}, f"{outside}: {got}")
    for made in (own, other):
        expect(ledger.delete(f"{ENDPOINTS}/{made['id']}"), 204)
    receiver.stop()


def messages_as_others_read_them(ledger):
    receiver = Receiver()
    made = endpoint(ledger, receiver.url("/a?b=c"))
    account = ledger.account(10)
    hold = expect(ledger.post(f"/v1/accounts/{account}/holds",
                              {"amount": 2, "expires_in": "1h"}), 201)
    expect(ledger.post(f"/v1/holds/{hold['id']}/captures", {"amount": 1, "final": True}), 201)
    got = receiver.wait(4)
    check([m["json"]["type"] for m in got] == ["account.created", "credits.granted",
                                               "hold.placed", "hold.captured"], f"{got}")
    for message in got:
        news = message["json"]
        check(message["headers"]["webhook-id"].startswith(f"msg_{news['seq']}_"), f"{message}")
        check(message["headers"]["content-type"] == "application/json", f"{message}")
        check(message["path"] == "/a?b=c", f"{message}")
        expect_fields(news, "type", "timestamp", "data")
    told = {e["seq"]: e for e in expect(ledger.get(f"/v1/events?account={account}"), 200)["data"]}
    check([told[m["json"]["seq"]] for m in got] == [m["json"] for m in got], "as the feed says it")
    check(verify(got, [made["secret"]], made["public_key"]) ==
          {"standardwebhooks": 4, "svix": 4, "v1a": 4}, "verified by others")
    other = "whsec_" + "A" * 43 + "="
    check(verify(got, [other], "whpk_" + "A" * 43 + "=")["standardwebhooks"] == 0, "no other key")

    turned = expect(ledger.post(f"{ENDPOINTS}/{made['id']}/rotate-secret", {"overlap": "1h"}), 200)
    check(turned["secret"] != made["secret"], f"{turned}")
    grant(ledger, account)
    both = receiver.wait(5)[4:]
    counts = verify(both, [made["secret"], turned["secret"]], made["public_key"])
    check(set(counts.values()) == {1}, f"both secrets: {counts}")
    ledger.advance("61m")  # the hold's end is captured already
    grant(ledger, account)
    late = [m for m in receiver.wait(6) if m["json"]["type"] == "credits.granted"][-1:]
    check(verify(late, [turned["secret"]], made["public_key"])["svix"] == 1, "the new secret")
    check(verify(late, [made["secret"]], made["public_key"])["svix"] == 0, "the old one is over")
    expect(ledger.delete(f"{ENDPOINTS}/{made['id']}"), 204)
    receiver.stop()


def only_what_was_asked_for(ledger):
    receiver = Receiver()
    made = endpoint(ledger, receiver.url(), events=["credits.granted"])
    account = ledger.account()
    for amount in (1, 2, 3):
        grant(ledger, account, amount)
        expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 201)
    got = receiver.wait(3)
    check({m["json"]["type"] for m in got} == {"credits.granted"}, f"{got}")
    expect(ledger.patch(f"{ENDPOINTS}/{made['id']}", {"status": "paused"}), 200)
    quiet = grant(ledger, account)
    expect(ledger.patch(f"{ENDPOINTS}/{made['id']}", {"status": "active"}), 200)
    check(receiver.wait(4)[-1]["json"]["seq"] == quiet, "what came during the pause")
    first = got[0]["json"]["seq"]
    expect(ledger.client.call("POST", f"{ENDPOINTS}/{made['id']}/replay",
                              {"after_seq": first - 1}), 202)
    again = receiver.wait(8)[4:]
    check([m["headers"]["webhook-id"] for m in again] ==
          [m["headers"]["webhook-id"] for m in receiver.taken()[:4]], "replayed, with their ids")
    tested = expect(ledger.client.call("POST", f"{ENDPOINTS}/{made['id']}/test", {}), 202)
    last = receiver.wait(9)[-1]
    check(last["headers"]["webhook-id"] == tested["message"] and
          last["json"]["type"] == "webhook.test", f"{last}")
    soon(lambda: len(attempts(ledger, made)) == 9, "attempts")
    newest = attempts(ledger, made)[0]
    check(newest["message"] == tested["message"] and newest["status"] == 204, f"{newest}")
    page = expect(ledger.get(f"{ENDPOINTS}/{made['id']}/attempts?limit=5"), 200)
    rest = expect(ledger.get(f"{ENDPOINTS}/{made['id']}/attempts?cursor={page['next_cursor']}"),
                  200)
    check(page["data"] + rest["data"] == attempts(ledger, made), "pages")
    expect(ledger.delete(f"{ENDPOINTS}/{made['id']}"), 204)
    receiver.stop()


def attempts(ledger, made):
    return expect(ledger.get(f"{ENDPOINTS}/{made['id']}/attempts"), 200)["data"]


def a_failure_holds_up_its_own_account(ledger):
    bad, good = ledger.account(), ledger.account()
    mended = False
    receiver = Receiver(lambda m: 204 if mended or m["json"]["account"] != bad else 500)
    made = endpoint(ledger, receiver.url())
    for _ in range(5):
        grant(ledger, bad)
        grant(ledger, good)
    got = receiver.wait(5)
    check(set(seqs_by_account(got)) == {good}, f"{got}")
    delivery = show(ledger, made)["delivery"]
    check(delivery["accounts_failing"] == 1 and delivery["next_retry_at"], f"{delivery}")
    mended = True
    ledger.advance("7s")
    receiver.wait(10)
    check_in_order(receiver.taken())
    check(len(seqs_by_account(receiver.taken())[bad]) == 5, "all of them, in the end")
    expect(ledger.delete(f"{ENDPOINTS}/{made['id']}"), 204)
    receiver.stop()


def down_for_an_hour(ledger):
    receiver = Receiver(lambda m: 503)
    made = endpoint(ledger, receiver.url())
    accounts = [ledger.account() for _ in range(20)]
    meant = [grant(ledger, account) for _ in range(20) for account in accounts]
    soon(lambda: len(receiver.messages) >= 20, "first attempts")
    for _ in range(60):
        ledger.advance("1m")
    check(show(ledger, made)["status"] == "active", "an hour is not long")
    receiver.answer = lambda m: 204
    ledger.advance("3h")
    got = [m for m in receiver.wait(len(meant) + len(accounts))
           if m["json"]["type"] == "credits.granted"]
    check(sorted(m["json"]["seq"] for m in got) == sorted(meant), "every one, and once")
    check_in_order(receiver.taken())
    expect(ledger.delete(f"{ENDPOINTS}/{made['id']}"), 204)
    receiver.stop()


def gone_and_failing(ledger):
    listener, gone, failing = Receiver(), Receiver(lambda m: 410), Receiver(lambda m: 500)
    told = endpoint(ledger, listener.url(), events=["endpoint.disabled"])
    ended = endpoint(ledger, gone.url())
    account = ledger.account()
    soon(lambda: show(ledger, ended)["status"] == "gone", "gone")
    stuck = endpoint(ledger, failing.url())
    grant(ledger, account)
    for seen in range(1, 11):
        soon(lambda: len(attempts(ledger, stuck)) >= seen, f"attempt {seen}")
        ledger.advance("30h")
    soon(lambda: show(ledger, stuck)["status"] == "failing", "failing")
    check(len(failing.messages) == 10, f"ten attempts: {len(failing.messages)}")
    news = [m["json"]["data"] for m in listener.wait(2)]
    check([(n["endpoint"], n["reason"]) for n in news] ==
          [(ended["id"], "gone"), (stuck["id"], "failing")], f"{news}")
    failing.answer = lambda m: 204
    expect(ledger.patch(f"{ENDPOINTS}/{stuck['id']}", {"status": "active"}), 200)
    failing.wait(1)
    for made in (told, ended, stuck):
        expect(ledger.delete(f"{ENDPOINTS}/{made['id']}"), 204)
    for receiver in (listener, gone, failing):
        receiver.stop()


def a_dead_one_delays_nobody(ledger):
    dead, alive = Receiver(lambda m: None), Receiver()
    silent = endpoint(ledger, dead.url())
    made = endpoint(ledger, alive.url())
    accounts = [ledger.account() for _ in range(50)]
    soon(lambda: len(dead.messages) > 0, "the dead one was asked")
    for account in accounts:
        grant(ledger, account)
    alive.wait(100, seconds=5)
    for each in (silent, made):
        expect(ledger.delete(f"{ENDPOINTS}/{each['id']}"), 204)
    dead.stop()
    alive.stop()


if __name__ == "__main__":
    run_sections([a_life, wrong_requests, who_may, messages_as_others_read_them,
                  only_what_was_asked_for, a_failure_holds_up_its_own_account, down_for_an_hour,
                  gone_and_failing, a_dead_one_delays_nobody],
                 words=("--test-clock",), environment=LOCAL)
