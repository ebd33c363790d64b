#!/usr/bin/env python3
"""A second verifier of creditd's log, written from replay/FORMAT.md alone.

  verify.py ARCHIVE|http://HOST:PORT [--key VKEY]... [--witness VKEY]... [--witnesses-required N]

Of a daemon: its checkpoint and tiles, with an API key of scope audit:read in CREDITD_API_KEY its
events, up to one above 64 KiB. The keys come from elsewhere than the log. Needs `openssl`.
Exit: 0 sound, 2 wrong use or no answer, 3 damaged or forged.
"""

import argparse
import base64
import hashlib
import os
import re
import struct
import subprocess
import sys
import tempfile
import urllib.request

BLOCK_MAX, EVENT_MAX, SEQ_MAX, NOTE_MAX, LARGE = 2**21, 2**20, 2**48 - 1, 65_536, b"CRDLARGE"
WHOSE = "the log's own: this shows only that the log agrees with itself", "given"
HEADER, HEAD = struct.Struct("<4sHH16sHHIQQqI32sI"), struct.Struct("<QqqqII")
MANIFEST = re.compile(
    "creditd-archive 1\nledger ([0-9a-f]{32})\nshard (N)\nepoch (N)\nseq (N)\nhash ([0-9a-f]{64})"
    "\ntime (0|-?[1-9][0-9]{0,18})\nsigned (N)\n((?:segment N N\n)+)crc32c ([0-9a-f]{8})\n"
    .replace("N", "(?:0|[1-9][0-9]{0,18})"))
CRC = [list(range(256))]
for _ in range(8):
    CRC[0] = [(value >> 1) ^ (0x82F63B78 if value & 1 else 0) for value in CRC[0]]
for _ in range(7):
    CRC.insert(0, [CRC[-1][value & 255] ^ (value >> 8) for value in CRC[0]])
# What the kinds add to the balance / to what is held: n a number, s the i64 at byte 8 of a struct,
# p a vector of parts, r what was restored into revoked grants; then the field.
EFFECTS = {7: "+n0", 8: "+n0 +n8", 10: "+n1", 11: "-n1", 12: "-n1", 13: "-s0 -p8 -n9",
           14: "+n1 -r3", 15: "/ +s0", 16: "/ +n1", 17: "-n1 -p13 / -n1 -n12", 18: "-p2 / -n1",
           19: "-n1", 20: "+n1", 28: "+n2 -p4", 29: "+n1", 31: "+n2", 45: "-n1", 46: "+n1"}
TERM = {"n": lambda body, field: body.number(field),
        "s": lambda body, field: body.number(field, skip=8),
        "p": lambda body, field: sum(struct.unpack_from("<q", body.data, at + 8)[0]
                                     for at in body.vector(field, 16)),
        "r": lambda body, field: sum(part.number(2) for part in body.tables(field)
                                     if part.number(3, "<B") == 2)}
EFFECTS = {kind: [[(int(word[0] + "1"), TERM[word[1]], int(word[2:])) for word in side.split()]
                  for side in (spec + "/").split("/")[:2]] for kind, spec in EFFECTS.items()}


def need(condition, what, seq=None):
    """What is wrong is a ValueError; it names the first event that is concerned, if it is one."""
    if not condition:
        raise ValueError(what if seq is None else f"seq {seq}: {what}")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def crc32c(data):
    crc, whole, (t0, t1, t2, t3, t4, t5, t6, t7) = 0xFFFFFFFF, len(data) & ~7, CRC
    for a, b, c, d, e, f, g, h in struct.iter_unpack("8B", data[:whole]):
        crc = (t0[a ^ crc & 255] ^ t1[b ^ crc >> 8 & 255] ^ t2[c ^ crc >> 16 & 255]
               ^ t3[d ^ crc >> 24] ^ t4[e] ^ t5[f] ^ t6[g] ^ t7[h])
    for byte in data[whole:]:
        crc = t7[(crc ^ byte) & 255] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, f"another spelling of base64: {text}")
    return data


class Table:
    """A FlatBuffers table. Whatever is outside of the buffer is a struct.error."""

    def __init__(self, data, at):
        self.data, self.at, self.vtable = data, at, at - struct.unpack_from("<i", data, at)[0]
        if self.vtable < 0:
            raise struct.error("a table outside of its buffer")
        self.fields = (struct.unpack_from("<H", data, self.vtable)[0] - 4) // 2

    def place(self, field):
        known = field < self.fields
        far = struct.unpack_from("<H", self.data, self.vtable + 4 + 2 * field)[0] if known else 0
        return self.at + far if far else 0

    def number(self, field, form="<q", skip=0):
        at = self.place(field)
        return struct.unpack_from(form, self.data, at + skip)[0] if at else 0

    def table(self, field):
        if not self.place(field):
            raise struct.error("a table is missing")
        return Table(self.data, self.place(field) + self.number(field, "<I"))

    def vector(self, field, size):
        at = self.place(field) + self.number(field, "<I")
        count = struct.unpack_from("<I", self.data, at)[0] if at else 0
        return range(at + 4, at + 4 + size * count, size)

    def text(self, field):
        at = self.vector(field, 1)
        return struct.unpack_from(f"{len(at)}s", self.data, at.start)[0]

    def tables(self, field):
        return [Table(self.data, at + struct.unpack_from("<I", self.data, at)[0])
                for at in self.vector(field, 4)]


class Book:
    """What every account has, event by event."""

    def __init__(self):
        self.accounts, self.ids, self.pending, self.time = [], set(), {}, -2**63

    def take(self, data, seq, block=None):
        try:
            self.take_event(data, seq, block)
        except struct.error as error:
            need(False, f"its event cannot be read: {error}", seq)

    def take_event(self, data, seq, block):
        need(data[4:8] == b"CRE1", "its event is no event", seq)
        event = Table(data, struct.unpack_from("<I", data)[0])
        number, time, before, after, no, _ = HEAD.unpack_from(data, event.place(0) or len(data))
        kind, body = event.number(1, "<B"), event.table(2)
        held, name = event.number(11), event.text(3)
        need(number == seq, "its event names another number", seq)
        need(time >= self.time, "its time is before that of the event before", seq)
        need(1 <= kind <= 48, "its kind is unknown", seq)
        self.time = time
        if block is not None:
            need((kind == 2) == block["claim"], "a claim and its block do not agree", seq)
            need(kind != 2 or body.number(0, "<Q") == block["epoch"], "its claim's epoch", seq)
            need(kind != 1 or body.number(0, "16s") == block["ledger"], "another ledger", seq)
        if no == 0xFFFFFFFF:
            need(not name, "it has an account without a number", seq)
        elif kind == 3:
            need(no == len(self.accounts) and name and name not in self.ids and after == 0,
                 "it makes an account that is there, or not like this", seq)
            self.ids.add(name)
            self.accounts.append((name, 0, 0))
        else:
            need(no < len(self.accounts) and self.accounts[no][0] == name, "its account", seq)
            _, balance, kept = self.accounts[no]
            more, more_held = self.effect(kind, body, seq, time)
            need(before == balance, "its balance before is not the one after the last", seq)
            need(after == before + more, "its balance after does not follow", seq)
            need(held == kept + more_held and held >= 0, "what it holds does not follow", seq)
            self.accounts[no] = name, after, held

    def effect(self, kind, body, seq, time):
        more, held = (sum(sign * term(body, field) for sign, term, field in side)
                      for side in EFFECTS.get(kind, ((), ())))
        if kind in (7, 8) and body.table(1).number(2) > time:
            self.pending[seq << 16] = body.number(0)
            return more - body.number(0), held
        need(kind != 14 or body.number(1) == body.number(4) + sum(
            part.number(2) for part in body.tables(3)), "its refund does not add up", seq)
        grant = body.number(0, "<Q") if kind in (10, 12) else None
        if kind == 10:
            need(self.pending.pop(grant, None) == more, "its grant was not pending", seq)
        elif grant in self.pending:
            self.pending[grant] += more
            need(self.pending[grant] >= 0, "it revokes more than there is", seq)
            return 0, 0
        return more, held


def leaf_hash(event):
    large = len(event) > 65_535 and LARGE + len(event).to_bytes(8, "big") + sha256(event)
    return sha256(b"\0", large or event)


def root_of(hashes):
    while len(hashes) > 1:  # in pairs from the left, an odd last one as it is: the same tree
        paired = [sha256(b"\1", hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = paired + hashes[len(hashes) & ~1:]
    return hashes[0] if hashes else sha256()


def tile_paths(size):
    """Path, level, index and width of every tile."""
    level, count = 0, size
    while count:
        for index in range((count + 255) // 256):
            width = min(256, count - 256 * index)
            name, rest = f"{index % 1000:03}", index // 1000
            while rest:
                name, rest = f"x{rest % 1000:03}/{name}", rest // 1000
            yield f"tile/{level}/{name}" + f".p/{width}" * (width < 256), level, index, width
        level, count = level + 1, count // 256


def check_tiles(leaves, read):
    """The root of the leaves, whose tiles must be what `read(path)` gives."""
    levels = [leaves]
    for path, level, index, width in tile_paths(len(leaves)):
        if level == len(levels):
            below = levels[-1]
            levels.append([root_of(below[i:i + 256]) for i in range(0, len(below) & ~255, 256)])
        expected = b"".join(levels[level][256 * index:256 * index + width])
        need(read(path) == expected, f"{path} is not of the log's tree")
    return root_of(leaves)


def parse_vkey(text, kind=1):
    name, ident, key = (text.split("+", 2) + ["", ""])[:3]
    key = unbase64(key)
    need(len(key) == 33 and key[0] == kind and name and " " not in name
         and sha256(name.encode(), b"\n", key)[:4].hex() == ident, f"{text} is not a key")
    return name, bytes.fromhex(ident), key


def own_keys(text):
    return [parse_vkey(line) for line in text.decode().removesuffix("\n").split("\n") if text]


def is_signature(key, text, signature):
    if key[0] == 4:  # a witness's: of the time that its signature begins with, and the text
        text = b"cosignature/v1\ntime %d\n%s" % (int.from_bytes(signature[:8], "big"), text)
        signature = signature[8:]
    with tempfile.TemporaryDirectory() as folder:
        der = bytes.fromhex("302a300506032b6570032100") + key[1:]
        for name, data in (("key", der), ("text", text), ("by", signature)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        words = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile by"
        return not subprocess.run(words.split(), cwd=folder, capture_output=True).returncode


def open_checkpoint(note, keys, witnesses_required=0):
    """Its size and root, after its signatures were verified."""
    text, _, lines = note.decode("utf-8", "replace").rpartition("\n\n")
    head = re.fullmatch(r"(.+)\n(0|[1-9][0-9]{0,18})\n(.{44})(\n.+)*", text)
    lines = re.fullmatch("(?:\u2014 [^ +\n]+ [^ \n]+\n){1,64}", lines) and lines.split("\n")[:-1]
    need(head and lines, "the checkpoint is malformed")
    signers = set()
    for name, data in ((line.split(" ")[1], unbase64(line.split(" ")[2])) for line in lines):
        need(len(data) >= 5, "a signature of the checkpoint is malformed")
        for key in (key for known, ident, key in keys if (known, ident) == (name, data[:4])):
            need(is_signature(key, text.encode() + b"\n", data[4:]), f"{name} has not signed it")
            signers.add((key[0] == 1 and name, key))
    need(head[1] in dict(signers), "no known key of the log has signed the checkpoint")
    need(sum(not log for log, _ in signers) >= witnesses_required, "too few witnesses cosigned it")
    return int(head[2]), unbase64(head[3])


def split(data, at, form, most, what, seq=None):
    """Pieces behind their lengths, to the end."""
    length = struct.Struct(form)
    while at < len(data):
        need(at + length.size <= len(data), what, seq)
        size, at = length.unpack_from(data, at)[0], at + length.size
        need(1 <= size <= most and at + size <= len(data), what, seq)
        yield data[at:at + size]
        at += size


class Archive:
    def __init__(self, folder):
        self.folder, self.book, self.leaves = folder, Book(), []
        self.tip = {"seq": 0, "epoch": 0, "hash": bytes(32)}
        text = self.read("manifest", 2**26)
        found = MANIFEST.fullmatch(text.decode("latin-1"))
        need(found and crc32c(text[:-16]) == int(found[9], 16), "the manifest is malformed")
        self.segments = [tuple(map(int, line.split(" ")[1:])) for line in found[8].splitlines()]
        self.end = dict(zip(("shard", "epoch", "seq", "time"), map(int, found.group(2, 3, 4, 6))))
        self.end.update(ledger=bytes.fromhex(found[1]), hash=bytes.fromhex(found[5]))
        self.signed = int(found[7])
        need(self.signed <= self.end["seq"] <= SEQ_MAX, "the manifest contradicts itself")

    def read(self, name, most):
        try:
            with open(f"{self.folder}/{name}", "rb") as file:
                data = file.read(most + 1)
        except OSError as error:
            need(False, f"{name}: {error.strerror}")
        need(len(data) <= most, f"{name} is too large")
        return data

    def check_files(self):
        expected = {f"blocks/{first:020}.blocks" for first, _ in self.segments}
        expected |= {path for path, *_ in tile_paths(self.signed)}
        found = {os.path.relpath(os.path.join(where, name), self.folder)
                 for top in ("blocks", "tile")
                 for where, _, names in os.walk(f"{self.folder}/{top}") for name in names}
        for path in sorted(expected ^ found):
            need(False, f"{path} is " + ("not of this archive" if path in found else "missing"))
        need(os.path.exists(f"{self.folder}/checkpoint") == (self.signed > 0), "its checkpoint")

    def take_segment(self, first, size):
        seq = self.tip["seq"] + 1
        data = self.read(f"blocks/{first:020}.blocks", 2**26 + BLOCK_MAX + 4)
        need(first == seq and len(data) == size > 0, "its segment is not the manifest's", seq)
        for block in split(data, 0, "<I", BLOCK_MAX, f"a block of the segment {first} is cut off"):
            self.take_block(block, self.tip["seq"] + 1)

    def take_block(self, block, seq):
        tip = self.check_block(block, seq)
        events = list(split(block, HEADER.size, "<I", EVENT_MAX, "its block's events", seq))
        need(len(events) == tip["seq"] - seq + 1, "its block's events", seq)
        for number, event in enumerate(events, seq):
            self.book.take(event, number, tip)
        self.leaves += [leaf_hash(event) for event in events[:max(0, self.signed - seq + 1)]]
        need(self.book.time == tip["time"], "its block's time is another", tip["seq"])
        self.tip = tip

    def check_block(self, block, seq):
        """Where the chain is with it: everything about the block alone, and about its place."""
        need(HEADER.size <= len(block) <= BLOCK_MAX, "its block's size is wrong", seq)
        (magic, form, flags, ledger, shard, reserved, count, epoch, first, time, size, before,
         crc) = HEADER.unpack_from(block)
        need(magic == b"CRDB" and form == 1, "its block has another format", seq)
        need(size == len(block) - HEADER.size, "its block's size is wrong", seq)
        need(crc32c(block[:92] + block[96:]) == crc, "its block's checksum is wrong", seq)
        need(flags <= 1 and reserved == 0 and count >= 1 and epoch >= 1 and flags * count <= 1
             and first + count - 1 <= SEQ_MAX, "its block's header contradicts itself", seq)
        need(first == seq, f"its block begins with {first}", seq)
        need(before == self.tip["hash"], "its block does not follow the one before", seq)
        need(seq == 1 or (ledger, shard) == (self.tip["ledger"], self.tip["shard"]),
             "its block is of another ledger", seq)
        last = self.tip["epoch"]
        need(epoch > last if flags else epoch == last, "its block's epoch is wrong", seq)
        return {"ledger": ledger, "shard": shard, "epoch": epoch, "claim": flags == 1,
                "time": time, "seq": first + count - 1, "hash": sha256(block)}

    def verify(self, given):
        for first, size in self.segments:
            self.take_segment(first, size)
        need({name: self.tip.get(name) for name in self.end} == self.end,
             "the chain does not end as the manifest says", self.tip["seq"] + 1)
        self.check_files()
        result = {"events": self.end["seq"], "accounts": len(self.book.accounts),
                  "chain": self.end["hash"].hex(), "signed": self.signed}
        own = own_keys(self.read("keys", NOTE_MAX)) if os.path.exists(f"{self.folder}/keys") else []
        if not self.signed:
            need(not given.key + given.witness, "the log has signed nothing")
            return dict(result, key="none")
        root = check_tiles(self.leaves, lambda path: self.read(path, 8192))
        head = open_checkpoint(self.read("checkpoint", NOTE_MAX), given.key or own)
        need(head == (self.signed, root), "the events do not lead to the signed root")
        if given.witnesses_required:
            size, head = open_checkpoint(self.read("cosigned", NOTE_MAX), (given.key or own)
                                         + given.witness, given.witnesses_required)
            need(size <= self.signed and root_of(self.leaves[:size]) == head, "its cosigned root")
            result["cosigned"] = size
        return dict(result, root=root.hex(), key=WHOSE[bool(given.key)])


def verify_daemon(base, given):
    def get(path, **headers):
        return urllib.request.urlopen(urllib.request.Request(base + path, headers=headers)).read()
    token, keys = os.environ.get("CREDITD_API_KEY"), given.key or own_keys(get("/v1/log/key"))
    size, root = open_checkpoint(get("/checkpoint"), keys + given.witness, given.witnesses_required)
    book, leaves, checked = Book(), [], 0
    for path, _, index, _ in (tile for tile in tile_paths(size) if tile[1] == 0):
        tile = get("/" + path)
        leaves += [tile[i:i + 32] for i in range(0, len(tile), 32)]
        if not token:
            continue
        path = path.replace("tile/0/", "tile/entries/")
        bundle = get("/" + path, Authorization=f"Bearer {token}")
        entries = list(split(bundle, 0, ">H", 65_535, f"{path} is malformed"))
        need([leaf_hash(entry) for entry in entries] == leaves[256 * index:], f"{path} is another")
        for seq, entry in enumerate(entries, 256 * index + 1):
            if checked == seq - 1 and not entry.startswith(LARGE):
                book.take(entry, seq)
                checked = seq
    need(len(leaves) == size and root == check_tiles(leaves, lambda path: get("/" + path)),
         "the tiles do not lead to the signed root")
    return {"events": size, "checked": checked, "root": root.hex(), "key": WHOSE[bool(given.key)],
            "witnesses": given.witnesses_required}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", help="a folder, or http://HOST:PORT")
    parser.add_argument("--key", action="append", type=parse_vkey, default=[], help="a vkey")
    parser.add_argument("--witness", action="append", type=lambda k: parse_vkey(k, 4), default=[])
    parser.add_argument("--witnesses-required", type=int, choices=range(1, 65), metavar="N")
    given = parser.parse_args()
    given.witnesses_required = given.witnesses_required or len(given.witness)
    try:
        if given.target.startswith(("http://", "https://")):
            result = verify_daemon(given.target.rstrip("/"), given)
        else:
            os.listdir(given.target)
            result = Archive(given.target).verify(given)
    except (OSError, ValueError) as error:
        print(f"verify.py: {error}", file=sys.stderr)
        return 2 if isinstance(error, OSError) else 3
    print("\n".join(f"{name:9} {value}" for name, value in result.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
