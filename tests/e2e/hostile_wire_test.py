"""Hostile framing over raw sockets: smuggling, large heads and bodies, slow and absent clients. A
refused message ends its connection, so that what follows it is never read as a request."""

import concurrent.futures
import os
import re
import socket
import time

from contract_kit import Ledger, check, expect
from harness import ADMIN_KEY, Daemon, main
from hostile_test import RSS_GROWTH_KB_MAX, resident_kb

HEAD_TIMEOUT, REQUEST_TIMEOUT, IDLE_TIMEOUT = 1, 2, 3
ENVIRONMENT = {"CREDITD_SERVER__HEAD_TIMEOUT": f"{HEAD_TIMEOUT}s",
               "CREDITD_SERVER__REQUEST_TIMEOUT": f"{REQUEST_TIMEOUT}s",
               "CREDITD_SERVER__IDLE_TIMEOUT": f"{IDLE_TIMEOUT}s",
               "CREDITD_SERVER__WRITE_TIMEOUT": "2s", "CREDITD_LOG__REQUESTS": "true"}
AUTH = b"Authorization: Bearer " + ADMIN_KEY.encode() + b"\r\n"
POST = b"POST /v1/transfers HTTP/1.1\r\nHost: a\r\n" + AUTH
JSON = b"Content-Type: application/json\r\nIdempotency-Key: k\r\n"
HIDDEN = b"GET /v1/hidden HTTP/1.1\r\nHost: a\r\n" + AUTH + b"\r\n"


def exchange(port, *parts, pause=0.0, seconds=10):
    """Sends the parts and returns all bytes until the connection ends, and how long that took."""
    begun = time.monotonic()
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                if pause:
                    time.sleep(pause)
        except OSError:
            pass  # it hung up already: what it said before is still there
        try:
            while data := connection.recv(65536):
                received += data
        except ConnectionError:
            pass
        except TimeoutError:
            raise AssertionError(f"still open after {seconds} s: {parts[0][:120]!r}") from None
    return received, time.monotonic() - begun


def statuses(received):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def smuggling_cases():
    """(name, bytes, statuses that may be answered); HIDDEN follows each and must stay unread."""
    te = b"Transfer-Encoding: "
    chunks = b"\r\n0\r\n\r\n"
    for value in (b"chunked", b"gzip", b"identity", b"xchunked", b"chunked, identity", b" chunked",
                  b"\tchunked", b"cHuNkEd", b"chunked\r\nTransfer-Encoding: x", b"",
                      b"\x0bchunked"):
        yield value, POST + JSON + te + value + b"\r\n" + chunks, {400, 411}
        yield value, POST + JSON + te + value + b"\r\nContent-Length: 5\r\n" + chunks, {400, 411}
        framed = POST + JSON + b"Content-Length: 5\r\n" + te + value + b"\r\n" + chunks
        yield value, framed, {400, 411}
    yield "space before the colon", POST + JSON + b"Transfer-Encoding : chunked\r\n" + chunks, {400}
    yield "long chunk extension", (POST + JSON + te + b"chunked\r\n\r\n1;" + b"x" * 100000), {411}
    for value in (b"5, 5", b"+5", b"-1", b"0x5", b"5 5", b"5\r\nContent-Length: 5", b"", b"1e1",
        b"5.0",
                  b"5\r\nContent-Length: 6", b"18446744073709551616", b"99999999999999999999999"):
        yield value, POST + JSON + b"Content-Length: " + value + b"\r\n\r\n{}   ", {400, 413}
    for host in (b"", b"Host: a\r\nHost: a\r\n", b"Host: a\r\nHost: b\r\n", b"Host: a b\r\n",
        b"Host:\r\n",
                 b"Host : a\r\n", b"Host: a\r\n folded\r\n", b"\r\nHost: a\r\n", b" Host: a\r\n"):
        yield host, b"GET /v1/accounts HTTP/1.1\r\n" + host + AUTH + b"\r\n", {400, 401}
    for line in (b"GET /livez HTTP/1.2", b"GET /livez HTTP/2.0", b"GET /livez",
        b"GET  /livez HTTP/1.1",
                 b"GET /livez HTTP/1.1 ", b"GET /li\0vez HTTP/1.1", b"G\x01T /livez HTTP/1.1",
                 b"GET /liv\xffez HTTP/1.1", b"GET /livez\tHTTP/1.1", b" GET /livez HTTP/1.1",
                 b"\x16\x03\x01\x02\x00\x01", b"PRI * HTTP/2.0"):
        yield line, line + b"\r\nHost: a\r\n\r\n", {400, 505}
    for field in (b"X: a\0b", b"X: a\rb", b": x", b"X y: 1", b"X\x00: 1", b"(X): 1", b"NoColon",
        b"X: \x7f",
                  b"Authorization: Bearer other"):
        listed = b"GET /v1/accounts HTTP/1.1\r\nHost: a\r\n" + AUTH + field + b"\r\n\r\n"
        yield field, listed, {400}


def smuggling(port):
    count = 0
    for name, data, allowed in smuggling_cases():
        received, _ = exchange(port, data + HIDDEN)
        got = statuses(received)
        check(len(got) <= 1 and set(got) <= allowed, f"{name!r}: {got} {received[-200:]!r}")
        check(b"/v1/hidden" not in received, f"{name!r}: the hidden request was answered")
        count += 1
    # what is right is served: a pipeline in order, 1.0 without keep-alive, a body with a length
    ok = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    check(statuses(exchange(port, ok * 20 + last)[0]) == [200] * 21, "a pipeline")
    check(statuses(exchange(port, b"GET /livez HTTP/1.0\r\n\r\n" + ok)[0]) == [200], "HTTP/1.0")
    bare = b"GET /livez HTTP/1.1\nHost: a\n\n"
    check(set(statuses(exchange(port, bare + HIDDEN)[0])) <= {400}, "bare line feeds")
    expected = (POST + JSON +
                b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n")
    check(statuses(exchange(port, expected, b"{}", pause=0.2)[0]) == [100, 400], "100-continue")
    return count


def large_messages(port):
    start = b"GET /livez HTTP/1.1\r\nHost: a\r\n"
    filler = b"X: " + b"a" * 4000 + b"\r\n"
    for name, data, expected in (
            ("8 KB of head", start + filler * 3 + b"\r\n", [431]),
            ("a head without end", start + b"X: " + b"a" * 3_000_000, [431]),
            ("65 headers", start + b"X: a\r\n" * 65 + b"\r\n", [431]),
            ("a long target", b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", None),
            ("a line without end", b"G" * 100_000, None)):
        received, _ = exchange(port, data)
        got = statuses(received)
        check(got == expected or expected is None and set(got) <= {400, 414, 431},
              f"{name}: {got} {received[-200:]!r}")
    for size, path, expected in ((65536, b"/v1/transfers", 400), (65537, b"/v1/transfers", 413),
                                 (500_000, b"/v1/transfers", 413), (10**12, b"/v1/transfers", 413),
                                 (4 << 20, b"/v1/batches", 400), ((4 << 20) + 1, b"/v1/batches",
                                     413)):
        head = (b"POST " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + AUTH + JSON +
                b"Content-Length: %d\r\n\r\n" % size)
        received, _ = exchange(port, head, b" " * min(size, (4 << 20) + 1))
        check(statuses(received) == [expected], f"{size} bytes for {path}: {received[:200]!r}")


def slow_clients(port):
    """Each is given up in its time, whatever it trickles meanwhile."""
    head = POST + JSON + b"Content-Length: 20\r\n\r\n"
    trickle = [b"x"] * 12
    cases = {
        "no request": ([b""], 0.0, HEAD_TIMEOUT),
        "half a head": ([b"GET /livez HT"], 0.0, HEAD_TIMEOUT),
        "a head byte by byte": ([b"GET / HTTP/1.1\r\nX: ", *trickle], 0.3, HEAD_TIMEOUT),
        "no body": ([head], 0.0, REQUEST_TIMEOUT),
        "a body byte by byte": ([head, *trickle], 0.3, REQUEST_TIMEOUT),
        "an idle connection": ([b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"], 0.0, IDLE_TIMEOUT),
    }

    def one(name):
        parts, pause, limit = cases[name]
        received, seconds = exchange(port, *parts, pause=pause)
        # a sender that sleeps notices the end only when it has sent its parts
        most = max(limit, pause * len(parts)) + 3
        check(limit * 0.5 <= seconds <= most, f"{name}: {seconds:.1f} s, limit {limit} s")
        check(set(statuses(received)) <= {200, 408}, f"{name}: {received!r}")

    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        list(pool.map(one, cases))
    return len(cases)


def crowd(daemon):
    """500 clients that say half of something; served meanwhile, and all files are given back."""
    before = open_files(daemon)
    half = (POST + JSON + b"Content-Length: 60000\r\n\r\n" + b" " * 50000)
    sockets = []
    for n in range(500):
        connection = socket.create_connection(("127.0.0.1", daemon.port))
        connection.sendall(half if n % 2 else half[:150])
        sockets.append(connection)
    expect(Ledger(daemon).get("/v1/accounts"), 200)
    for connection in sockets[::2]:
        connection.close()
    end = time.monotonic() + 15
    while open_files(daemon) > before + 2:
        check(time.monotonic() < end, f"{open_files(daemon)} open files, {before} before")
        time.sleep(0.1)
    for connection in sockets:
        connection.close()


def open_files(daemon):
    return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))


def no_reader(daemon):
    """A client that asks and never reads is given up; the others are answered."""
    account = Ledger(daemon).account()
    operations = [{"op": "grant", "account": account, "amount": 1}] * 50
    expect(Ledger(daemon).post("/v1/batches", {"operations": operations}), 200)
    ask = (f"GET /v1/accounts/{account}/transactions?limit=100 HTTP/1.1\r\nHost: a\r\n".encode() +
           AUTH + b"\r\n")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", daemon.port))
        connection.settimeout(1)
        gone = False
        end = time.monotonic() + 12
        while not gone and time.monotonic() < end:
            try:
                connection.sendall(ask * 20)
            except TimeoutError:
                continue
            except OSError:
                gone = True
    check(gone, "a client that never reads is kept")
    expect(Ledger(daemon).get("/v1/accounts"), 200)


def run(options):
    daemon = Daemon(options.bin, environment=ENVIRONMENT)
    try:
        daemon.start()
        before = resident_kb(daemon)
        cases = smuggling(daemon.port)
        large_messages(daemon.port)
        slow = slow_clients(daemon.port)
        crowd(daemon)
        no_reader(daemon)
        growth = resident_kb(daemon) - before
        check(daemon.is_alive(), "the daemon died")
        check(growth < RSS_GROWTH_KB_MAX, f"{growth} KB more memory")
        check(daemon.stop() == 0, "the daemon did not stop in good order")
        check(ADMIN_KEY not in daemon.log_text(), "the log holds the key")
        check("/v1/hidden" not in daemon.log_text(), "a hidden request was served")
        print(f"{cases} framings, {slow} slow clients, a crowd of 500: memory +{growth} KB")
    finally:
        daemon.remove()


if __name__ == "__main__":
    main(run)
