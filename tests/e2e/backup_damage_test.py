"""A damaged backup is refused, in a sentence that names the file: bits flipped anywhere, files that
are cut, grown, gone or exchanged, a manifest of another version, checksums made anew by a forger.
Nothing is left of a restore that was refused. What stands before damage can be had with --to."""

import base64
import hashlib
import os
import random
import shutil
import time

from archive_kit import crc32c
from backup_kit import Load, Tool, files_of
from harness import Daemon, check, main

MANIFEST = "backup.manifest"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def wait_for_checkpoint(client, last):
    """Until what is signed is all that there is: followers come behind the writer."""
    for _ in range(500):
        if int(client.call("GET", "/checkpoint").body.split(b"\n")[1]) >= last:
            return
        time.sleep(0.02)
    check(False, f"no checkpoint of {last} events")


def make_backup(options):
    """A ledger at rest, and a backup of it in four parts; its head is signed in between."""
    source = Daemon(options.bin).start()
    tool = Tool(options)
    target = os.path.join(source.folder, "backup")
    for part in range(4):
        load = Load(source, name=f"part-{part}")
        client = source.client()
        for turn in range(40):
            load.one(client, random.Random(part * 100 + turn), f"part-{part}-{turn}")
        if part < 3:
            check(client.call("GET", "/checkpoint").status == 200, "a checkpoint")
            tool.backup(source.data, target, "--live")
    last = source.client().call("GET", "/v1/accounts?limit=1").json()["seq"]
    wait_for_checkpoint(source.client(), last)
    check(source.stop() == 0, "the stop")
    made = tool.backup(source.data, target)
    names = files_of(target)
    check(len(names) == 9, f"four segments with personal parts and a manifest: {names}")
    return source, target, made


class Damager:
    """Copies of the backup, each damaged in one way, given to restore and verify."""

    def __init__(self, options, source, target):
        self.tool = Tool(options)
        self.source = source
        self.target = target
        self.copy = os.path.join(source.folder, "copy")
        self.count = 0

    def refused(self, what, damage, named=None):
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.target, self.copy)
        damage(self.copy)
        out = os.path.join(self.source.folder, "out")
        for words in (("restore", self.copy, "--to-dir", out), ("verify", self.copy)):
            code, said, err = self.tool.run(*words)
            check(code == 3, f"{what}: {words[0]} exits {code}: {said} {err}")
            check(named is None or named in err, f"{what}: does not name {named}: {err}")
            check(len(err.strip()) > 20, f"{what}: without a sentence")
        check(not os.path.exists(out), f"{what}: something was left")
        self.count += 1


def every_file(damager, names, draw, flips):
    def flip(name):
        def damage(copy):
            data = bytearray(read(os.path.join(copy, name)))
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
            write(os.path.join(copy, name), data)
        return damage

    def replace(name, change):
        return lambda copy: write(os.path.join(copy, name), change(read(os.path.join(copy, name))))

    for name in names:
        for _ in range(flips):
            damager.refused(f"{name}: a bit", flip(name), name)
        damager.refused(f"{name}: cut", replace(name, lambda d: d[:draw.randrange(len(d))]), name)
        damager.refused(f"{name}: empty", replace(name, lambda d: b""), name)
        damager.refused(f"{name}: longer", replace(name, lambda d: d + b"\0"), name)
        damager.refused(f"{name}: another", replace(name, lambda d: bytes(len(d))), name)
        damager.refused(f"{name}: gone", lambda copy, n=name: os.remove(os.path.join(copy, n)),
                        name)


def exchanged(damager, names):
    for first in names:
        for second in names:
            if first >= second:
                continue

            def damage(copy, first=first, second=second):
                one, other = os.path.join(copy, first), os.path.join(copy, second)
                kept = read(one)
                write(one, read(other))
                write(other, kept)
            damager.refused(f"{first} and {second} exchanged", damage)


def forged(damager):
    """Whoever changes the backup can make every checksum anew, but not the chain, nor what the log
    has signed."""
    text = read(os.path.join(damager.target, MANIFEST)).decode()
    lines = text.splitlines()[:-1]

    def manifest(changed):
        body = "".join(line + "\n" for line in changed).encode()
        return body + f"crc32c {crc32c(body):08x}\n".encode()

    check(manifest(lines) == text.encode(), "the manifest is not what this test thinks")

    def with_lines(changed):
        return lambda copy: write(os.path.join(copy, MANIFEST), manifest(changed))

    damager.refused("version 2", with_lines(["creditd-backup 2", *lines[1:]]), "newer creditd")
    at = {line.split(" ")[0]: n for n, line in enumerate(lines) if not line.startswith("segment")}
    for name, value in (("ledger", "0" * 32), ("shard", "7"), ("epoch", "9"), ("hash", "0" * 64),
                        ("seq", "5"), ("time", "1"), ("checkpoint", "AAAA"), ("key", "me")):
        changed = list(lines)
        changed[at[name]] = f"{name} {value}"
        damager.refused(f"another {name}", with_lines(changed))
    segments = [n for n, line in enumerate(lines) if line.startswith("segment")]
    for n in segments:
        damager.refused(f"without line {n}", with_lines(lines[:n] + lines[n + 1:]))
    damager.refused("in another order", with_lines(lines[:segments[0]] + [
        lines[n] for n in reversed(segments)]))
    another_event(damager, lines, segments[1], manifest)
    older_end(damager, lines, segments, manifest)
    another_note(damager, lines, at["checkpoint"], with_lines)


def another_event(damager, lines, place, manifest):
    """A byte of an event, with the hash of its segment made anew, and its name."""
    words = lines[place].split(" ")
    for kind, field in (("blocks", 4), ("personal", 6)):
        def damage(copy, kind=kind, field=field):
            old = f"segments/{int(words[1]):020}-{words[field + 1][:16]}.{kind}"
            data = bytearray(read(os.path.join(copy, old)))
            data[len(data) // 2] ^= 4
            digest = hashlib.sha256(data).hexdigest()
            os.remove(os.path.join(copy, old))
            write(os.path.join(copy, old.replace(words[field + 1][:16], digest[:16])), data)
            changed = [*words[:field + 1], digest, *words[field + 2:]]
            write(os.path.join(copy, MANIFEST),
                  manifest([*lines[:place], " ".join(changed), *lines[place + 1:]]))
        damager.refused(f"another byte in {kind}", damage)


def older_end(damager, lines, segments, manifest):
    """The last segment taken away, and the manifest made to end where the third one does: the log
    has signed more."""
    def damage(copy):
        words = lines[segments[2]].split(" ")
        data = read(os.path.join(
            copy, f"segments/{int(words[1]):020}-{words[5][:16]}.blocks"))
        block = b""
        while data:
            size = int.from_bytes(data[:4], "little")
            block, data = data[4:4 + size], data[4 + size:]
        new = {"seq": words[2], "time": words[3], "hash": hashlib.sha256(block).hexdigest(),
               "epoch": str(int.from_bytes(block[32:40], "little"))}
        changed = [f"{line.split(' ')[0]} {new.get(line.split(' ')[0], line.split(' ', 1)[1])}"
                   for line in lines[:segments[0]]] + [lines[n] for n in segments[:3]]
        write(os.path.join(copy, MANIFEST), manifest(changed))
    damager.refused("an end of before", damage)


def another_note(damager, lines, place, with_lines):
    """A checkpoint with another root, and one that another key has signed."""
    note = base64.b64decode(lines[place].split(" ")[1]).decode()
    for at in (note.index("\n") + 1, note.index("\n\n") - 3, len(note) - 8):
        other = "B" if note[at] != "B" else "C"
        changed = list(lines)
        spoilt = (note[:at] + other + note[at + 1:]).encode()
        changed[place] = "checkpoint " + base64.b64encode(spoilt).decode()
        damager.refused("another checkpoint", with_lines(changed))


def keys_from_outside(options, source, target):
    tool = Tool(options)
    stranger = Daemon(options.bin).start()
    keys = {}
    for name, daemon in (("other", stranger), ("own", source.start())):
        answer = daemon.client().call("GET", "/v1/log/key")
        keys[name] = answer.body.decode().splitlines()[0]
    stranger.remove()
    source.stop()
    out = os.path.join(source.folder, "keyed")
    code, said, err = tool.run("restore", target, "--to-dir", out, "--key", keys["other"])
    check(code == 3 and not os.path.exists(out), f"another's key: {code} {said} {err}")
    got = tool.restore(target, out, "--key", keys["own"])
    check(got["signed"] > 0 and not got["signature_beyond"], f"{got}")
    shutil.rmtree(out)
    code, said, err = tool.run("restore", target, "--to-dir", out, "--key", keys["own"], "--to",
                               str(got["signed"] - 1))
    check(code == 2 and "beyond --to" in err and not os.path.exists(out), f"{code} {said} {err}")
    for secret in ("proof.key", "token.key"):
        path = os.path.join(source.data, secret)
        kept = read(path).strip()[-40:] if os.path.exists(path) else b"PRIVATE+KEY"
        check(not any(kept in read(os.path.join(target, name)) for name in files_of(target)),
              f"{secret} is in the backup")


def before_the_damage(options, source, target):
    """The last segments are gone: what stands before can still be had."""
    tool = Tool(options)
    copy = os.path.join(source.folder, "salvage")
    shutil.copytree(target, copy)
    lines = [line.split(" ") for line in read(os.path.join(copy, MANIFEST)).decode().splitlines()]
    segments = [words for words in lines if words[0] == "segment"]
    for words in segments[2:]:
        os.remove(os.path.join(copy, f"segments/{int(words[1]):020}-{words[5][:16]}.blocks"))
    out = os.path.join(source.folder, "salvaged")
    end = segments[1][2]
    got = tool.restore(copy, out, "--to", end)
    check(str(got["seq"]) == end and got["signature_beyond"], f"{got}")
    check(got["state_hash"] == tool.state_hash(source.data, end), "another state")
    code, said, err = tool.run("backup", source.data, "--to", copy)
    check(code == 3 and "missing" in err, f"added to what is not whole: {code} {said} {err}")


def harmless(options, source, target, made):
    """What no manifest names does not matter: it is what an interrupted backup leaves."""
    tool = Tool(options)
    copy = os.path.join(source.folder, "leftovers")
    shutil.copytree(target, copy)
    for name in ("segments/00000000000000000900-0123456789abcdef.blocks", "segments/x.tmp"):
        write(os.path.join(copy, name), b"left over")
    out = os.path.join(source.folder, "of-leftovers")
    check(tool.restore(copy, out)["seq"] == made["seq"], "with leftovers")


def run(options):
    source, target, made = make_backup(options)
    try:
        names = files_of(target)
        damager = Damager(options, source, target)
        draw = random.Random(5)
        every_file(damager, names, draw, 100 if options.full else 6)
        exchanged(damager, names)
        forged(damager)
        print(f"damaged backups refused: {damager.count} of {damager.count}")
        keys_from_outside(options, source, target)
        before_the_damage(options, source, target)
        harmless(options, source, target, made)
    finally:
        source.remove()


if __name__ == "__main__":
    main(run)
