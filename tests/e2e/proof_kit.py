"""The log as an auditor sees it over HTTP: checkpoints, receipts, tiles, entry bundles, and the
arithmetic of RFC 6962 in a few lines of its own."""

import base64
import hashlib

from harness import check


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes):
    """MTH of RFC 6962, section 2.1, over the hashes of leaves."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:  # pairing from the left, an odd one going up as it is, is the same tree
        pairs = [node_hash(*hashes[at:at + 2]) for at in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(hashes) & ~1:]
    return hashes[0]


class Head:
    """A checkpoint's three lines; its signature is for others to verify."""

    def __init__(self, note):
        self.note = note
        text, _, self.signatures = note.partition("\n\n")
        self.origin, size, root = text.split("\n")
        self.size = int(size)
        self.root = base64.b64decode(root, validate=True)


class Receipt:
    def __init__(self, text):
        self.text = text
        head, _, checkpoint = text.partition("\n\n")
        first, extra, index, *path = head.split("\n")
        check(first == "c2sp.org/tlog-proof@v1", f"a receipt begins with {first}")
        check(extra.startswith("extra ") and index.startswith("index "), f"a receipt: {text}")
        self.entry = base64.b64decode(extra[6:], validate=True)
        self.index = int(index[6:])
        self.path = [base64.b64decode(line, validate=True) for line in path]
        self.head = Head(checkpoint)

    def root(self):
        """RFC 9162, section 2.1.3.2."""
        at, last, found = self.index, self.head.size - 1, leaf_hash(self.entry)
        for step in self.path:
            check(last > 0, "the path is too long")
            if at & 1 or at == last:
                found = node_hash(step, found)
                while not at & 1 and at:
                    at, last = at >> 1, last >> 1
            else:
                found = node_hash(found, step)
            at, last = at >> 1, last >> 1
        check(last == 0, "the path is too short")
        return found


def element(index):
    """A tile's index as it is written."""
    text = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        text = f"x{index % 1000:03}/{text}"
    return text


def tile_path(level, index, width):
    return f"/tile/{level}/{element(index)}" + (f".p/{width}" if width < 256 else "")


class Log:
    def __init__(self, client):
        self.client = client

    def get(self, path, status=200):
        got = self.client.call("GET", path)
        check(got.status == status, f"GET {path}: {got}")
        return got

    def text(self, path):
        got = self.get(path)
        check(got.headers["content-type"] == "text/plain; charset=utf-8", f"{path}: {got.headers}")
        return got.body.decode()

    def keys(self):
        return self.text("/v1/log/key").splitlines()

    def head(self):
        return Head(self.text("/checkpoint"))

    def receipt(self, transaction):
        return Receipt(self.text(f"/v1/transactions/{transaction}/receipt"))

    def consistency(self, older, newer):
        return self.get(f"/v1/log/consistency?from={older}&to={newer}").json()["hashes"]

    def hashes(self, level, index, width):
        got = self.get(tile_path(level, index, width))
        check(got.headers["content-type"] == "application/octet-stream", f"{got.headers}")
        check("immutable" in got.headers["cache-control"], f"{got.headers}")
        check(len(got.body) == 32 * width, f"{len(got.body)} bytes for {width} hashes")
        return [got.body[at:at + 32] for at in range(0, len(got.body), 32)]

    def bundle(self, index, width):
        body = self.get(tile_path("entries", index, width)).body
        entries, at = [], 0
        while at < len(body):
            size = int.from_bytes(body[at:at + 2], "big")
            entries.append(body[at + 2:at + 2 + size])
            at += 2 + size
        check(at == len(body) and len(entries) == width, f"{len(entries)} entries for {width}")
        return entries

    def entries(self, size):
        """Every entry of the log, each tile of which is compared with its entries."""
        found = []
        for index in range((size + 255) // 256):
            width = min(256, size - 256 * index)
            part = self.bundle(index, width)
            check([leaf_hash(entry) for entry in part] == self.hashes(0, index, width),
                  f"tile {index} is not of its entries")
            found += part
        return found
