"""TLS: what Python's OpenSSL agrees on with it, certificates that are replaced while connections
are open, bytes one by one, readers that are slow, peers that are not TLS or stop half-way."""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

from contract_kit import Ledger, check, expect
from feeds_test import wait_for
from harness import ADMIN_KEY, Client, Daemon, main

HEAD_TIMEOUT = 2  # seconds


def make_certificate(folder, name):
    """A certificate of our own for 127.0.0.1, in place of the one before."""
    made = [os.path.join(folder, part + ".new") for part in ("cert", "key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-out", made[0], "-keyout", made[1]],
                   check=True, capture_output=True)
    with open(made[0], encoding="ascii") as file:
        text = file.read()
    for path in made:
        os.replace(path, path.removesuffix(".new"))
    return text


def context_of(certificate, version=None):
    context = ssl.create_default_context(cadata=certificate)
    if version:
        context.minimum_version = context.maximum_version = version
    return context


def connect(daemon, context):
    plain = socket.create_connection(("127.0.0.1", daemon.port), timeout=20)
    return context.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=False)


class SecureClient(Client):
    def __init__(self, daemon, context, key=ADMIN_KEY):
        super().__init__(daemon.port, key)
        self.connection = http.client.HTTPSConnection("127.0.0.1", daemon.port, timeout=30,
                                                      context=context)


class SecureLedger(Ledger):
    def __init__(self, daemon, context):
        self.daemon = daemon
        self.client = SecureClient(daemon, context)


def request(path, more=""):
    return (f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN_KEY}\r\n"
            f"{more}\r\n").encode()


def read_answer(secure):
    """Of one request: (head, body)."""
    got = b""
    while b"\r\n\r\n" not in got:
        part = secure.recv(65536)
        check(part, f"it ended after {got!r}")
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(next(line.split(b":")[1] for line in head.split(b"\r\n")
                      if line.lower().startswith(b"content-length")))
    while len(body) < length:
        body += secure.recv(65536)
    check(len(body) == length, "more than one answer")
    return head.decode(), body


def agrees(daemon, certificate):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = context_of(certificate, version)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with connect(daemon, context) as secure:
            check(secure.selected_alpn_protocol() == "http/1.1", "the protocol")
            for _ in range(3):
                secure.sendall(request("/livez"))
                check(read_answer(secure)[1] == b"ok\n", "an answer")
        ledger = SecureLedger(daemon, context)
        account = ledger.account(20_000)
        operations = [{"op": "deduct", "account": account, "amount": 1,
                       "description": "x" * 300}] * 9_000
        body = {"mode": "independent", "operations": operations}
        check(len(json.dumps(body)) > 3_000_000, "not large")
        done = expect(ledger.post("/v1/batches", body), 200)
        check(all(result["status"] == 201 for result in done["results"]), "a large body")
        check(ledger.balance(account)["balance"] == 11_000, "what it did")
    other = context_of(certificate)
    other.set_alpn_protocols(["h2"])
    with connect(daemon, other) as secure:
        check(secure.selected_alpn_protocol() is None, "a protocol that we do not speak")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        connect(daemon, old).close()
        raise AssertionError("TLS 1.1")
    except (ssl.SSLError, ConnectionError):
        pass


def streams(daemon, certificate):
    ledger = SecureLedger(daemon, context_of(certificate))
    account = ledger.account(10)
    with connect(daemon, context_of(certificate)) as secure:
        secure.sendall(request(f"/v1/accounts/{account}/stream"))
        got = b""
        for amount in (None, 1, 2):
            if amount:
                expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": amount}), 201)
            expected = {None: b'"balance":10,', 1: b'"balance":9,', 2: b'"balance":7,'}[amount]
            while b"event: balance" not in got or expected not in got.split(b"event: balance")[-1]:
                got += secure.recv(65536)


def says_goodbye(daemon, certificate):
    """Nobody can cut an answer short unnoticed: the end is said."""
    with connect(daemon, context_of(certificate)) as secure:
        secure.sendall(request("/livez", "Connection: close\r\n"))
        check(read_answer(secure)[1] == b"ok\n", "the answer")
        check(secure.recv(1) == b"", "the end")  # raises where it was not said


class ByteByByte:
    """A client whose every byte is sent alone, and that reads a few at a time."""

    def __init__(self, daemon, context):
        self.plain = socket.create_connection(("127.0.0.1", daemon.port), timeout=20)
        self.plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="127.0.0.1")

    def run(self, step):
        while True:
            try:
                result = step()
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                self.incoming.write(self.plain.recv(7))

    def flush(self):
        for byte in self.outgoing.read():
            self.plain.send(bytes([byte]))


def byte_by_byte(daemon, certificate):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        client = ByteByByte(daemon, context_of(certificate, version))
        client.run(client.tls.do_handshake)
        for _ in range(2):
            client.run(lambda: client.tls.write(request("/livez") * 2))
            got = b""
            while got.count(b"ok\n") < 2:
                got += client.run(lambda: client.tls.read(100))
            check(got.count(b"HTTP/1.1 200 OK") == 2, f"{got!r}")
        client.plain.close()


def slow_reader(daemon, certificate):
    """Answers that do not fit into the socket: nothing is lost, doubled or mixed up."""
    with connect(daemon, context_of(certificate)) as secure:
        secure.sendall(request("/openapi.json"))
        head, document = read_answer(secure)
        check(head.startswith("HTTP/1.1 200"), head)
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.settimeout(20)
    plain.connect(("127.0.0.1", daemon.port))
    with context_of(certificate).wrap_socket(plain, server_hostname="127.0.0.1") as secure:
        count = 30
        secure.sendall(request("/openapi.json") * count)
        time.sleep(0.5)
        got, wanted = bytearray(), count * len(document)
        while got.count(document[-200:]) < count and len(got) < 2 * wanted:
            got += secure.recv(65536)
        check(got.count(document) == count, f"{got.count(document)} of {count} answers")


def reloads(daemon, certificate, folder):
    """New connections get the new certificate; open ones go on; a broken file changes nothing."""
    before = connect(daemon, context_of(certificate))
    before.sendall(request("/livez"))
    check(read_answer(before)[1] == b"ok\n", "an open connection")
    stream = connect(daemon, context_of(certificate))
    ledger = SecureLedger(daemon, context_of(certificate))
    account = ledger.account(10)
    stream.sendall(request(f"/v1/accounts/{account}/stream"))
    stream.recv(65536)
    new = make_certificate(folder, "second")
    with connect(daemon, context_of(certificate)):
        pass  # nobody has asked for it yet
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(daemon.log_events("tls_keys_read")) == 1, "SIGHUP")
    with connect(daemon, context_of(new)) as secure:
        names = dict(pair[0] for pair in secure.getpeercert()["subject"])
        check(names["commonName"] == "second", f"{names}")
    try:
        connect(daemon, context_of(certificate)).close()
        raise AssertionError("the old certificate is still shown")
    except ssl.SSLCertVerificationError:
        pass
    before.sendall(request("/livez"))
    check(read_answer(before)[1] == b"ok\n", "an open connection")
    expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 201)
    got = b""
    while b"credits.deducted" not in got:
        got += stream.recv(65536)
    with open(os.path.join(folder, "cert"), "w", encoding="ascii") as file:
        file.write("nothing\n")
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: daemon.log_events("tls_keys_not_read"), "a broken file is not told")
    connect(daemon, context_of(new)).close()
    return new


def ends_within(plain, seconds):
    """What came until the peer closed."""
    plain.settimeout(seconds)
    got = b""
    try:
        while part := plain.recv(65536):
            got += part
    except ConnectionError:
        pass
    return got


def client_hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def hostile(daemon, certificate):
    chance = random.Random(7)
    hello = client_hello()
    wrong = [request("/livez"), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\r\n" * 100, b"\0" * 1000,
             chance.randbytes(5000), hello[:5] + chance.randbytes(len(hello)), hello[:60] + hello]
    wrong += [bytes(b if i != at else b ^ 0xff for i, b in enumerate(hello))
              for at in range(0, 12)]
    sockets = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in wrong]
    for plain, data in zip(sockets, wrong):
        plain.sendall(data)
    for plain, data in zip(sockets, wrong):
        got = ends_within(plain, HEAD_TIMEOUT + 8)
        # Four bytes, since a server's greeting is random: two of it would be there now and then.
        check(b"HTTP" not in got, f"{data[:20]!r}: {got!r}")
        plain.close()
    stalled = []
    for data in (b"", hello[:1], hello[:len(hello) // 2], hello):
        stalled.append(socket.create_connection(("127.0.0.1", daemon.port)))
        stalled[-1].sendall(data)
    begun = time.monotonic()
    for plain in stalled:
        ends_within(plain, HEAD_TIMEOUT + 8)
        plain.close()
    took = time.monotonic() - begun
    check(HEAD_TIMEOUT - 1 < took < HEAD_TIMEOUT + 5, f"a handshake that stalls: {took:.1f} s")
    for _ in range(200):
        plain = socket.create_connection(("127.0.0.1", daemon.port))
        plain.sendall(hello[:chance.randrange(len(hello))])
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        plain.close()
    connect(daemon, context_of(certificate)).close()


def cannot_start(options, folder):
    for certificate, key, why in (("none", "key", "no certificate in"),
                                  ("cert", "none", "no key for"), ("key", "key", "no certificate"),
                                  ("cert", "other", "no key for")):
        daemon = Daemon(options.bin, environment={
            "CREDITD_SERVER__TLS_CERTIFICATE_FILE": os.path.join(folder, certificate),
            "CREDITD_SERVER__TLS_KEY_FILE": os.path.join(folder, key)})
        try:
            check(daemon.start(wait=False).process.wait(timeout=60) == 1, f"{certificate} {key}")
            check(why in daemon.log_text(), daemon.log_text())
        finally:
            daemon.remove()


def wait_ready(daemon, certificate):
    def is_ready():
        try:
            client = SecureClient(daemon, context_of(certificate))
            return client.call("GET", "/readyz").status == 200
        except OSError:
            return False
    wait_for(is_ready, "it does not become ready", 60)


def run(options):
    folder = tempfile.mkdtemp(prefix="creditd-tls-")
    make_certificate(folder, "other")
    shutil.move(os.path.join(folder, "key"), os.path.join(folder, "other"))
    certificate = make_certificate(folder, "first")
    cannot_start(options, folder)
    daemon = Daemon(options.bin, environment={
        "CREDITD_SERVER__TLS_CERTIFICATE_FILE": os.path.join(folder, "cert"),
        "CREDITD_SERVER__TLS_KEY_FILE": os.path.join(folder, "key"),
        "CREDITD_SERVER__HEAD_TIMEOUT": f"{HEAD_TIMEOUT}s"})
    try:
        daemon.start(wait=False)
        wait_ready(daemon, certificate)
        for section in (agrees, streams, says_goodbye, byte_by_byte, slow_reader):
            section(daemon, certificate)
            print(section.__name__)
        certificate = reloads(daemon, certificate, folder)
        hostile(daemon, certificate)
        check(daemon.is_alive(), "the daemon died")
        left_open = connect(daemon, context_of(certificate))
        check(daemon.stop() == 0, "the daemon did not stop in good order")
        check(left_open.recv(1) == b"", "an idle connection is told the end")
    finally:
        daemon.remove()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(run)
