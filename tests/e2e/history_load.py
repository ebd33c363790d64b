"""Records a history: clients that send every kind of request at once, pipelined or one by one, to a
shared account and to others, cut some off, repeat some, and go on while the daemon is killed."""

import collections
import json
import random
import socket
import threading
import time

from harness import ADMIN_KEY
from history_records import READS, Call, answered, http_of, unanswered

HOT = "hot"
LIMITS = {HOT: 0, **{f"acct-{n}": 0 if n % 2 else 50 for n in range(12)}}
WEIGHTS = {"deduct": 32, "balance": 18, "grant": 9, "purchase": 4, "refund": 6, "hold": 6,
           "capture": 5, "release": 3, "transfer": 5, "atomic": 2, "independent": 3,
           "newest": 2, "balance_at": 1, "show": 2}
IN_BATCH = {"deduct": 6, "grant": 3, "purchase": 1, "hold": 1, "transfer": 1, "refund": 1}
TOO_MUCH = 10**8
RICH = 3000  # beyond it an account is spent from: one has at most 4 096 grants
OPEN_HOLDS = 300  # and as many holds


class Wire:
    """One connection. Requests go out in bursts; answers come back in order."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def answer(self):
        """Status, body, was it a repeat, and when it had come. OSError: the daemon is gone."""
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self.receive()
        head = self.buffer[:end].lower()
        length = head.index(b"content-length: ") + 16
        after = end + 4 + int(head[length:].split(b"\r\n", 1)[0])
        while len(self.buffer) < after:
            self.receive()
        body, self.buffer = self.buffer[end + 4:after], self.buffer[after:]
        return int(head[9:12]), body, b"idempotent-replayed: true" in head, time.monotonic_ns()

    def receive(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionResetError("closed by the daemon")
        self.buffer += data


def wire_bytes(call):
    request = call.request[1] if call.request[0] == "reuse" else call.request
    method, path, body = http_of(request, call.key)
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN_KEY}\r\n"
    if body is None:
        return (head + "\r\n").encode()
    data = json.dumps(body)
    return (f"{head}Content-Type: application/json\r\nIdempotency-Key: {call.key}\r\n"
            f"Content-Length: {len(data)}\r\n\r\n{data}").encode()


class Shared:
    """What the clients of one history know together; whatever they append is one atomic step."""

    def __init__(self, history, seed):
        self.history = history
        self.random = random.Random(seed)
        self.recent = collections.deque(maxlen=64)  # key, request: perhaps in flight
        self.archive = []  # key, request: of any age
        self.deductions = collections.deque(maxlen=60)
        self.holds = collections.deque()  # all that are thought to be open
        self.balances = dict.fromkeys(LIMITS, 0)  # as last seen
        self.unknown = []
        self.keys = 0
        self.torn = 0
        self.stop = threading.Event()

    def new_client(self, port, depth):
        self.keys += 1
        return Client(self, port, depth, f"c{self.keys}", self.random.randrange(1 << 32))


class Client(threading.Thread):
    """Sends bursts of `depth` requests until it is told to stop or the daemon is gone."""

    def __init__(self, shared, port, depth, name, seed):
        super().__init__(daemon=True)
        self.shared = shared
        self.port = port
        self.depth = depth
        self.prefix = name
        self.random = random.Random(seed)
        self.count = 0
        self.known = collections.deque(maxlen=50)  # key, request: answered and recorded
        self.failure = None

    def run(self):
        try:
            while not self.shared.stop.is_set():
                self.connection(Wire(self.port))
        except OSError:
            return
        except Exception as error:  # for whoever joins: a broken answer is a finding
            self.failure = error
            raise

    def connection(self, wire):
        with wire.socket:
            while not self.shared.stop.is_set():
                calls = [self.next_call() for _ in range(self.random.randint(1, self.depth))]
                if not self.burst(wire, calls):
                    return

    def burst(self, wire, calls):
        """False: this client cut the connection itself."""
        wanted = self.random.randrange(len(calls)) if self.one_in(150) else len(calls)
        data = b"".join(map(wire_bytes, calls))
        if wanted < len(calls) and self.one_in(2):
            data += self.torn_request()
        now = time.monotonic_ns()
        for call in calls:
            call.invoke = now
        settled = 0
        try:
            wire.socket.sendall(data)
            while settled < wanted:
                self.settle(calls[settled], *wire.answer())
                settled += 1
        finally:
            for call in calls[settled:]:
                self.lose(call)
        return wanted == len(calls)

    def torn_request(self):
        """All of a request but its last byte: it must never have an effect."""
        self.shared.torn += 1
        torn = Call(f"{self.prefix}-torn-{self.shared.torn}", ("grant", HOT, 1_000_000), 0)
        return wire_bytes(torn)[:-1]

    def settle(self, call, status, raw, replayed, back):
        calls = answered(call, status, raw, replayed, back)
        self.shared.history.calls.extend(calls)
        if call.key is None or call.request[0] == "reuse" or not call.is_recorded():
            return
        self.known.append((call.key, call.request))
        if self.one_in(20):
            self.shared.archive.append((call.key, call.request))
        for one in calls:
            self.learn(one)

    def learn(self, call):
        kind = call.request[0]
        if call.status != 201 or call.replayed:
            return
        self.shared.balances[call.said[1]] = call.said[5]
        if kind in ("deduct", "capture"):
            self.shared.deductions.append(call.said[0])
        elif kind == "hold":
            self.shared.holds.append(call.said[0])

    def lose(self, call):
        if call.key is None or call.request[0] == "reuse":
            return
        calls = unanswered(call)
        self.shared.history.calls.extend(calls)
        self.shared.unknown.extend(calls)

    # --- what to send -----------------------------------------------------------------------------

    def one_in(self, count):
        return self.random.random() * count < 1

    def next_call(self):
        choice = self.random.random()
        if choice < 0.04 and self.shared.recent:
            return Call(*self.random.choice(self.shared.recent), 0)
        if choice < 0.05 and self.shared.archive:
            return Call(*self.random.choice(self.shared.archive), 0)
        if choice < 0.06 and self.known:
            key, request = self.random.choice(self.known)
            if isinstance(request[-1], int):
                changed = (*request[:-1], request[-1] + 1)
                return Call(key, ("reuse", changed), 0)
        request = self.request(WEIGHTS)
        if request[0] in READS:
            return Call(None, request, 0)
        self.count += 1
        key = f"{self.prefix}-{self.count}"
        self.shared.recent.append((key, request))
        return Call(key, request, 0)

    def account(self):
        return HOT if self.one_in(2) else f"acct-{self.random.randrange(12)}"

    def request(self, weights):
        kind = self.random.choices(list(weights), list(weights.values()))[0]
        draw = self.random.randint
        if kind in ("atomic", "independent"):
            return kind, tuple(self.request(IN_BATCH) for _ in range(draw(2, 9)))
        if kind in READS and kind != "show":
            return kind, self.account()
        if kind == "transfer":
            sender = self.account()
            receivers = [name for name in LIMITS if name != sender]
            return kind, sender, self.random.choice(receivers), draw(1, 8)
        if kind == "hold" and len(self.shared.holds) > OPEN_HOLDS:
            kind = "release" if weights is WEIGHTS else "deduct"
        if kind in ("refund", "capture", "release", "show"):
            return self.about_older(kind)
        account = self.account()
        if kind in ("grant", "purchase"):
            is_rich = self.shared.balances[account] > RICH
            return ("deduct", account, draw(1, 150)) if is_rich else (kind, account, draw(1, 60))
        is_greedy = kind in ("deduct", "hold") and self.one_in(300)
        return kind, account, TOO_MUCH if is_greedy else draw(1, 12)

    def about_older(self, kind):
        known = self.shared.deductions if kind == "refund" else self.shared.holds
        try:
            name = known.popleft() if kind == "release" else self.random.choice(known)
        except IndexError:  # another client took the last one
            return "deduct", self.account(), self.random.randint(1, 12)
        if kind in ("release", "show"):
            return kind, name
        return kind, name, self.random.randint(1, 4)


def ask(shared, wire, key, request):
    """One call outside of the load, recorded like the others."""
    call = Call(key, request, time.monotonic_ns())
    wire.socket.sendall(wire_bytes(call))
    shared.history.calls.extend(answered(call, *wire.answer()))
    return call


def settle_unknown(shared, port, share=1.0):
    """Repeats what has no answer, or a share of it; a share stays unknown until later."""
    wire = Wire(port)
    waiting, shared.unknown = shared.unknown, []
    with wire.socket:
        for call in waiting:
            if shared.random.random() < share:
                ask(shared, wire, call.key, call.request)
            else:
                shared.unknown.append(call)
    return len(waiting) - len(shared.unknown)
