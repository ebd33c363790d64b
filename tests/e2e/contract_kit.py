"""What the contract's tests share: an account to work on, answers checked against the contract's
general part, and a runner that tells every broken section, not only the first."""

import itertools
import sys
import traceback

from harness import Client, Daemon, check, main

_numbers = itertools.count(1)


def unique(prefix="k"):
    return f"{prefix}-{next(_numbers)}"


def expect(answer, status, code=None):
    """The answer has this status and, for a problem, this code; returns its JSON."""
    check(answer.status == status, f"expected {status} {code or ''}, got {answer}")
    if status >= 400:
        check_problem(answer, code)
    return answer.json() if answer.body else None


def check_problem(answer, code):
    check(answer.headers["content-type"] == "application/problem+json",
          f"a problem as {answer.headers['content-type']}")
    problem = answer.json()
    for field, kind in (("type", str), ("title", str), ("status", int), ("detail", str),
                        ("instance", str), ("code", str)):
        check(isinstance(problem.get(field), kind), f"problem without {field}: {problem}")
    check(problem["status"] == answer.status, f"two statuses: {answer}")
    check(problem["type"] == "/problems/" + problem["code"].replace("_", "-"), f"{problem}")
    check(code is None or problem["code"] == code, f"expected {code}, got {problem}")
    if answer.status == 401:
        check("www-authenticate" in answer.headers, "401 without WWW-Authenticate")
    if answer.status in (429, 503):
        check(int(answer.headers["retry-after"]) > 0, f"{answer.status} without Retry-After")


def expect_fields(thing, *names):
    missing = [name for name in names if name not in thing]
    check(not missing, f"without {missing}: {thing}")


class Ledger:
    """Calls by name, each with a key of its own unless one is given."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.client = daemon.client()

    def get(self, path, **more):
        return self.client.call("GET", path, **more)

    def put(self, path, body):
        return self.client.call("PUT", path, body)

    def patch(self, path, body):
        return self.client.call("PATCH", path, body)

    def delete(self, path):
        return self.client.call("DELETE", path)

    def post(self, path, body=None, key=None, **more):
        return self.client.call("POST", path, {} if body is None else body, key or unique(),
                                **more)

    def account(self, credits=None, **fields):
        name = unique("acct")
        expect(self.put(f"/v1/accounts/{name}", fields), 201)
        if credits is not None:
            expect(self.post(f"/v1/accounts/{name}/grants", {"amount": credits}), 201)
        return name

    def balance(self, account):
        return expect(self.get(f"/v1/accounts/{account}/balance"), 200)

    def advance(self, duration):
        """Of a ledger with a clock for tests; returns the new time."""
        return expect(self.post("/v1/test-clock", {"advance": duration}), 200)["updated_at"]

    def clock_to(self, moment):
        expect(self.post("/v1/test-clock", {"now": moment}), 200)

    def transactions(self, account, kind):
        """All of a type, oldest first."""
        at = f"/v1/accounts/{account}/transactions?limit=100&type={kind}"
        return expect(self.get(at), 200)["data"][::-1]

    def key(self, *scopes, **more):
        body = {"name": unique("key"), "scopes": list(scopes), **more}
        return expect(self.post("/v1/api-keys", body), 201)

    def with_key(self, secret):
        other = Ledger(self.daemon)
        other.client = Client(self.daemon.port, secret)
        return other


def run_sections(sections, environment=None, words=(), make=Ledger):
    """One daemon, every section against it, by way of what `make` makes of it; a section that fails
    does not hide the next."""
    def run(options):
        daemon = Daemon(options.bin, environment=environment, words=words)
        failed = []
        try:
            daemon.start()
            for section in sections:
                try:
                    section(make(daemon))
                    check(daemon.is_alive(), "the daemon died")
                except Exception:  # every section is told, whatever broke it
                    failed.append(section.__name__)
                    print(f"--- {section.__name__}\n{traceback.format_exc()}", file=sys.stderr)
            check(not failed, f"{len(failed)} of {len(sections)} sections: {', '.join(failed)}")
            check(daemon.stop() == 0, "the daemon did not stop in good order")
            print(f"{len(sections)} sections")
        finally:
            daemon.remove()
    main(run)
