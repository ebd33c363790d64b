"""Backups are made while the daemon writes, and restored elsewhere: the same state, the same
answers to the same keys, in a new epoch. At any point of the past, after a kill, and never
over anything."""

import os
import random
import shutil
import signal
import subprocess
import time

from backup_kit import ACCOUNTS, Load, Tool, files_of
from harness import Daemon, check, main


def serves(options, source, restored, seq):
    """A daemon on the restored folder: balances, old keys, new writes."""
    daemon = Daemon(options.bin, folder=os.path.dirname(restored))
    tool = Tool(options)
    try:
        daemon.start()
        for number in random.Random(seq).sample(range(ACCOUNTS), 3):
            wanted = tool.ask("balance", source.data, f"acct-{number}", "--at", str(seq), "--live")
            answer = daemon.client().call("GET", f"/v1/accounts/acct-{number}")
            check(answer.status == 200, f"acct-{number}: {answer}")
            check(answer.json()["name"] == f"Customer {number}", f"the name: {answer}")
            check(str(wanted["balance"]) == str(answer.json()["balance"]),
                  f"acct-{number} at {seq}: {wanted} and {answer}")
        return daemon, daemon.client()
    except BaseException:
        daemon.remove()
        raise


def answers_again(client, load, seq):
    """What was acknowledged and is in the backup has the same answer; what is not happens now."""
    with load.lock:
        known = list(load.acknowledged)
    inside = [entry for entry in known if entry[4] <= seq]
    check(len(inside) > ACCOUNTS, f"nothing to ask again at {seq}")
    for path, body, key, before, _ in [*inside[:5], *inside[-20:]]:
        answer = client.call("POST", path, body, key)
        check(answer.body == before, f"{key} at {seq}: {answer} and not {before}")
    for path, body, key, _, _ in [entry for entry in known if entry[4] > seq][:3]:
        answer = client.call("POST", path, body, key)
        check(answer.status == 201 and answer.json()["seq"] > seq, f"{key}: {answer}")


def one_round(options, source, load, number, target):
    """Backup under load, restore elsewhere, the same state; now and then a daemon on it."""
    tool = Tool(options)
    if number % 10 == 9:
        target += f"-whole-{number}"
    made = tool.backup(source.data, target, "--live")
    home = os.path.join(source.folder, f"restored-{number}")
    restored = os.path.join(home, "data")
    try:
        got = tool.restore(target, restored)
        check(got["seq"] == made["seq"] and got["chain_hash"] == made["chain_hash"],
              f"{made} and {got}")
        check(got["epoch"] == made["epoch"] + 1, f"not in a new epoch: {got}")
        original = tool.state_hash(source.data, made["seq"], "--live")
        check(got["state_hash"] == original, f"round {number}: another state than the original's")
        check(tool.state_hash(restored, made["seq"]) == original, "the restored folder")
        if number % 10 in (0, 9):
            daemon, client = serves(options, source, restored, made["seq"])
            answers_again(client, load, made["seq"])
            check(daemon.stop() == 0, "the stop")
            seen = tool.ask("verify", restored)
            check(seen["ok"] and seen["epoch"] > got["epoch"], f"{seen}")
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return made


def under_load(options, source, load, target):
    rounds = 100 if options.full else 6
    seqs = []
    for number in range(rounds):
        made = one_round(options, source, load, number, target)
        if number % 10 != 9:
            check(not seqs or made["events_added"] == made["seq"] - seqs[-1], f"{made} {seqs}")
            seqs.append(made["seq"])
    check(seqs == sorted(set(seqs)), f"nothing new under load: {seqs}")
    print(f"restored with the same state: {rounds} of {rounds}, up to seq {seqs[-1]}")


def at_any_point(options, source, target):
    """--to: whole writes only, never beyond, the state that the ledger had there."""
    tool = Tool(options)
    end = tool.ask("verify", target)["seq"]
    events = [line.split(",")[:2] for line in
              tool.run("export", source.data, "--format", "csv", "--live")[1].splitlines()[1:]]
    draw = random.Random(7)
    points = [(str(seq), seq) for seq in draw.sample(range(2, end), 20 if options.full else 5)]
    for seq, moment in draw.sample(events[:end], 20 if options.full else 5):
        points.append((moment, max(int(s) for s, t in events[:end] if t <= moment)))
        check(int(seq) <= points[-1][1], f"{seq} {points[-1]}")
    for words, limit in points:
        restored = os.path.join(source.folder, "point")
        got = tool.restore(target, restored, "--to", words)
        check(got["seq"] <= limit, f"--to {words} restored {got}")
        check(got["state_hash"] == tool.state_hash(source.data, got["seq"], "--live"), f"{got}")
        check(tool.ask("verify", restored)["seq"] == got["seq"] + 1, f"{words}")
        shutil.rmtree(restored)
    code, _, err = tool.run("restore", target, "--to-dir", source.folder + "/point", "--to", "0")
    check(code == 2 and "begins after" in err, f"{code} {err}")
    check(not os.path.exists(source.folder + "/point"), "a folder for nothing")


def never_overwrites(options, source, target):
    tool = Tool(options)
    before = {name: os.stat(os.path.join(target, name)).st_mtime_ns for name in files_of(target)}
    code, _, err = tool.run("restore", target, "--to-dir", source.data)
    check(code == 2 and "not empty" in err, f"over a ledger: {code} {err}")
    other = os.path.join(source.folder, "other")
    os.makedirs(other)
    with open(os.path.join(other, "diary"), "w", encoding="utf-8") as file:
        file.write("mine")
    code, _, err = tool.run("backup", source.data, "--to", other, "--live")
    check(code == 2 and "diary" in err, f"among other files: {code} {err}")
    code, _, err = tool.run("restore", other, "--to-dir", os.path.join(source.folder, "none"))
    check(code == 2 and "no backup" in err, f"of no backup: {code} {err}")
    code, _, err = tool.run("backup", source.data, "--to", target)
    check(code == 2 and "--live" in err, f"in use, without --live: {code} {err}")
    tool.backup(source.data, target, "--live")
    for name, when in before.items():
        same = os.stat(os.path.join(target, name)).st_mtime_ns == when
        check(same == (name != "backup.manifest"), f"{name} was written again")


def lives_that_part(options, source, target):
    """A ledger that was restored to its end goes on with the same backup; one that was restored to
    an earlier point, or another ledger, does not."""
    tool = Tool(options)
    last = tool.ask("verify", target)["seq"]
    whole, early = (os.path.join(source.folder, name) for name in ("whole", "early"))
    tool.restore(target, early, "--to", str(last // 2))
    code, out, err = tool.run("backup", early, "--to", target)
    check(code == 3 and "the backup" in out + err, f"of a past that parted: {code} {out} {err}")
    copy = target + "-copy"
    shutil.copytree(target, copy)
    tool.restore(copy, whole)
    check(tool.backup(whole, copy)["events_added"] == 1, "the claim alone is new")
    code, out, err = tool.run("backup", source.data, "--to", copy, "--live")
    check(code == 3, f"of the ledger that was given up: {code} {out} {err}")
    stranger = Daemon(options.bin).start()
    try:
        code, out, err = tool.run("backup", stranger.data, "--to", target, "--live")
        check(code == 3, f"of another ledger: {code} {out} {err}")
    finally:
        stranger.remove()


def killed_backups(options, source):
    """Whatever moment a backup dies at, the target has the one before, and the next one goes on."""
    tool = Tool(options)
    target = os.path.join(source.folder, "killed")
    draw = random.Random(11)
    last = 0
    for _ in range(40 if options.full else 8):
        process = subprocess.Popen([os.path.join(options.bin, "creditd-replay"), "backup",
                                    source.data, "--to", target, "--live"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draw.random() * 0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if os.path.exists(os.path.join(target, "backup.manifest")):
            seen = tool.ask("verify", target)["seq"]
            check(seen >= last, f"a backup lost {last - seen} events")
            last = seen
    check(tool.backup(source.data, target, "--live")["seq"] >= last, "the next one")
    tool.ask("verify", target)


def killed_restores(options, source, target):
    """A folder that was restored in part is never served."""
    draw = random.Random(13)
    served = refused = 0
    for number in range(30 if options.full else 6):
        home = os.path.join(source.folder, f"part-{number}")
        os.makedirs(home)
        data = os.path.join(home, "data")
        process = subprocess.Popen([os.path.join(options.bin, "creditd-replay"), "restore", target,
                                    "--to-dir", data], stdout=subprocess.DEVNULL)
        while process.poll() is None and not os.path.exists(data):
            time.sleep(0.001)
        time.sleep(draw.random() * 0.08)
        process.send_signal(signal.SIGKILL)
        process.wait()
        # With neither there is nothing of a ledger yet: like an empty folder, where one begins.
        if any(os.path.exists(os.path.join(data, name)) for name in ("head", "db")):
            code = start_code(options, home)
            served += code == 0
            refused += code == 3
            check(code in (0, 3), f"a daemon on half a ledger exits {code}")
        shutil.rmtree(home)
    print(f"restores that were killed: {refused} refused, {served} whole")


def start_code(options, home):
    """0: it serves everything; else its exit code."""
    daemon = Daemon(options.bin, folder=home).start(wait=False)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if daemon.process.poll() is not None:
            return daemon.process.returncode
        try:
            if daemon.client(key=None).call("GET", "/readyz").status == 200:
                answer = daemon.client().call("GET", f"/v1/accounts/acct-{ACCOUNTS - 1}")
                check(answer.status == 200, f"served without its accounts: {answer}")
                daemon.kill()
                return 0
        except OSError:
            time.sleep(0.02)
    raise AssertionError("neither ready nor ended")


def after_a_kill(options, source, target):
    """A ledger that was killed, at rest: everything acknowledged is in the backup."""
    tool = Tool(options)
    source.kill()
    made = tool.backup(source.data, target)
    restored = os.path.join(source.folder, "after-kill")
    got = tool.restore(target, restored)
    whole = tool.ask("verify", source.data)
    check((got["seq"], got["state_hash"]) == (whole["seq"], whole["state_hash"]), f"{whole} {got}")
    check(made["seq"] == whole["seq"], f"{made}")
    check(tool.backup(source.data, target)["events_added"] == 0, "nothing is new")
    return made["seq"]


def run(options):
    source = Daemon(options.bin).start()
    target = os.path.join(source.folder, "backup")
    load = Load(source)
    try:
        load.start()
        try:
            under_load(options, source, load, target)
            at_any_point(options, source, target)
            never_overwrites(options, source, target)
            lives_that_part(options, source, target)
            killed_backups(options, source)
        finally:
            load.stop()
        killed_restores(options, source, target)
        last = after_a_kill(options, source, target)
        check(last >= max(entry[4] for entry in load.acknowledged), "an acknowledged write is gone")
    finally:
        source.remove()


if __name__ == "__main__":
    main(run)
