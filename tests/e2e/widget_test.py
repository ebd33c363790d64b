"""The widget on a page of another origin, in Chromium, under a strict Content-Security-Policy: it
shows what an account has, keeps showing it over new tokens and restarts, and is quiet when it
cannot."""

import http.server
import os
import threading

from browser import Browser
from contract_kit import Ledger, expect
from end_users_kit import token_of
from feeds_test import streams_open, wait_for
from harness import Daemon, check, free_port, main

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "daemon", "app",
                      "widget.js")
WIDGET_BYTES_MAX = 10_000
PAGE = """<!doctype html><html lang="en"><title>Credits</title>
<script src="/page.js"></script><script src="{creditd}/widget.js" defer></script>
<p><credit-balance id="own" account="{account}" token-url="/credits/token"></credit-balance></p>
"""
SCRIPT = """
const heard = { balances: 0, events: [], errors: 0 }, violations = [];
addEventListener("credit-balance", () => { ++heard.balances; });
addEventListener("credit-event", (event) => { heard.events.push(event.detail.type); });
addEventListener("credit-error", () => { ++heard.errors; });
addEventListener("securitypolicyviolation", (event) => { violations.push(event.blockedURI); });
const own = () => document.getElementById("own");
"""


class Application(http.server.ThreadingHTTPServer):
    """An application that uses creditd: a page, and tokens for whoever is signed in."""

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), Handler)
        self.daemon_threads = True
        self.creditd = None
        self.account = None
        self.tokens = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, content_type, text, status=200):
        creditd = f"http://127.0.0.1:{self.server.creditd.port}"
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Security-Policy",
                         f"default-src 'none'; script-src 'self' {creditd}; "
                         f"connect-src 'self' {creditd}; require-trusted-types-for 'script'")
        self.end_headers()
        self.wfile.write(text.encode())

    def do_GET(self):
        if self.path == "/page.js":
            return self.answer("text/javascript", SCRIPT)
        if self.path != "/":
            return self.answer("text/plain", "nothing", 404)
        creditd = f"http://127.0.0.1:{self.server.creditd.port}"
        return self.answer("text/html", PAGE.format(creditd=creditd, account=self.server.account))

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/credits/token":
            return self.answer("text/plain", "nothing", 404)
        self.server.tokens += 1
        try:
            ledger = Ledger(self.server.creditd)
            made = ledger.client.call("POST", f"/v1/accounts/{self.server.account}/tokens", {})
            self.answer("application/json", made.body.decode(), made.status)
        except OSError:
            self.answer("text/plain", "creditd is away", 502)
        return None

    def log_message(self, *_):
        pass


def check_file(ledger):
    with open(SOURCE, "rb") as file:
        source = file.read()
    served = ledger.get("/widget.js", headers={"Authorization": ""})
    check(served.status == 200 and served.body == source, "it is not what is served")
    check(served.headers["content-type"] == "text/javascript; charset=utf-8", f"{served.headers}")
    check(len(source) < WIDGET_BYTES_MAX, f"{len(source)} bytes")
    for word in (b"innerHTML", b"eval(", b"document.write", b"insertAdjacent", b"import"):
        check(word not in source, f"{word} in the widget")


def take(ledger, account, amount):
    return expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": amount}), 201)


def shows(page, ledger, account):
    page.wait_for("typeof own", "function")
    page.wait_for("own().textContent", "12,345.5")
    page.wait_for("own().dataset.state", "live")
    take(ledger, account, 345.25)
    page.wait_for("own().textContent", "12,000.25")
    page.run("own().lang = 'de'")
    check(page.run("own().textContent") == "12.000,25", "German")
    page.run("own().lang = 'no language'")
    check(page.run("own().textContent") == "12,000.25", "a language that is none")
    expect(ledger.post(f"/v1/accounts/{account}/holds", {"amount": 0.25, "expires_in": "1h"}), 201)
    page.wait_for("own().textContent", "12,000")
    page.run("own().setAttribute('show', 'balance')")
    check(page.run("own().textContent") == "12,000.25", "what is held belongs to the balance")
    page.run("own().removeAttribute('show')")
    check(page.run("own().balance.account") == account, "what the page can ask")
    check(page.run("heard.events") == ["credits.deducted", "hold.placed"], "the events")


def renews(page, ledger, account, application):
    """The token's time is over; the element asks for another one and goes on."""
    before = application.tokens
    check(before == 1, f"{before} tokens")
    ledger.advance("16m")
    take(ledger, account, 1)
    page.wait_for("own().textContent", "11,999")
    page.wait_for("own().dataset.state", "live")
    check(application.tokens == before + 1, f"{application.tokens - before} new tokens")


def comes_back(page, ledger, account, application):
    """creditd ends; what was shown stays, and what was missed is heard, once."""
    daemon = ledger.daemon
    page.run("heard.events.length = 0")
    daemon.kill()
    page.wait_for("own().dataset.state", "offline")
    check(page.run("own().textContent") == "11,999", "what was known is gone")
    daemon.start()
    again = Ledger(daemon)
    for amount in (1, 2, 3):
        take(again, account, amount)
    page.wait_for("own().textContent", "11,993")
    page.wait_for("own().dataset.state", "live")
    check(page.run("heard.events") == ["credits.deducted"] * 3, f"{page.run('heard.events')}")
    take(again, account, 3)
    page.wait_for("own().textContent", "11,990")


def is_quiet(page, ledger, account, application):
    """Nobody's account, and one that is no name: an error state, no text of theirs, no noise."""
    hostile = "<img src=x onerror=heard.errors=99>"
    for name in ("none", hostile, account + "/../bob"):
        page.run(f"heard.errors = 0; own().setAttribute('account', {name!r})")
        page.wait_for("own().dataset.state", "error")
        check(page.run("own().textContent") == "\u2013", "a text without a balance")
        page.wait_for("heard.errors > 0", True)
    check(page.run("document.images.length") == 0, "markup from a name")
    page.run(f"own().setAttribute('account', {account!r})")
    page.wait_for("own().dataset.state", "live")
    page.run("own().setAttribute('token-url', '/nothing')")
    page.wait_for("own().dataset.state", "error")


def made_by_script(page, ledger, account, application):
    """With a function that brings tokens; and no stream is left behind."""
    token = token_of(ledger, account)["token"]
    page.run(f"""own().remove();
        const made = document.createElement("credit-balance");
        made.getToken = async (account) => account === {account!r} ? {token!r} : "";
        made.setAttribute("account", {account!r});
        made.id = "own"; document.body.append(made);""")
    page.wait_for("own().textContent", "11,990")
    check(page.run("own().getAttribute('role')") == "status", "what it is to a screen reader")
    wait_for(lambda: streams_open(ledger) == 1, f"{streams_open(ledger)} streams")
    page.run("own().remove()")
    wait_for(lambda: streams_open(ledger) == 0, "a stream is left behind")


def run(options):
    application = Application(free_port())
    origin = f"http://127.0.0.1:{application.server_port}"
    daemon = Daemon(options.bin, environment={"CREDITD_SERVER__CORS_ORIGINS": origin},
                    words=("--test-clock",))
    page = None
    try:
        ledger = Ledger(daemon.start())
        check_file(ledger)
        application.creditd, application.account = daemon, ledger.account(12345.5)
        page = Browser(origin + "/")
        shows(page, ledger, application.account)
        for section in (renews, comes_back, is_quiet, made_by_script):
            section(page, Ledger(daemon), application.account, application)
            print(section.__name__)
        check(not page.faults, f"exceptions: {page.faults}")
        check(page.run("violations") == [], "against the page's policy")
    finally:
        if page:
            page.close()
        application.shutdown()
        daemon.remove()


if __name__ == "__main__":
    main(run)
