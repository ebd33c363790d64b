"""What a recorded history is made of: requests as tuples, calls with their times and answers, and
the events of an export. Amounts are whole credits, times are nanoseconds of the monotonic clock.

A request is one of
  ("grant" | "purchase" | "deduct" | "hold", account, amount)    ("transfer", from, to, amount)
  ("refund", deduction, amount) ("capture", hold, amount) ("release", hold)
  ("balance" | "balance_at" | "newest", account) ("show", hold)    which only read
  ("atomic" | "independent", (request, ...))"""

import json
import re
import subprocess

READS = {"balance": "/v1/accounts/{}/balance", "show": "/v1/holds/{}",
         "balance_at": "/v1/accounts/{}/balance?at=999999999999",  # a seq that is yet to come
         "newest": "/v1/accounts/{}/transactions?limit=1"}
RECORDED = {200, 201, 402, 409, 422}
POSTS = {"grant": "grants", "purchase": "purchases", "deduct": "deductions", "hold": "holds"}
EVENT_TYPES = {"grant": "credits_granted", "purchase": "credits_purchased",
               "deduct": "credits_deducted", "hold": "hold_placed", "refund": "credits_refunded",
               "capture": "hold_captured", "release": "hold_released"}


class Call:
    """One request on the wire. `status` None: the answer never came. `seq` None: it names none."""
    __slots__ = ("key", "request", "invoke", "back", "status", "seq", "said", "replayed", "text")

    def __init__(self, key, request, invoke):
        self.key = key
        self.request = request
        self.invoke = invoke
        self.back = None
        self.status = None
        self.seq = None
        self.said = None
        self.replayed = False
        self.text = None

    def is_recorded(self):
        """Did the ledger remember this answer under its key?"""
        if self.request[0] == "release" and self.said and self.said[0] == "closed":
            return False
        return self.status in RECORDED and self.said[0] != "idempotency_key_reused"

    def copy(self, **changes):
        other = Call(self.key, self.request, self.invoke)
        for name in Call.__slots__:
            setattr(other, name, changes.get(name, getattr(self, name)))
        return other

    def __repr__(self):
        return (f"{self.key} {self.request} -> {self.status} seq {self.seq} {self.said}"
                f"{' replayed' if self.replayed else ''} [{self.invoke}, {self.back}]")


class Event:
    """One event of the export: its sum, and the key of the command that it ends."""
    __slots__ = ("seq", "first", "key", "facts")

    def __init__(self, seq, first, key, facts):
        self.seq = seq
        self.first = first
        self.key = key
        self.facts = facts


class History:
    """Calls that answered or not; reads are calls without a key. Events are in the log's order."""

    def __init__(self, limits):
        self.limits = limits  # account -> credit limit
        self.calls = []
        self.events = []


def body_of(request, key):
    """The fields of the request, as a single call and as an operation of a batch have them."""
    kind = request[0]
    if kind == "transfer":
        return {"from": request[1], "to": request[2], "amount": request[3]}
    if kind == "release":
        return {}
    body = {"amount": request[2]}
    if kind == "hold":
        body.update({"expires_in": "7d", "on_expiry": "release"})
    if kind == "purchase":
        body["payment"] = {"provider": "stripe", "id": f"pi_{key}", "amount": request[2],
                           "currency": "USD"}
    return body


def operation_of(request, key):
    body = {"op": request[0], **body_of(request, key)}
    if request[0] in POSTS:
        body["account"] = request[1]
    elif request[0] != "transfer":
        body["id"] = request[1]
    return body


def http_of(request, key):
    """Method, path, body."""
    kind = request[0]
    if kind in POSTS:
        return "POST", f"/v1/accounts/{request[1]}/{POSTS[kind]}", body_of(request, key)
    if kind in READS:
        return "GET", READS[kind].format(request[1]), None
    if kind == "transfer":
        return "POST", "/v1/transfers", body_of(request, key)
    if kind == "refund":
        return "POST", f"/v1/deductions/{request[1]}/refunds", body_of(request, key)
    if kind in ("capture", "release"):
        verb = "captures" if kind == "capture" else kind
        return "POST", f"/v1/holds/{request[1]}/{verb}", body_of(request, key)
    operations = [operation_of(one, f"{key}/{i}") for i, one in enumerate(request[1])]
    return "POST", "/v1/batches", {"mode": kind, "operations": operations}


def shown_hold(body):
    return tuple(body[name] for name in
                 ("id", "account", "amount", "captured", "remaining", "status"))


def said_of(request, status, body):
    """What matters of one answer, as a tuple that the model can predict."""
    kind = request[0]
    if status >= 300:
        return tuple(body.get(name) for name in
                     ("code", "required", "available", "shortfall", "index"))
    if kind in ("balance", "balance_at"):
        return body["account"], body["balance"], body["held"], body["available"]
    if kind == "newest":
        return (int(body["data"][0]["id"].rsplit("_", 1)[1]),)
    if kind == "show":
        return shown_hold(body)
    if kind == "atomic":
        return tuple(said_of(one, item["status"], item["body"])
                     for one, item in zip(request[1], body["results"], strict=True))
    if kind == "release" and "type" not in body:
        return ("closed", *shown_hold(body))
    balance = body["balance"]
    said = (body["id"], body["account"], body["amount"], body["delta"], balance["before"],
            balance["after"], body["available"])
    if kind == "refund":
        return (*said, body["deduction"], body["refunded_total"])
    if kind in ("hold", "capture", "release"):
        hold = body if kind == "hold" else body["hold"]
        return (*said, hold["id"], hold["captured"], hold["remaining"], hold["status"])
    if kind == "transfer":
        return (*said, *(body[side][name] for side in ("from", "to")
                         for name in ("account", "balance", "available")))
    return said


def text_of(status, text):
    """What must be the same again, to the letter. An item of a batch whose answer was lost is asked
    for again by itself, and a problem names the path that was asked."""
    return text if status < 400 else re.sub(r',"instance":"[^"]*"', "", text)


def answered(call, status, raw, replayed, back):
    """The calls that this answer settles: one, or one for each item of an independent batch."""
    body = json.loads(raw)
    if call.request[0] == "independent" and status == 200:
        return [item_of(call, i, one, item, back)
                for i, (one, item) in enumerate(zip(call.request[1], body["results"], strict=True))]
    call.back = back
    call.status = status
    call.replayed = replayed
    call.text = text_of(status, raw.decode())
    call.said = said_of(call.request, status, body)
    call.seq = body.get("seq")
    return [call]


def item_of(batch, index, request, item, back):
    call = Call(f"{batch.key}/{index}", request, batch.invoke)
    call.back = back
    call.status = item["status"]
    call.replayed = item.get("replayed", False)
    call.text = text_of(call.status, json.dumps(item["body"], separators=(",", ":")))
    call.said = said_of(request, call.status, item["body"])
    call.seq = item["body"].get("seq")
    return call


def unanswered(call):
    """The same for an answer that never came."""
    if call.request[0] != "independent":
        return [call]
    return [Call(f"{call.key}/{i}", one, call.invoke) for i, one in enumerate(call.request[1])]


def event_of(line):
    event = json.loads(line)
    origin = event.get("origin", {})
    sums = event.get("balances", {})
    facts = (event["type"], event.get("account"), event.get("amount"),
             *(sums.get(name) for name in ("before", "after", "available", "held")))
    return Event(event["seq"], origin.get("first_seq", event["seq"]), origin.get("key"), facts)


def exported(bin_folder, data):
    """Every event of the ledger in that folder, as the auditor's tool exports it."""
    with subprocess.Popen([f"{bin_folder}/creditd-replay", "export", data, "--format", "jsonl"],
                          stdout=subprocess.PIPE) as tool:
        events = [event_of(line) for line in tool.stdout]
    if tool.returncode != 0:
        raise AssertionError(f"the export ended with {tool.returncode}")
    return events
