"""A damaged or shortened ledger is named and refused, never served: a flipped bit, a removed
write-ahead log, an older database under a newer head, a missing head."""

import os
import shutil

from harness import Daemon, check, main, replay


def make_ledger(options):
    """A ledger with an older copy of its database, both stopped in good order."""
    daemon = Daemon(options.bin).start()
    client = daemon.client()
    client.call("PUT", "/v1/accounts/a", {})
    client.call("POST", "/v1/accounts/a/grants", {"amount": 10_000}, "g")
    for i in range(200):
        client.call("POST", "/v1/accounts/a/deductions", {"amount": 1}, f"first-{i}")
    check(daemon.stop() == 0, "stop")
    older = os.path.join(daemon.folder, "older-db")
    shutil.copytree(os.path.join(daemon.data, "db"), older)
    daemon.start()
    client = daemon.client()
    for i in range(300):
        client.call("POST", "/v1/accounts/a/deductions", {"amount": 1}, f"second-{i}")
    check(daemon.stop() == 0, "stop")
    return daemon, older


def journal_files(data, *endings):
    folder = os.path.join(data, "db")
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))
            if name.endswith(endings)]


def flip_bit_of_block(data):
    """In the first stored block that can be found: its magic stands in the write-ahead log or in a
    table, uncompressed or not at all."""
    for path in journal_files(data, ".log", ".sst"):
        with open(path, "r+b") as file:
            content = bytearray(file.read())
            at = content.rfind(b"CRDB")
            if at < 0:
                continue
            content[at + 120] ^= 0x10
            file.seek(0)
            file.write(content)
            return path
    # Everything is in compressed tables: a bit in the middle of the largest one.
    path = max(journal_files(data, ".sst"), key=os.path.getsize)
    with open(path, "r+b") as file:
        file.seek(os.path.getsize(path) // 3)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 0x10]))
    return path


def remove_wal(data):
    for path in journal_files(data, ".log"):
        os.remove(path)


def check_refused(options, daemon, name):
    # Snapshots are derived: they must not hide what is wrong with the log.
    code, out, err = replay(options.bin, "verify", daemon.data)
    said = (out + err).strip()
    check(code == 3, f"{name}: verify exits {code}: {said}")
    check(any(word.isdigit() for word in said.replace(",", " ").replace(".", " ")
              .replace(")", " ").replace(":", " ").split()), f"{name}: no sequence number: {said}")
    daemon.start(wait=False)
    exit_code = daemon.process.wait(timeout=60)
    check(exit_code == 3, f"{name}: the daemon exits {exit_code}: {daemon.log_text()[-800:]}")
    print(f"{name}: {said.splitlines()[-1][:160]}")


def with_copy(options, source, name, damage):
    target = Daemon(options.bin)
    shutil.copytree(source.data, target.data)
    try:
        damage(target.data)
        check_refused(options, target, name)
    finally:
        target.remove()


def put_older_database_back(older):
    def damage(data):
        shutil.rmtree(os.path.join(data, "db"))
        shutil.copytree(older, os.path.join(data, "db"))
        shutil.rmtree(os.path.join(data, "snapshots"), ignore_errors=True)
    return damage


def run(options):
    daemon, older = make_ledger(options)
    try:
        code, out, err = replay(options.bin, "verify", daemon.data)
        check(code == 0, f"the sound ledger: {out} {err}")
        with_copy(options, daemon, "one flipped bit", flip_bit_of_block)
        with_copy(options, daemon, "cut at a block boundary (an older database put back)",
                  put_older_database_back(older))
        with_copy(options, daemon, "head file removed",
                  lambda data: os.remove(os.path.join(data, "head")))
        # A stop in good order leaves nothing in the write-ahead log; a kill does.
        daemon.start()
        daemon.kill()
        with_copy(options, daemon, "write-ahead log removed", remove_wal)
    finally:
        daemon.remove()


main(run)
