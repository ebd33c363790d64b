"""Two verifiers, in C++ and in Python, say the same of every damaged log: of bits that were
flipped, of what was cut, dropped, moved and put in, with and without all hashes made anew, signed
by nobody, by a stranger and by the log's own key. --full: a thousand of them."""

import collections
import concurrent.futures
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

from archive_kit import Archive, Block, SigningKey, head_field, pieces, read, with_head, write
from contract_kit import Ledger, check, expect
from harness import Daemon, main, replay
from proof_kit import Log
from proof_test import spend

HERE = os.path.dirname(os.path.abspath(__file__))
VERIFY = os.path.join(HERE, "..", "..", "replay", "verify.py")


def some_of_everything(ledger):
    """Events of most kinds that move credits."""
    alice, bob = ledger.account(1_000), ledger.account(credit_limit=50)
    later = {"amount": 5, "effective_at": "2999-01-01T00:00:00Z"}
    pending = expect(ledger.post(f"/v1/accounts/{bob}/grants", later), 201)["id"]
    expect(ledger.post(f"/v1/grants/{pending}/revoke", {"amount": 2}), 201)
    payment = {"provider": "bank", "id": "p1", "amount": 900, "currency": "EUR"}
    body = {"amount": 30, "payment": payment}
    expect(ledger.post(f"/v1/accounts/{bob}/purchases", body), 201)
    for _ in range(12):
        spent = expect(ledger.post(f"/v1/accounts/{alice}/deductions", {"amount": 7}), 201)
        expect(ledger.post(f"/v1/deductions/{spent['id']}/refunds", {"amount": 2}), 201)
        expect(ledger.post("/v1/transfers", {"from": alice, "to": bob, "amount": 3}), 201)
        hold = expect(ledger.post(f"/v1/accounts/{bob}/holds", {
            "amount": 4, "expires_in": "1h", "on_expiry": "release"}), 201)["id"]
        expect(ledger.post(f"/v1/holds/{hold}/captures", {"amount": 1}), 201)
        expect(ledger.post(f"/v1/holds/{hold}/release"), 200)
    expect(ledger.post(f"/v1/accounts/{bob}/deductions", {"amount": 10_000}), 402)
    return spend(ledger, alice, 150)[-1]


def make_archives(options, folder):
    """Of a log that has signed everything, of one that has signed the beginning, and of one that
    has signed nothing; and the log's key."""
    daemon = Daemon(options.bin)
    try:
        ledger = Ledger(daemon.start())
        made = []

        def export():
            check(daemon.stop() == 0, "the stop")
            made.append(os.path.join(folder, f"archive-{len(made)}"))
            code, _, said = replay(options.bin, "export", daemon.data, "--format", "archive",
                                   "-o", made[-1])
            check(code == 0, f"the export: {said}")
        last = some_of_everything(ledger)
        export()
        check(not os.path.exists(os.path.join(made[0], "checkpoint")), "nothing was signed")
        daemon.start()
        Log(daemon.client()).receipt(last)
        export()
        ledger = Ledger(daemon.start())
        spend(ledger, ledger.account(100), 20, 1)
        export()
        return made, SigningKey(read(os.path.join(daemon.data, "proof.key")).decode().strip())
    finally:
        daemon.remove()


# --- damage by accident, or by somebody in a hurry -----------------------------------------------

def flip_a_bit(archive, chance, _):
    path = archive.segment() if chance.random() < 0.6 else chance.choice(archive.files())
    data = bytearray(read(path))
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    write(path, data)


def files_that_count(archive):
    """Who brings the key along needs the one in the archive as little as a whole line of it."""
    return [path for path in archive.files() if not path.endswith("keys")]


def cut_a_file(archive, chance, _):
    path = chance.choice(files_that_count(archive))
    data = read(path)
    write(path, data[:chance.randrange(len(data))])


def lengthen_a_file(archive, chance, _):
    path = chance.choice(files_that_count(archive))
    write(path, read(path) + chance.randbytes(chance.randrange(1, 200)))


def remove_a_file(archive, chance, _):
    os.remove(chance.choice(files_that_count(archive)))


def move_blocks(archive, chance, _):
    """Drops, repeats or exchanges blocks; the manifest is made to fit."""
    blocks = pieces(read(archive.segment()))
    at, to = chance.sample(range(len(blocks)), 2)
    way = chance.choice(("drop", "repeat", "exchange", "insert"))
    if way == "drop":
        del blocks[at]
    elif way == "exchange":
        blocks[at], blocks[to] = blocks[to], blocks[at]
    else:
        blocks.insert(to if way == "insert" else at, blocks[at])
    archive.put_together(blocks)


# --- a forger who makes every hash anew ----------------------------------------------------------

def numbered(event, seq):
    try:
        return with_head(event, "seq", seq)
    except struct.error:  # its head can no longer be found
        return event


def forge(archive, chance):
    """Rewrites history: drops, exchanges, repeats or rewrites events, and numbers them anew."""
    block = chance.choice(archive.blocks[2:])
    at = chance.randrange(len(block.events))
    way = chance.choice(("drop", "exchange", "repeat", "rewrite", "shorten"))
    if way == "drop" and len(block.events) > 1:
        del block.events[at]
    elif way == "exchange":
        other = chance.choice(archive.blocks[2:])
        to = chance.randrange(len(other.events))
        block.events[at], other.events[to] = other.events[to], block.events[at]
        if block.events[at] == other.events[to]:
            way = "repeat"
    elif way == "shorten":
        del archive.blocks[chance.randrange(3, len(archive.blocks)):]
    if way == "repeat":
        block.events.insert(at, block.events[at])
    elif way in ("rewrite", "drop"):
        at = min(at, len(block.events) - 1)
        event = changed = block.events[at]
        while numbered(changed, head_field(event, "seq")) == event:  # its number is made anew
            changed = bytearray(event)
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        block.events[at] = bytes(changed)
    seq = 1
    for forged in archive.blocks:
        forged.events = [numbered(event, seq + i) for i, event in enumerate(forged.events)]
        seq += len(forged.events)


def keep_what_is_signed(archive):
    count = 0
    for at, block in enumerate(archive.blocks):
        if count >= archive.signed:
            del archive.blocks[at:]
            return
        count += len(block.events)


def forge_unsigned(archive, chance, _):
    forge(archive, chance)
    archive.put_together()


def forge_with_another_key(archive, chance, key):
    forge(archive, chance)
    archive.put_together(key=key.another())


# --- whoever has the log's key -------------------------------------------------------------------

def lie_in_a_head(archive, chance, key):
    """A balance, a time, an account or a number that does not follow from what was before."""
    block = chance.choice(archive.blocks[3:])
    at = chance.randrange(len(block.events))
    event = block.events[at]
    name = chance.choice(("before", "after", "seq", "time", "account_no"))
    if head_field(event, "account_no") == 0xFFFFFFFF and name in ("before", "after"):
        name = "time"
    elif name == "before" and head_field(event, name) == 0:
        name = "after"  # what a new account had before is nobody's business
    value = head_field(event, name)
    step = chance.choice((1, -1, 1 << 20))
    if name == "time":
        value -= 86_400_000_000 * chance.randrange(1, 400)
    elif name == "account_no":
        value = (value + 1) % 5 if value < 5 else 1
    else:
        value = value + step if value + step >= 0 else value + 1
    block.events[at] = with_head(event, name, value)
    archive.put_together(key=key)


def lie_in_a_header(archive, chance, key):
    header = chance.choice(archive.blocks).header
    name = chance.choice(("time", "epoch", "ledger", "shard", "flags", "reserved", "format"))
    if name == "ledger":
        header[name] = bytes([header[name][0] ^ 1]) + header[name][1:]
    else:
        header[name] += 1
    archive.put_together(key=key)


def cut_otherwise(archive, chance, key):
    """No damage at all: the same events in other blocks."""
    events = [event for block in archive.blocks[1:] for event in block.events]
    claims = [block for block in archive.blocks if block.header["flags"]]
    if len(claims) > 1 or not events:
        archive.put_together(key=key)
        return
    del archive.blocks[1:]
    while events:
        size = chance.randrange(1, 60)
        block = Block(archive.blocks[0].sealed(1, bytes(32)))
        block.events, events = events[:size], events[size:]
        block.header.update(flags=0, time=head_field(block.events[-1], "time"))
        archive.blocks.append(block)
    archive.put_together(key=key)


DAMAGES = (flip_a_bit, cut_a_file, lengthen_a_file, remove_a_file, move_blocks, forge_unsigned,
           forge_with_another_key, lie_in_a_head, lie_in_a_header, cut_otherwise)


def ask(options, folder, words):
    """The two exit codes, and what was said."""
    first = subprocess.run([os.path.join(options.bin, "creditd-replay"), "verify", folder, *words],
                           capture_output=True, text=True, timeout=120, check=False)
    second = subprocess.run([sys.executable, VERIFY, folder, *words], capture_output=True,
                            text=True, timeout=120, check=False)
    return first.returncode, second.returncode, first.stderr + first.stdout + second.stderr


def try_one(options, folder, number, archives, key):
    chance = random.Random(number)
    damage = DAMAGES[number % len(DAMAGES)]
    # Without a signature a forger may do as he likes: what he then gets past one of them depends on
    # how much of an event it reads.
    first = 1 if damage in (forge_unsigned, forge_with_another_key) else 0
    made = os.path.join(folder, f"case-{number}")
    shutil.copytree(archives[chance.randrange(first, 3)], made)
    archive = Archive(made)
    if damage in (forge_unsigned, forge_with_another_key):
        keep_what_is_signed(archive)
    damage(archive, chance, key if archive.signed else None)
    words = ["--key", key.vkey()] if archive.signed else []
    codes = ask(options, made, words)
    shutil.rmtree(made)
    return damage.__name__, codes


def run(options):
    folder = tempfile.mkdtemp(prefix="creditd-e2e-")
    try:
        archives, key = make_archives(options, folder)
        for archive, words in zip(archives, ([], ["--key", key.vkey()], ["--key", key.vkey()])):
            check(ask(options, archive, words)[:2] == (0, 0), f"sound: {ask(options, archive, [])}")
        cases = 1_000 if options.full else 60
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda number: try_one(options, folder, number, archives, key),
                                    range(cases)))
        verdicts = collections.Counter()
        for number, (name, (first, second, said)) in enumerate(results):
            check(first == second, f"case {number}, {name}: {first} and {second}: {said}")
            check((first == 0) == (name == "cut_otherwise"), f"case {number}, {name}: {said}")
            verdicts[first] += 1
        print(f"both verifiers agree on {cases} of {cases} logs: {verdicts[3]} damaged or forged, "
              f"{verdicts[0]} sound in other blocks")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(run)
