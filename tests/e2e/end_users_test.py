"""An application's own users, who read one account from their browser: account tokens, JWTs that
npm's `jose` has signed, streams that end with them, and what pages of other origins may do."""

import http.server
import json
import os
import signal
import stat
import subprocess
import tempfile
import threading
import time

from contract_kit import Ledger, check, expect, run_sections, unique
from end_users_kit import signed, token_of
from feeds_test import Stream, wait_for
from harness import Client, Daemon, main

ISSUER = "https://id.example"
PAGE = "https://app.example"
READABLE = ("balance", "transactions", "grants", "usage", "balance?at=1", "grants?at=1")


def with_token(ledger, token):
    return ledger.with_key(token)


def refused(ledger, method, path, status, code, body=None):
    key = "key" if method == "POST" else None
    expect(ledger.client.call(method, path, body, key), status, code)


def check_confined(user, account, other):
    """This one account may be read, and nothing else."""
    for what in READABLE:
        expect(user.get(f"/v1/accounts/{account}/{what}"), 200)
        refused(user, "GET", f"/v1/accounts/{other}/{what}", 404, "account_not_found")
    for near in (account + "x", account[:-1], account.upper(), "none"):
        refused(user, "GET", f"/v1/accounts/{near}/balance", 404, "account_not_found")
    at = f"/v1/accounts/{account}"
    for method, path in (("GET", at), ("GET", "/v1/accounts"), ("GET", "/v1/events"),
                         ("GET", f"{at}/members"), ("GET", f"{at}/budgets"), ("GET", "/v1/catalog"),
                         ("GET", f"{at}/subscription"), ("GET", "/v1/transactions/txn_1"),
                         ("GET", "/v1/api-keys"), ("GET", "/v1/holds/hold_1"), ("PUT", at),
                         ("POST", f"{at}/deductions"), ("POST", f"{at}/grants"),
                         ("POST", f"{at}/tokens"), ("POST", f"{at}/quotes"),
                         ("POST", f"{at}/holds"), ("POST", "/v1/batches"),
                         ("POST", "/v1/transfers"), ("DELETE", "/v1/features/f"),
                         ("PUT", "/v1/catalog"),
                         ("GET", "/tile/entries/000")):
        refused(user, method, path, 403, "insufficient_scope", None if method == "GET" else {})
    refused(user, "GET", f"{at}/nothing", 404, "route_not_found")
    refused(user, "PATCH", f"{at}/balance", 405, "method_not_allowed", {})


def tokens(ledger):
    account, other = ledger.account(100), ledger.account(7)
    made = token_of(ledger, account)
    check(made["account"] == account and made["seq"] > 0, f"{made}")
    user = with_token(ledger, made["token"])
    check(user.balance(account)["balance"] == 100, "the balance")
    check_confined(user, account, other)
    expect(with_token(ledger, made["token"] + "A").get(f"/v1/accounts/{account}/balance"), 401)
    expect(with_token(ledger, made["token"][:-1]).get(f"/v1/accounts/{account}/balance"), 401)
    for ttl in ("9s", "25h", "2d", "", "0s", "15", 15, None):
        answer = ledger.client.call("POST", f"/v1/accounts/{account}/tokens", {"ttl": ttl})
        expect(answer, 400, "invalid_request")
    for ttl in ("10s", "24h", "1d"):
        token_of(ledger, account, ttl)
    refused(ledger, "POST", "/v1/accounts/none/tokens", 404, "account_not_found", {})
    refused(ledger, "POST", f"/v1/accounts/{account}/tokens", 400, "invalid_request", {"x": 1})


def makers(ledger):
    """A key that may read may let others read what it sees itself, and no longer than itself."""
    account, other = ledger.account(1), ledger.account(1)
    reader = ledger.key("ledger:read", account_prefix=account, expires_in="1h")
    maker = ledger.with_key(reader["secret"])
    made = token_of(maker, account, "24h")
    check(made["expires_at"] == reader["expires_at"], f"{made} outlives {reader}")
    refused(maker, "POST", f"/v1/accounts/{other}/tokens", 404, "account_not_found", {})
    catalog = ledger.with_key(ledger.key("catalog:write")["secret"])
    refused(catalog, "POST", f"/v1/accounts/{account}/tokens", 403, "insufficient_scope", {})


def prices(ledger):
    """Prices that are not public need a key: a token is none."""
    account = ledger.account()
    user = with_token(ledger, token_of(ledger, account)["token"])
    catalog = expect(ledger.get("/v1/catalog"), 200)
    catalog.pop("price_book")
    private = {**catalog, "settings": {**catalog["settings"], "pricing": "private"}}
    expect(ledger.put("/v1/catalog", private), 200)
    expect(ledger.get("/v1/pricing"), 200)
    expect(user.get("/v1/pricing"), 401)


def streams(ledger):
    account, other = ledger.account(100), ledger.account(100)
    token = token_of(ledger, account)["token"]
    in_address = Stream(ledger.daemon, f"/v1/accounts/{account}/stream?token={token}", key="")
    check(in_address.status == 401, "an empty header counts as one")
    for path, key in ((f"/v1/accounts/{account}/stream", token),
                      (f"/v1/accounts/{account}/stream?token={token}", None)):
        stream = Stream(ledger.daemon, path, key)
        check(stream.message()[2]["balance"] == ledger.balance(account)["balance"], "the balance")
        expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 201)
        check([stream.message()[1] for _ in range(2)] == ["credits.deducted", "balance"], "news")
        stream.close()
    bare = Client(ledger.daemon.port, None)
    for path, status in ((f"/v1/accounts/{other}/stream?token={token}", 404),
                         (f"/v1/accounts/{account}/balance?token={token}", 401),
                         (f"/v1/events?token={token}", 401),
                         (f"/v1/accounts/{account}/stream?token={token}A", 401),
                         (f"/v1/accounts/{account}/stream?token=", 401),
                         (f"/v1/accounts/{account}/stream?token={ledger.client.key}", 401),
                         (f"/v1/accounts/{account}/stream", 401)):
        check(bare.call("GET", path).status == status, f"{path} is not {status}")


def ends(ledger):
    """On a ledger whose clock stands still until it is told."""
    account = ledger.account(100)
    token = token_of(ledger, account, "10m")["token"]
    user = with_token(ledger, token)
    stream = Stream(ledger.daemon, f"/v1/accounts/{account}/stream", token)
    stream.message()
    ledger.advance("599s")
    user.balance(account)
    expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 201)
    check(stream.message()[1] == "credits.deducted", "the stream goes on")
    check(stream.message()[1] == "balance", "the stream goes on")
    ledger.advance("1s")
    refused(user, "GET", f"/v1/accounts/{account}/balance", 401, "unauthorized")
    expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 201)
    try:
        raise AssertionError(f"a stream outlives its token: {stream.message()}")
    except EOFError:
        pass


def restarts(options):
    daemon = Daemon(options.bin).start()
    try:
        ledger = Ledger(daemon)
        account = ledger.account(5)
        token = token_of(ledger, account)["token"]
        mode = stat.S_IMODE(os.stat(os.path.join(daemon.data, "token.key")).st_mode)
        check(mode == 0o600, f"token.key: {mode:o}")
        daemon.kill()
        daemon.start()
        check(with_token(Ledger(daemon), token).balance(account)["balance"] == 5, "after a kill")
        Stream(daemon, f"/v1/accounts/{account}/stream?token={token}", None).close()
        check(token not in daemon.log_text() and "crt_" not in daemon.log_text(), "it was logged")
        daemon.stop()
        os.remove(os.path.join(daemon.data, "token.key"))
        daemon.start()
        check(with_token(Ledger(daemon), token).get(f"/v1/accounts/{account}/balance").status ==
              401, "the key is gone, the token is not")
    finally:
        daemon.remove()


def claims(account, /, seconds=600, **more):
    return {"iss": ISSUER, "aud": "creditd", "sub": account, "exp": int(time.time()) + seconds,
            **more}


def replace_file(path, text):
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.replace(path + ".new", path)


def issuers(options):
    """Keys and tokens of jose; the keys are replaced while the daemon serves."""
    folder = tempfile.mkdtemp(prefix="creditd-jwks-")
    path = os.path.join(folder, "jwks.json")
    keys = {"r": "RS256", "e": "ES256", "d": "EdDSA", "p": "PS256", "q": "ES384"}
    wanted = {kid: (kid, claims("alice")) for kid in keys}
    wanted |= {"over": ("e", claims("alice", -31)), "soon": ("e", claims("alice", nbf=2 ** 31)),
               "endless": ("e", {"iss": ISSUER, "aud": "creditd", "sub": "alice"}),
               "issuer": ("e", claims("alice", iss=ISSUER + "/")),
               "audience": ("e", claims("alice", aud=["x"])), "several": ("e", claims(
                   "alice", aud=["x", "creditd"])), "nobody": ("e", claims("a/b")),
               "bob": ("e", claims("bob")), "claim": ("e", claims("bob", account="alice"))}
    jwks, tokens_made = signed(keys, wanted)
    forged = signed({"e": "ES256"}, {"e": ("e", claims("alice"))})
    replace_file(path, json.dumps(jwks))
    daemon = Daemon(options.bin, environment={
        "CREDITD_JWT__ISSUER": ISSUER, "CREDITD_JWT__AUDIENCE": "creditd",
        "CREDITD_JWT__JWKS_FILE": path, "CREDITD_LOG__REQUESTS": "true"}).start()
    try:
        ledger = Ledger(daemon)
        for account, amount in (("alice", 5), ("bob", 7)):
            expect(ledger.put(f"/v1/accounts/{account}", {}), 201)
            expect(ledger.post(f"/v1/accounts/{account}/grants", {"amount": amount}), 201)

        def status(token, account="alice"):
            return with_token(ledger, token).get(f"/v1/accounts/{account}/balance").status
        for name, token in tokens_made.items():
            expected = {"bob": 404, "claim": 404}.get(name, 401)
            expected = 200 if name in ("r", "e", "d", "several") else expected
            check(status(token) == expected, f"{name}: {status(token)}, not {expected}")
        check(status(tokens_made["bob"], "bob") == 200, "bob")
        check(status(forged[1]["e"]) == 401, "the key of another with the same kid")
        check_confined(with_token(ledger, tokens_made["r"]), "alice", "bob")
        Stream(daemon, f"/v1/accounts/alice/stream?token={tokens_made['d']}", None).message()
        replace_file(path, json.dumps(forged[0]))
        wait_for(lambda: status(forged[1]["e"]) == 200, "the new keys are not in force")
        check(status(tokens_made["r"]) == 401, "a key that was taken away still counts")
        replace_file(path, "{}")
        wait_for(lambda: daemon.log_events("jwt_keys_not_read"), "a broken file is not told")
        check(status(forged[1]["e"]) == 200, "a broken file takes the keys away")
        before = len(daemon.log_events("jwt_keys_read"))
        replace_file(path, json.dumps(jwks))
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(daemon.log_events("jwt_keys_read")) > before, "SIGHUP")
        log = daemon.log_text()
        check(not any(token.split(".")[2] in log for token in tokens_made.values()), "it is logged")
        check(daemon.stop() == 0, "the daemon did not stop in good order")
        os.remove(path)
        daemon.start(wait=False)
        check(daemon.process.wait(timeout=30) == 1, "it starts without the issuer's keys")
        check("jwks.json does not exist" in daemon.log_text(), "it does not say why")
    finally:
        daemon.remove()


class Publisher:
    """An issuer's JWKS at a URL; `answer` may be changed while it serves."""

    def __init__(self, answer):
        self.answer, self.asked = answer, 0
        publisher = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                publisher.asked += 1
                status, body = publisher.answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # connections end when the daemon does
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/jwks.json"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def publishers(options):
    """Keys at a URL: rotated, broken and gone while the daemon serves; none when it starts."""
    jwks, made = signed({"a": "ES256"}, {"a": ("a", claims("alice"))})
    next_jwks, next_made = signed({"b": "EdDSA"}, {"b": ("b", claims("alice"))})
    publisher = Publisher((503, ""))
    environment = {"CREDITD_JWT__ISSUER": ISSUER, "CREDITD_JWT__AUDIENCE": "creditd",
                   "CREDITD_JWT__JWKS_URL": publisher.url, "CREDITD_OUTBOUND__HTTPS_ONLY": "false",
                   "CREDITD_OUTBOUND__ALLOWED_NETWORKS": "127.0.0.0/8"}
    daemon = Daemon(options.bin, environment=environment).start()
    try:
        ledger = Ledger(daemon)
        expect(ledger.put("/v1/accounts/alice", {}), 201)

        def status(token):
            return with_token(ledger, token).get("/v1/accounts/alice/balance").status
        check(status(made["a"]) == 401, "there are no keys yet")
        wait_for(lambda: "status 503" in daemon.log_text(), "it does not say why")
        publisher.answer = (200, json.dumps(jwks))
        wait_for(lambda: status(made["a"]) == 200, "without keys it is not tried again")
        publisher.answer = (200, json.dumps(next_jwks))
        wait_for(lambda: status(next_made["b"]) == 200, "an unknown key is not asked for")
        check(status(made["a"]) == 401, "a key that was taken away still counts")
        asked = publisher.asked
        for _ in range(20):
            status(made["a"])
        time.sleep(0.5)
        check(publisher.asked == asked, "unknown keys are asked for too often")
        for broken in ((200, "{}"), (200, "x" * 300_000), (302, ""), (500, json.dumps(jwks))):
            publisher.answer = broken
            before = len(daemon.log_events("jwt_keys_not_read"))
            daemon.process.send_signal(signal.SIGHUP)
            wait_for(lambda: len(daemon.log_events("jwt_keys_not_read")) > before, f"{broken[0]}")
            check(status(next_made["b"]) == 200, "a broken answer takes the keys away")
        daemon.kill()
        publisher.answer = (200, json.dumps(jwks))
        daemon.start()
        check(status(made["a"]) == 200, "the keys are not there when it begins to serve")
        check(daemon.stop() == 0, "the daemon did not stop in good order")
    finally:
        daemon.remove()
        publisher.close()
    for name, value, words in (
            ("OUTBOUND__ALLOWED_NETWORKS", "", "jwt.jwks_url: must not name an address of this"),
            ("OUTBOUND__HTTPS_ONLY", "true", "jwt.jwks_url: must begin with https://"),
            ("OUTBOUND__ALLOWED_NETWORKS", "127.0.0.1/8", "outbound.allowed_networks: "),
            ("JWT__JWKS_FILE", "f", "jwt.jwks_file: it, or jwt.jwks_url, must be set")):
        done = subprocess.run([os.path.join(options.bin, "creditd"), "check-config"], text=True,
                              env={**environment, f"CREDITD_{name}": value}, capture_output=True,
                              timeout=60, check=False)
        check(done.returncode == 2 and words in done.stderr, f"{name}: {done}")


def preflight(client, path, origin, method="GET"):
    return client.call("OPTIONS", path, headers={
        "Origin": origin, "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,last-event-id"})


def cors_lines(answer):
    return {name: value for name, value in answer.headers.items()
            if name.startswith("access-control-") or name == "vary"}


def origins(options):
    for configured in ("", f"{PAGE}, http://localhost:3000", "*"):
        daemon = Daemon(options.bin, environment={"CREDITD_SERVER__CORS_ORIGINS": configured})
        try:
            daemon.start()
            check_origins(daemon, configured)
        finally:
            daemon.remove()


def check_origins(daemon, configured):
    client, bare = daemon.client(), daemon.client(key=None)
    for origin in (PAGE, "http://localhost:3000", "https://evil.example", PAGE + ".evil",
                   PAGE.upper(), "null", ""):
        is_welcome = origin and (configured == "*" or origin in configured.split(", "))
        asked = preflight(bare, "/v1/accounts/a/balance", origin)
        simple = client.call("GET", "/v1/accounts", headers={"Origin": origin})
        unknown = bare.call("GET", "/v1/accounts", headers={"Origin": origin})
        check(asked.status == (204 if is_welcome else 401), f"{configured} {origin}: {asked}")
        check(simple.status == 200 and unknown.status == 401, f"{simple} {unknown}")
        for answer in (asked, simple, unknown):
            lines = cors_lines(answer)
            if not configured:
                check(not lines, f"{lines}")
                continue
            check(lines.get("vary") == (None if configured == "*" else "Origin"), f"{lines}")
            allowed = lines.get("access-control-allow-origin")
            check(allowed == (("*" if configured == "*" else origin) if is_welcome else None),
                  f"{configured} {origin}: {lines}")
            check("access-control-allow-credentials" not in lines, f"{lines}")
        if is_welcome:
            lines = cors_lines(asked)
            check("Last-Event-ID" in lines["access-control-allow-headers"], f"{lines}")
            check("PATCH" in lines["access-control-allow-methods"], f"{lines}")
            exposed = cors_lines(simple)["access-control-expose-headers"].split(", ")
            check(set(exposed) == {"Idempotent-Replayed", "Link", "X-Request-Id", "Retry-After"},
                  f"{exposed}")
    plain = client.call("OPTIONS", "/v1/accounts", headers={"Origin": PAGE})
    check(plain.status == 405, f"no preflight: {plain}")


def stream_headers(ledger):
    """Run with an origin that may call: a stream says so too."""
    account = ledger.account(1)
    stream = Stream(ledger.daemon, f"/v1/accounts/{account}/stream",
                    ledger.client.key + f"\r\nOrigin: {PAGE}")
    check(f"Access-Control-Allow-Origin: {PAGE}" in stream.head, stream.head)
    stream.close()


def run(options):
    for section in (restarts, issuers, publishers, origins):
        section(options)
        print(section.__name__)


if __name__ == "__main__":
    run_sections([tokens, makers, prices, streams, ends, stream_headers], words=("--test-clock",),
                 environment={"CREDITD_SERVER__CORS_ORIGINS": PAGE})
    main(run)
