"""The upgrade gate: another program than the one that served a ledger last replays it to the state
which that one had, before it serves; where it comes to another one, it does not serve at all."""

import os
import shutil
import subprocess
import time

from archive_kit import crc32c
from harness import Daemon, check, main, replay


def mark_of(daemon):
    with open(os.path.join(daemon.data, "state"), encoding="ascii") as file:
        return dict(line.split(" ", 1) for line in file.read().splitlines())


def write_mark(daemon, **changes):
    fields = mark_of(daemon) | changes
    fields.pop("crc32c")
    text = "".join(f"{name} {value}\n" for name, value in fields.items())
    with open(os.path.join(daemon.data, "state"), "w", encoding="ascii") as file:
        file.write(text + f"crc32c {crc32c(text.encode()):08x}\n")


def flipped(digits):
    return ("1" if digits[0] == "0" else "0") + digits[1:]


def another_program(options, folder):
    """The same code under another hash, as a rebuild is."""
    other = os.path.join(folder, "bin")
    os.makedirs(other)
    shutil.copy(os.path.join(options.bin, "creditd"), other)
    with open(os.path.join(other, "creditd"), "ab") as file:
        file.write(b"another")
    return other


def prepare(daemon):
    client = daemon.client()
    for i in range(20):
        client.call("PUT", f"/v1/accounts/a{i}", {"name": f"N {i}"})
        client.call("POST", f"/v1/accounts/a{i}/grants", {"amount": 9, "expires_in": "1s"}, f"g{i}")
        client.call("POST", f"/v1/accounts/a{i}/deductions", {"amount": 1}, f"d{i}")
    time.sleep(1.5)  # time's own events come, too


def refused(daemon, words):
    daemon.start(wait=False)
    check(daemon.process.wait(timeout=60) == 3, f"exit {daemon.process.returncode}")
    reason = daemon.log_events("start_failed")[-1]["reason"]
    check(words in reason, reason)
    return reason


def run(options):
    daemon = Daemon(options.bin)
    try:
        daemon.start()
        prepare(daemon)
        hash_then = daemon.snapshot()
        mark = mark_of(daemon)
        check(mark["state"] == hash_then["state_hash"] and int(mark["seq"]) == hash_then["seq"],
              f"a snapshot leaves a mark: {mark} {hash_then}")
        check(daemon.stop() == 0, "stop")
        mark = mark_of(daemon)
        code, out, err = replay(options.bin, "state-hash", daemon.data)
        check(out.split() == [mark["state"], "seq", mark["seq"]], f"{code} {out} {err} {mark}")

        # The same program goes on without looking.
        daemon.start()
        check(daemon.stop() == 0, "stop")
        check(not daemon.log_events("upgrade_verified"), "it was replayed for nothing")

        # Another one replays everything first, once.
        mark = mark_of(daemon)
        daemon.bin = another_program(options, daemon.folder)
        daemon.start()
        verified = daemon.logged("upgrade_verified")
        check(len(verified) == 1 and verified[0]["events"] == int(mark["seq"]), f"{verified}")
        daemon.kill()
        check(mark_of(daemon)["binary"] != mark["binary"], "the mark is its own now")
        daemon.start()
        check(len(daemon.log_events("upgrade_verified")) == 1, "a second time for nothing")
        check(daemon.stop() == 0, "stop")

        # Had the former program another state, this one does not serve, and changes nothing.
        daemon.bin = options.bin
        good = mark_of(daemon)
        write_mark(daemon, version="0.0.9", state=flipped(good["state"]))
        reason = refused(daemon, "the upgrade gate: creditd 0.0.9 had the state")
        check(good["state"] in reason and good["seq"] in reason, reason)
        code, out, err = replay(options.bin, "state-hash", daemon.data)
        check(out.split()[2] == good["seq"], f"an event was written: {code} {out} {err}")
        refused(daemon, "the upgrade gate")
        with open(os.path.join(daemon.data, "state"), "ab") as file:
            file.write(b"x")
        refused(daemon, "is damaged")

        # The former program may, and so may this one when somebody removes the mark.
        os.remove(os.path.join(daemon.data, "state"))
        daemon.start()
        check(daemon.stop() == 0, "stop")

        # A mark of events that were given up, with a loss that was accepted, says nothing.
        lost = int(mark_of(daemon)["seq"])
        write_mark(daemon, binary="0" * 64)
        done = subprocess.run([os.path.join(options.bin, "creditd-replay"), "accept-loss",
                               daemon.data, "--to", str(lost - 1), "--yes"],
                              capture_output=True, check=False)
        check(done.returncode == 0, f"accept-loss: {done}")
        daemon.start()
        check(len(daemon.logged("state_mark_passed_over")) == 1, daemon.log_text()[-2000:])
        check(daemon.stop() == 0, "stop")
        print(f"{verified[0]['events']} events replayed in {verified[0]['milliseconds']} ms before "
              "another program serves; another state is refused with exit code 3")
    finally:
        daemon.remove()


main(run)
