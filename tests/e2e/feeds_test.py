"""Feeds: pages and streams of what happens. Nothing missed, nothing twice, nothing before it is
durable, nothing that a key may not see; readers that are slow, that leave, that come back;
thousands of them at once."""

import json
import socket
import threading
import time

from contract_kit import Ledger, check, expect, unique
from harness import ADMIN_KEY, Daemon, is_sanitized, main


class Stream:
    """One text/event-stream, read by hand."""

    def __init__(self, daemon, path, key=ADMIN_KEY, last_event_id=None):
        self.socket = socket.create_connection(("127.0.0.1", daemon.port), timeout=20)
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept: text/event-stream"]
        if key is not None:
            lines.append(f"Authorization: Bearer {key}")
        if last_event_id is not None:
            lines.append(f"Last-Event-ID: {last_event_id}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.buffer = b""
        self.head = self.until(b"\r\n\r\n").decode()
        self.status = int(self.head.split()[1])

    def until(self, mark):
        while mark not in self.buffer:
            got = self.socket.recv(65536)
            if not got:
                raise EOFError
            self.buffer += got
        text, self.buffer = self.buffer.split(mark, 1)
        return text

    def message(self):
        """(id, event, data) of the next message; comments and `retry` are passed over."""
        while True:
            fields = {}
            for line in self.until(b"\n\n").decode().split("\n"):
                name, _, value = line.partition(":")
                fields[name] = value.strip()
            if "data" in fields:
                return int(fields["id"]), fields["event"], json.loads(fields["data"])

    def until_seq(self, seq):
        """All messages up to the one with this id."""
        found = []
        while not found or found[-1][0] < seq:
            found.append(self.message())
        return found

    def close(self):
        self.socket.close()


def deduct(ledger, account, amount=1):
    return expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": amount}), 201)


def streams_open(ledger):
    text = ledger.get("/metrics").body.decode()
    return int(next(line.split()[1] for line in text.splitlines()
                    if line.startswith("creditd_streams_open ")))


def wait_for(condition, what, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, what)
        time.sleep(0.02)


def pages(ledger, daemon):
    first, second = ledger.account(100), ledger.account(100)
    begun = deduct(ledger, first)["seq"] - 1
    for account in (second, first, second, first):
        deduct(ledger, account)
    page = expect(ledger.get(f"/v1/events?after={begun}"), 200)
    check([e["account"] for e in page["data"]] == [first, second, first, second, first], f"{page}")
    check(not page["has_more"] and page["next_cursor"] is None, f"{page}")
    check([e["seq"] for e in page["data"]] == sorted(e["seq"] for e in page["data"]), "order")
    one = page["data"][0]
    check(one["type"] == "credits.deducted" and one["id"] == f"evt_{one['seq']}", f"{one}")
    check(one["data"] == expect(ledger.get(f"/v1/transactions/{one['data']['id']}"), 200), "data")
    of_one = expect(ledger.get(f"/v1/events?after={begun}&account={first}"), 200)
    check({e["account"] for e in of_one["data"]} == {first} and len(of_one["data"]) == 3, "account")
    walked, after = [], 0
    while True:
        page = expect(ledger.get(f"/v1/events?after={after}&limit=3&types=credits.deducted"), 200)
        walked += page["data"]
        if not page["has_more"]:
            break
        after = page["next_cursor"]
    check([e["account"] for e in walked] == [first, second, first, second, first], f"{walked}")
    rest = expect(ledger.get(f"/v1/events?after={page['seq']}"), 200)
    check(rest["data"] == [] and rest["seq"] >= page["seq"], f"{rest}")
    for bad in ("after=-1", "after=x", "types=none", "types=", "limit=0", "limit=1001", "x=1"):
        expect(ledger.get(f"/v1/events?{bad}"), 400, "invalid_request")
    expect(ledger.get("/v1/events?account=none-such"), 404, "account_not_found")
    check(ledger.get("/v1/accounts/none-such/stream").status == 404, "a stream of nobody")


def names(ledger, daemon):
    """Each kind of news has its name and says whose balance it is."""
    account = ledger.account(100)
    at = f"/v1/accounts/{account}"
    begun = deduct(ledger, account)["seq"]
    expect(ledger.put(f"{at}/alerts/low", {"below": 90, "recovered_at": 95}), 200)
    hold = expect(ledger.post(f"{at}/holds", {"amount": 3, "expires_in": "1h"}), 201)["id"]
    expect(ledger.post(f"/v1/holds/{hold}/captures", {"amount": 1, "final": True}), 201)
    refused = ledger.post(f"{at}/deductions", {"amount": 1000})
    check(refused.status == 402, f"{refused}")
    taken = deduct(ledger, account, 50)
    expect(ledger.post(f"/v1/deductions/{taken['id']}/refunds"), 201)
    other = ledger.account()
    expect(ledger.post("/v1/transfers", {"from": account, "to": other, "amount": 2}), 201)
    expect(ledger.put(f"/v1/features/{unique('f')}", {"credits": 4}), 200)
    found = expect(ledger.get(f"/v1/events?after={begun}"), 200)["data"]
    check([e["type"] for e in found] ==
          ["hold.placed", "hold.captured", "credits.refused", "credits.deducted", "balance.low",
           "credits.refunded", "balance.recovered", "account.created", "credits.transferred",
           "credits.transferred", "price.changed"], f"{[e['type'] for e in found]}")
    low = next(e for e in found if e["type"] == "balance.low")
    check(low["data"] == {"alert": "low", "threshold": 90, "account": account, "balance": 48,
                          "available": 48}, f"{low}")
    check(found[-1]["account"] is None and found[-1]["data"]["kind"] == "feature", f"{found[-1]}")


def confined(ledger, daemon):
    mine, other = ledger.account(10), ledger.account(10)
    key = ledger.key("ledger:read", account_prefix=mine)["secret"]
    confined_one = ledger.with_key(key)
    begun = deduct(ledger, other)["seq"]
    deduct(ledger, mine)
    expect(ledger.put(f"/v1/features/{unique('f')}", {"credits": 4}), 200)
    seen = expect(confined_one.get(f"/v1/events?after={begun - 1}"), 200)["data"]
    check([e["account"] for e in seen] == [mine], f"{seen}")
    check(Stream(daemon, f"/v1/accounts/{other}/stream", key).status == 404, "another's stream")
    stream = Stream(daemon, "/v1/events", key)
    deduct(ledger, other)
    last = deduct(ledger, mine)["seq"]
    check([m[0] for m in stream.until_seq(last)] == [last], "heard of another's account")
    check(Stream(daemon, "/v1/events", "nobody").status == 401, "without a key")


def live(ledger, daemon):
    account, other = ledger.account(100), ledger.account(100)
    stream = Stream(daemon, f"/v1/accounts/{account}/stream")
    check("text/event-stream" in stream.head and "no-store" in stream.head, stream.head)
    seq, name, balance = stream.message()
    check(name == "balance" and balance["balance"] == 100, f"{balance}")
    deduct(ledger, other)
    done = deduct(ledger, account, 7)
    got = [stream.message(), stream.message()]
    check([m[1] for m in got] == ["credits.deducted", "balance"], f"{got}")
    check(got[0][2]["data"] == done and got[0][0] == done["seq"], f"{got}")
    check(got[1][2]["balance"] == 93 and got[1][2]["available"] == 93, f"{got}")
    stream.close()
    for amount in (1, 2, 3):
        last = deduct(ledger, account, amount)
    again = Stream(daemon, f"/v1/accounts/{account}/stream", last_event_id=got[1][0])
    check(again.message()[1] == "balance", "the balance first")
    missed = again.until_seq(last["seq"])
    check([m[2]["data"]["amount"] for m in missed] == [1, 2, 3], f"{missed}")
    again.close()
    check(Stream(daemon, "/v1/events", last_event_id="x").status == 400, "a bad Last-Event-ID")
    wait_for(lambda: streams_open(ledger) == 0, "a stream that was left is still open")


def complete(ledger, daemon):
    """Readers of the whole log and of one account, while others write: all of it, in order."""
    accounts = [ledger.account(100_000) for _ in range(4)]
    begun = deduct(ledger, accounts[0])["seq"]
    everything = Stream(daemon, f"/v1/events?after={begun}")
    own = Stream(daemon, f"/v1/accounts/{accounts[1]}/stream?after={begun}")
    writers = [threading.Thread(target=lambda a=account: [deduct(Ledger(daemon), a) for _ in
                                                          range(150)]) for account in accounts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    last = deduct(ledger, accounts[1])["seq"]
    heard = everything.until_seq(last)
    expected = expect(ledger.get(f"/v1/events?after={begun}&limit=1000"), 200)["data"]
    check([m[2] for m in heard] == expected and len(heard) == 601, f"{len(heard)} of 601")
    of_own = [m for m in own.until_seq(last) if m[1] != "balance"]
    check([m[2] for m in of_own] == [e for e in expected if e["account"] == accounts[1]],
          f"{len(of_own)} of one account")
    everything.close()
    own.close()


def killed(ledger, daemon):
    """What a stream has said is durable, and the next one begins after it."""
    account = ledger.account(100)
    stream = Stream(daemon, f"/v1/accounts/{account}/stream")
    last = deduct(ledger, account)["seq"]
    heard = stream.until_seq(last)[-1]
    daemon.kill()
    daemon.start()
    ledger = Ledger(daemon)
    check(expect(ledger.get(f"/v1/transactions/{heard[2]['data']['id']}"), 200)
          == heard[2]["data"], "heard of, and gone")
    again = Stream(daemon, f"/v1/accounts/{account}/stream", last_event_id=heard[0])
    again.message()
    last = deduct(ledger, account, 2)["seq"]
    check([m[0] for m in again.until_seq(last)] == [last], "not after what was heard")
    again.close()


def slow_readers(ledger, daemon):
    """Who does not read is cut, and costs no more memory than its share."""
    account = ledger.account(1_000_000)
    slow = Stream(daemon, "/v1/events")
    wait_for(lambda: streams_open(ledger) == 1, "no stream")
    operations = [{"op": "deduct", "account": account, "amount": 1,
                   "description": "x" * 900}] * 1000
    for _ in range(12):
        expect(ledger.post("/v1/batches", {"mode": "independent", "operations": operations}), 200)
        if streams_open(ledger) == 0:
            break
    wait_for(lambda: streams_open(ledger) == 0, "a reader that does not read is kept")
    slow.close()


def leavers(ledger, daemon):
    """Who leaves at once is not waited for."""
    account = ledger.account(5)
    request = (f"GET /v1/accounts/{account}/stream HTTP/1.1\r\nHost: localhost\r\n"
               f"Authorization: Bearer {ADMIN_KEY}\r\n\r\n").encode()
    for _ in range(2000):
        with socket.create_connection(("127.0.0.1", daemon.port)) as leaver:
            leaver.sendall(request)
    wait_for(lambda: streams_open(ledger) == 0, "a stream of nobody is still open")


def many(ledger, daemon, count):
    """Open at once, each of its own account; one event reaches whom it concerns."""
    def resident_kb():
        with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    accounts = [ledger.account(5) for _ in range(20)]
    before = resident_kb()
    streams = [Stream(daemon, f"/v1/accounts/{accounts[i % 20]}/stream") for i in range(count)]
    check(streams_open(ledger) == count, f"{streams_open(ledger)} open")
    grown = resident_kb() - before
    for account in accounts:
        deduct(ledger, account)
    begun = time.monotonic()
    for stream in streams:
        check([stream.message()[1] for _ in range(3)] ==
              ["balance", "credits.deducted", "balance"], "news")
    took = time.monotonic() - begun
    if not is_sanitized():
        check(grown < 40 * count, f"{grown} KB for {count} streams")
    print(f"{count} streams: {grown / 1024:.1f} MB, news to all of them in {took:.2f} s, "
          f"{(resident_kb() - before) / 1024:.1f} MB afterwards")
    for stream in streams:
        stream.close()
    wait_for(lambda: streams_open(ledger) == 0, "streams are still open")


def run(options):
    daemon = Daemon(options.bin)
    try:
        daemon.start()
        for section in (pages, names, confined, live, complete, killed, slow_readers,
                        leavers):
            section(Ledger(daemon), daemon)
            print(section.__name__)
        many(Ledger(daemon), daemon, 5000 if options.full else 500)
        left_open = Stream(daemon, "/v1/events")
        begun = time.monotonic()
        check(daemon.stop() == 0, "the daemon did not stop in good order")
        check(time.monotonic() - begun < 4, "a stream held up the end")
        left_open.close()
    finally:
        daemon.remove()


if __name__ == "__main__":
    main(run)
