"""A witness of logs (C2SP tlog-witness), written from its specification: keeps the newest head that
it has cosigned of each log, and cosigns one that continues it, never another. Also one that lies.
Python's standard library, and the `openssl` command for Ed25519."""

import base64
import hashlib
import http.server
import os
import re
import subprocess
import tempfile
import threading
import time

from harness import check
from proof_kit import node_hash

DASH = "\u2014 "
PRIVATE_DER, PUBLIC_DER = (bytes.fromhex("302e020100300506032b657004220420"),
                           bytes.fromhex("302a300506032b6570032100"))
REQUEST = re.compile(rb"old (0|[1-9][0-9]*)\n((?:[A-Za-z0-9+/=]+\n)*)\n(.*)", re.DOTALL)


def openssl(words, **files):
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        return subprocess.run(["openssl", *words.split()], cwd=folder, capture_output=True,
                              check=False)


def is_signature(public, text, signature):
    return openssl("pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile by",
                   key=PUBLIC_DER + public, text=text, by=signature).returncode == 0


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def parse_vkey(vkey, kind):
    name, ident, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    check(key[0] == kind and key_id(name, kind, key[1:]).hex() == ident, f"a vkey: {vkey}")
    return name, bytes.fromhex(ident), key[1:]


def signatures(note):
    """(name, key id, signature) of each line."""
    for line in note.rpartition("\n\n")[2].splitlines():
        check(line.startswith(DASH), f"a signature's line: {line}")
        name, data = line.removeprefix(DASH).split(" ")
        data = base64.b64decode(data, validate=True)
        yield name, data[:4], data[4:]


class WitnessKey:
    def __init__(self, name):
        self.name, self.seed = name, os.urandom(32)
        self.public = openssl("pkey -inform DER -pubout -outform DER -in key",
                              key=PRIVATE_DER + self.seed).stdout[-32:]
        self.id = key_id(name, 4, self.public)

    def vkey(self):
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([4]) + self.public).decode()}"

    def cosign(self, text, when=None):
        when = int(time.time()) if when is None else when
        message = f"cosignature/v1\ntime {when}\n{text}".encode()
        made = openssl("pkeyutl -sign -keyform DER -inkey key -rawin -in text",
                       key=PRIVATE_DER + self.seed, text=message).stdout
        check(len(made) == 64, "openssl signs")
        data = self.id + when.to_bytes(8, "big") + made
        return f"{DASH}{self.name} {base64.b64encode(data).decode()}\n"

    def has_cosigned(self, note):
        """Does a valid cosignature stand in the note? One that is not valid must not."""
        text = note.rpartition("\n\n")[0] + "\n"
        found = [signature for name, ident, signature in signatures(note)
                 if (name, ident) == (self.name, self.id)]
        for signature in found:
            when = int.from_bytes(signature[:8], "big")
            check(is_signature(self.public, f"cosignature/v1\ntime {when}\n{text}".encode(),
                               signature[8:]), f"a cosignature that is none: {note}")
        return bool(found)


def is_consistent(first, first_root, second, second_root, proof):
    """RFC 9162, section 2.1.4.2."""
    if first == 0 or first == second:
        return not proof and (first == 0 or first_root == second_root)
    if not proof:
        return False
    proof = list(proof)
    if first & (first - 1) == 0:
        proof.insert(0, first_root)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = proof[0]
    for step in proof[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        at, last = at >> 1, last >> 1
    return last == 0 and older == first_root and newer == second_root


class Witness:
    """What it knows outlives its server, which can be stopped and started on the same port."""

    def __init__(self, name, lie=None):
        self.key = WitnessKey(name)
        self.lie = lie  # (witness, request's body) -> status, type, body; or None: the truth
        self.logs = {}  # origin: [(name, id, public key)]
        self.heads = {}  # origin: size, root
        self.cosigned = []  # every text
        self.requests = 0
        self.lock = threading.Lock()
        self.port, self.server = 0, None
        self.start()

    def trust(self, vkeys):
        for name, ident, public in (parse_vkey(vkey, 1) for vkey in vkeys):
            self.logs.setdefault(name, []).append((name, ident, public))

    def size(self):
        """Of the one log that it knows of."""
        return max((size for size, _ in self.heads.values()), default=0)

    def configured(self):
        return f"{self.key.vkey()} http://127.0.0.1:{self.port}/w"

    def start(self):
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with witness.lock:
                    witness.requests += 1
                said = witness.lie(witness, body) if witness.lie else None
                if said is None and self.path != "/w/add-checkpoint":
                    said = 404, "text/plain", b""
                status, kind, text = said or witness.add_checkpoint(body)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # connections that the daemon has cut
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """Kept connections are of no use any more: who asks on one is told to go away."""
        self.server.shutdown()
        self.server.server_close()
        honest, self.lie = self.lie, lambda *_: (503, "text/plain", b"")
        return honest

    def restart(self, lie=None):
        self.lie = lie
        self.start()

    def add_checkpoint(self, body):
        with self.lock:
            status, kind, text = self.judge(body)
        return status, kind, text.encode()

    def judge(self, body):
        plain, tlog_size = "text/plain", "text/x.tlog.size"
        found = REQUEST.fullmatch(body)
        if not found or len(found[2].splitlines()) > 63:
            return 400, plain, "malformed\n"
        old, note = int(found[1]), found[3].decode()
        text = note.rpartition("\n\n")[0] + "\n"
        origin, size, root = text.splitlines()[:3]
        size, root = int(size), base64.b64decode(root, validate=True)
        if origin not in self.logs:
            return 404, plain, "unknown log\n"
        if not any(is_signature(public, text.encode(), signature)
                   for name, ident, signature in signatures(note)
                   for known, known_id, public in self.logs[origin]
                   if (name, ident) == (known, known_id)):
            return 403, plain, "not signed by this log\n"
        if old > size:
            return 400, plain, "old is larger\n"
        known, known_root = self.heads.get(origin, (0, b""))
        if old != known or (old == size and root != known_root):
            return 409, tlog_size, f"{known}\n"
        proof = [base64.b64decode(line, validate=True) for line in found[2].split()]
        if not is_consistent(known, known_root, size, root, proof):
            return 422, plain, "the proof does not lead there\n"
        self.heads[origin] = size, root
        self.cosigned.append(text)
        return 200, plain, self.key.cosign(text)
