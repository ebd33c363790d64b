"""What the differential test wishes: random requests that aim at few accounts, small balances and
the same grants, holds and deductions again and again; as an HTTP request, and as the auditor's
line."""

import collections
import datetime
import random

ACCOUNTS = [f"acct-{n}" for n in range(12)]
FEATURES = ["image", "video", "chat"]
POSTS = {"grant": "grants", "purchase": "purchases", "deduct": "deductions", "hold": "holds"}
OBJECTS = {"refund": ("deductions", "refunds"), "revoke": ("grants", "revoke"),
           "capture": ("holds", "captures"), "extend": ("holds", "extend"),
           "release": ("holds", "release")}
# Fields of a body: name there, name in the auditor's line.
PLAIN = ("priority", "features", "feature", "quantity", "user", "model", "allow_partial",
         "on_expiry", "final", "dry_run", "description", "name", "active")


def decimal(minor):
    whole, part = divmod(minor, 1_000_000)
    return f"{whole}.{part:06}".rstrip("0").rstrip(".")


def time_text(micros):
    epoch = datetime.datetime(1970, 1, 1)
    moment = epoch + datetime.timedelta(microseconds=micros)
    return moment.isoformat(timespec="microseconds") + "Z"


def body_of(wish):
    body = {name: wish[name] for name in PLAIN if name in wish}
    if "amount" in wish:
        body["credits" if wish["kind"] == "put_feature" else "amount"] = decimal(wish["amount"])
    if "credit_limit" in wish:
        body["credit_limit"] = decimal(wish["credit_limit"]) if wish["credit_limit"] else 0
    if "grant_kind" in wish:
        body["kind"] = wish["grant_kind"]
    for name in ("expires_at", "effective_at"):
        if name in wish:
            body[name] = time_text(wish[name])
    if "expires_in_s" in wish:
        body["expires_in"] = f"{wish['expires_in_s']}s"
    if "cost" in wish:
        amount, currency = wish["cost"].split()
        body["cost"] = {"amount": int(amount), "currency": currency}
    if "payment" in wish:
        provider, name, amount, currency = wish["payment"].split()
        body["payment"] = {"provider": provider, "id": name, "amount": int(amount),
                           "currency": currency}
    if wish["kind"] == "transfer":
        body.update({"from": wish["account"], "to": wish["to"]})
    return body


def operation(wish):
    body = {"op": wish["kind"], **body_of(wish)}
    if wish["kind"] != "transfer":
        body.update({name: wish[name] for name in ("account", "id") if name in wish})
    if "key" in wish:
        body["idempotency_key"] = wish["key"]
    return body


def request(wish):
    """Method, path, body, key."""
    kind, key = wish["kind"], wish.get("key")
    if kind == "batch":
        mode = "atomic" if wish.get("atomic") else "independent"
        operations = [operation(one) for one in wish["operations"]]
        return "POST", "/v1/batches", {"mode": mode, "operations": operations}, key
    if kind == "transfer":
        return "POST", "/v1/transfers", body_of(wish), key
    if kind in POSTS:
        return "POST", f"/v1/accounts/{wish['account']}/{POSTS[kind]}", body_of(wish), key
    if kind in OBJECTS:
        folder, verb = OBJECTS[kind]
        return "POST", f"/v1/{folder}/{wish['id']}/{verb}", body_of(wish), key
    if kind == "read_hold":
        return "GET", f"/v1/holds/{wish['id']}", None, None
    if kind.endswith("feature"):
        path = f"/v1/features/{wish['id']}"
        is_put = kind == "put_feature"
        return ("PUT", path, body_of(wish), None) if is_put else ("DELETE", path, None, None)
    path = f"/v1/accounts/{wish['account']}"
    if kind == "account":
        return "PUT", path, body_of(wish), key
    if kind == "balance":
        return "GET", path + "/balance", None, None
    return "POST", f"{path}/{kind}", {}, key


def line(wish):
    fields = [wish["kind"]]
    for name, item in wish.items():
        if name in ("kind", "operations"):
            continue
        if isinstance(item, list):
            item = ",".join(item)
        fields.append(f"{name}={int(item) if isinstance(item, bool) else item}")
    for one in wish.get("operations", []):
        fields += ["--", line(one)]
    return "\t".join(fields)


class Wisher:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.statuses = collections.Counter()
        self.keys = 0
        self.payments = 0
        self.known = collections.defaultdict(list)
        self.sent = []
        self.to_begin = [{"kind": "account", "account": a} for a in ACCOUNTS[:10]] + [
            {"kind": "put_feature", "id": f, "amount": 1_500_000 * n + 500_000}
            for n, f in enumerate(FEATURES)]

    def one_in(self, count):
        return self.random.randrange(count) == 0

    def amount(self, most=20):
        choice = self.random.randrange(10)
        if choice == 0:
            return self.random.randrange(1, 1000)
        if choice == 1:
            return self.random.randrange(1, most * 1_000_000)
        return self.random.randrange(1, most) * 1_000_000

    def next(self, now):
        if self.to_begin:
            return self.to_begin.pop(0)
        if self.sent and self.one_in(20):
            return self.again()
        if self.one_in(12):
            return self.batch(now)
        wish = self.single(now)
        if wish["kind"] not in ("balance", "read_hold", "put_feature", "delete_feature"):
            self.keys += 1
            wish["key"] = f"key-{self.keys}"
            if wish["kind"] not in ("account", "close", "reopen") and self.one_in(25):
                wish["dry_run"] = True
            self.sent.append(wish)
        return wish

    def again(self):
        """The same request, or its key for another one."""
        first = self.random.choice(self.sent[-100:])
        if self.one_in(3) and "amount" in first:
            return {**first, "amount": first["amount"] + 1}
        return dict(first)

    def batch(self, now):
        is_atomic = self.one_in(2)
        operations = []
        while len(operations) < self.random.randrange(1, 6):
            one = self.single(now)
            # An atomic batch refuses to release a closed hold.
            is_offered = one["kind"] in POSTS or one["kind"] in OBJECTS or one["kind"] == "transfer"
            if is_offered and not (is_atomic and one["kind"] == "release"):
                if not is_atomic and self.one_in(4):
                    self.keys += 1
                    one["key"] = f"key-{self.keys}"
                operations.append(one)
        self.keys += 1
        wish = {"kind": "batch", "key": f"key-{self.keys}", "operations": operations}
        if is_atomic:
            wish["atomic"] = True
        self.sent.append(wish)
        return wish

    def single(self, now):
        kinds = {"grant": 12, "purchase": 8, "deduct": 24, "refund": 10, "revoke": 3, "hold": 10,
                 "capture": 9, "extend": 4, "release": 4, "transfer": 6, "balance": 6,
                 "read_hold": 2, "account": 2, "close": 1, "reopen": 2, "put_feature": 2,
                 "delete_feature": 1}
        kind = self.random.choices(list(kinds), list(kinds.values()))[0]
        if kind in OBJECTS or kind == "read_hold":
            known = self.known["hold" if kind == "read_hold" else OBJECTS[kind][0][:-1]]
            if not known:
                return self.single(now)
            wish = {"kind": kind, "id": self.random.choice(known[-25:])}
        elif kind.endswith("feature"):
            wish = {"kind": kind, "id": self.random.choice(FEATURES)}
        else:
            wish = {"kind": kind, "account": self.random.choice(ACCOUNTS[:11])}
            if kind in ("account", "close", "reopen"):
                wish["account"] = self.random.choice(ACCOUNTS)
        fill = getattr(self, kind, None)
        if fill:
            fill(wish, now)
        return wish

    def account(self, wish, _):
        if self.one_in(2):
            wish["credit_limit"] = self.random.choice([0, 5_000_000, 20_000_000])

    def put_feature(self, wish, _):
        wish["amount"] = self.amount(8)
        if self.one_in(4):
            wish["active"] = False

    def ends(self, wish, now):
        """Soon, so that it matters here; or in a year; or never."""
        choice = self.random.randrange(5)
        if choice < 2:
            wish["expires_in_s"] = self.random.choice([1, 2, 5])
        elif choice == 2:
            wish["expires_at"] = now + self.random.randrange(2_000_000, 8_000_000)
        elif choice == 3:
            wish["expires_in_s"] = 31_536_000

    def grant(self, wish, now):
        wish["amount"] = self.amount()
        if self.one_in(3):
            wish["grant_kind"] = self.random.choice(["bonus", "promo", "signup"])
        if self.one_in(3):
            wish["priority"] = self.random.choice([10, 50, 90])
        if self.one_in(4):
            wish["effective_at"] = now + self.random.randrange(500_000, 1_500_000)
        if self.one_in(4):
            wish["features"] = self.random.sample(FEATURES, self.random.randrange(1, 3))
        if self.one_in(4):
            wish["cost"] = f"{self.random.randrange(0, 500)} EUR"
        self.ends(wish, now)
        if "effective_at" in wish and wish.get("expires_in_s") == 1:
            wish["expires_in_s"] = 4

    def purchase(self, wish, now):
        wish["amount"] = self.amount()
        if not self.payments or not self.one_in(5):
            self.payments += 1
        number = self.payments if self.one_in(2) else self.random.randrange(1, self.payments + 1)
        wish["payment"] = f"stripe pi_{number} {self.random.choice([500, 900])} USD"
        self.ends(wish, now)

    def spend(self, wish):
        if self.one_in(2):
            wish["feature"] = self.random.choice(FEATURES)
            if self.one_in(2):
                wish["quantity"] = self.random.randrange(1, 4)
        else:
            wish["amount"] = self.amount(12)

    def deduct(self, wish, _):
        self.spend(wish)
        if self.one_in(5):
            wish["allow_partial"] = True

    def hold(self, wish, _):
        self.spend(wish)
        wish["expires_in_s"] = self.random.choice([1, 2, 60])
        if self.one_in(3):
            wish["on_expiry"] = "capture"

    def part(self, wish, _):
        if self.one_in(2):
            wish["amount"] = self.amount(5)

    refund = revoke = part

    def capture(self, wish, now):
        self.part(wish, now)
        if self.one_in(3):
            wish["final"] = True

    def extend(self, wish, now):
        self.part(wish, now)
        if "amount" not in wish or self.one_in(2):
            wish["expires_in_s"] = self.random.choice([1, 3, 60])

    def transfer(self, wish, _):
        wish["to"] = self.random.choice([a for a in ACCOUNTS[:11] if a != wish["account"]])
        wish["amount"] = self.amount(10)

    def hear(self, wish, said):
        self.statuses[said["status"]] += 1
        if wish.get("dry_run"):
            return
        for one in [said] + said.get("results", []):
            if one["status"] < 300:
                self.learn(one)

    def learn(self, said):
        places = {"grant": "grant", "purchase": "grant", "hold": "hold", "deduction": "deduction",
                  "capture": "deduction"}
        kind = said.get("type")
        if kind in places and said["status"] == 201:
            name = said["grant"] if kind == "purchase" else said["id"]
            self.known[places[kind]].append(name)
