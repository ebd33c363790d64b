"""An archive as a forger handles it: taken apart into events, put together again with every length,
checksum, hash and tile made anew, and signed with whatever key there is."""

import base64
import hashlib
import os
import shutil
import struct
import subprocess
import tempfile

from proof_kit import leaf_hash, root_of, tile_path

HEADER = struct.Struct("<4sHH16sHHIQQqI32sI")
FIELDS = ("magic", "format", "flags", "ledger", "shard", "reserved", "count", "epoch", "first_seq",
          "time", "body_bytes", "prev_hash", "crc")
# Of the struct at the head of an event: offset and form.
HEAD = {"seq": (0, "<Q"), "time": (8, "<q"), "before": (16, "<q"), "after": (24, "<q"),
        "account_no": (32, "<I")}
TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = (_byte >> 1) ^ (0x82F63B78 if _byte & 1 else 0)
    TABLE.append(_byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def pieces(data):
    """What stands behind lengths of four bytes."""
    at, found = 0, []
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "little")
        found.append(data[at + 4:at + 4 + size])
        at += 4 + size
    return found


def behind_lengths(parts):
    return b"".join(len(part).to_bytes(4, "little") + part for part in parts)


def head_place(event):
    root = int.from_bytes(event[:4], "little")
    table = root - struct.unpack_from("<i", event, root)[0]
    return root + struct.unpack_from("<H", event, table + 4)[0]


def head_field(event, name):
    offset, form = HEAD[name]
    return struct.unpack_from(form, event, head_place(event) + offset)[0]


def with_head(event, name, value):
    offset, form = HEAD[name]
    changed = bytearray(event)
    struct.pack_into(form, changed, head_place(event) + offset, value)
    return bytes(changed)


class Block:
    def __init__(self, data):
        self.header = dict(zip(FIELDS, HEADER.unpack_from(data)))
        self.events = pieces(data[HEADER.size:])

    def sealed(self, first_seq, prev_hash):
        """With all that follows from the events; the rest as it is in the header."""
        body = behind_lengths(self.events)
        header = dict(self.header, count=len(self.events), first_seq=first_seq,
                      prev_hash=prev_hash, body_bytes=len(body))
        front = HEADER.pack(*(header[name] for name in FIELDS))[:92]
        return front + crc32c(front + body).to_bytes(4, "little") + body


class SigningKey:
    """The line of proof.key, or another key of the same name."""

    def __init__(self, line):
        self.name, _, rest = line.removeprefix("PRIVATE+KEY+").partition("+")
        self.seed = base64.b64decode(rest.partition("+")[2])[1:]
        pem = self.openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER")
        self.public = pem[-32:]
        self.id = hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def openssl(self, *words, text=None):
        with tempfile.TemporaryDirectory() as folder:
            der = bytes.fromhex("302e020100300506032b657004220420") + self.seed
            write(os.path.join(folder, "key"), der)
            write(os.path.join(folder, "text"), text or b"")
            more = ["-in", "key"] if text is None else ["-inkey", "key", "-in", "text"]
            return subprocess.run(["openssl", *words, *more], cwd=folder, capture_output=True,
                                  check=True).stdout

    def another(self):
        seed = base64.b64encode(b"\x01" + hashlib.sha256(self.seed).digest()).decode()
        return SigningKey(f"PRIVATE+KEY+{self.name}+00000000+{seed}")

    def vkey(self):
        key = base64.b64encode(b"\x01" + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    def note(self, size, root):
        text = f"{self.name}\n{size}\n{base64.b64encode(root).decode()}\n"
        made = self.openssl("pkeyutl", "-sign", "-keyform", "DER", "-rawin", text=text.encode())
        return f"{text}\n\u2014 {self.name} {base64.b64encode(self.id + made).decode()}\n".encode()


class Archive:
    """One of a single segment, as it is in these tests."""

    def __init__(self, folder):
        self.folder = folder
        self.blocks = [Block(data) for data in pieces(read(self.segment()))]
        lines = read(os.path.join(folder, "manifest")).decode().splitlines()
        self.signed = int(lines[7].split(" ")[1])

    def segment(self):
        return os.path.join(self.folder, "blocks", f"{1:020}.blocks")

    def files(self):
        return sorted(os.path.join(where, name) for where, _, names in os.walk(self.folder)
                      for name in names)

    def events(self):
        return [event for block in self.blocks for event in block.events]

    def put_together(self, blocks=None, key=None):
        """From the blocks: chain, manifest and tiles, the checkpoint where there is a key."""
        sealed, seq, prev_hash = blocks, 1, bytes(32)
        if sealed is None:
            sealed = []
            for block in self.blocks:
                sealed.append(block.sealed(seq, prev_hash))
                seq, prev_hash = seq + len(block.events), hashlib.sha256(sealed[-1]).digest()
        data = behind_lengths(sealed)
        write(self.segment(), data)
        self.write_manifest(sealed[-1], len(data))
        if blocks is None:
            self.write_tree(key)

    def write_manifest(self, last, size):
        header = dict(zip(FIELDS, HEADER.unpack_from(last)))
        self.signed = min(self.signed, header["first_seq"] + header["count"] - 1)
        text = (f"creditd-archive 1\nledger {header['ledger'].hex()}\nshard {header['shard']}\n"
                f"epoch {header['epoch']}\nseq {header['first_seq'] + header['count'] - 1}\n"
                f"hash {hashlib.sha256(last).hexdigest()}\ntime {header['time']}\n"
                f"signed {self.signed}\nsegment 1 {size}\n")
        text += f"crc32c {crc32c(text.encode()):08x}\n"
        write(os.path.join(self.folder, "manifest"), text.encode())

    def write_tree(self, key):
        shutil.rmtree(os.path.join(self.folder, "tile"), ignore_errors=True)
        leaves = [leaf_hash(event) for event in self.events()[:self.signed]]
        level, hashes = 0, leaves
        while hashes:
            for index in range((len(hashes) + 255) // 256):
                tile = hashes[256 * index:256 * index + 256]
                write(self.folder + tile_path(level, index, len(tile)), b"".join(tile))
            full = len(hashes) & ~255
            hashes = [root_of(hashes[at:at + 256]) for at in range(0, full, 256)]
            level += 1
        if key is not None:
            note = key.note(self.signed, root_of(leaves))
            write(os.path.join(self.folder, "checkpoint"), note)
            write(os.path.join(self.folder, "keys"), key.vkey().encode() + b"\n")
