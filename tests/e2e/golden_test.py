"""Logs that former programs wrote (tests/golden), and one that today's writes: today's programs
come to the state that those had, from the archive, from the backup and from the snapshot, and serve
what the accounts had."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

from harness import Daemon, check, main, replay

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GOLDEN = os.path.join(os.path.dirname(HERE), "golden")


def tool(options, *words):
    code, out, err = replay(options.bin, *words)
    check(code == 0, f"{words}: {code} {out} {err}")
    return out


def check_archive(options, folder, manifest):
    archive = os.path.join(folder, "archive")
    found = json.loads(tool(options, "verify", archive, "--json"))
    check(found["state_hash"] == manifest["state_hash"], f"{folder}: the archive gives {found}")
    other = subprocess.run([sys.executable, os.path.join(ROOT, "replay", "verify.py"), archive],
                           capture_output=True, text=True, check=False)
    check(other.returncode == 0, f"{folder}: verify.py: {other.stdout} {other.stderr}")


def check_served(options, folder, manifest, with_snapshot):
    """Restored and served, from the first event or from the snapshot of the former program."""
    daemon = Daemon(options.bin, words=("--test-clock",))
    try:
        tool(options, "restore", os.path.join(folder, "backup"), "--to-dir", daemon.data)
        if with_snapshot:
            os.makedirs(os.path.join(daemon.data, "snapshots"), exist_ok=True)
            shutil.copy(os.path.join(folder, "snapshot.snap"), os.path.join(
                daemon.data, "snapshots", f"{manifest['seq']:020}.snap"))
        daemon.start()
        begun = daemon.logged("recovered")[0]
        check(begun["snapshot"] == (manifest["seq"] if with_snapshot else 0), f"{begun}")
        client = daemon.client()
        for account, had in manifest["accounts"].items():
            got = client.call("GET", f"/v1/accounts/{account}").json()
            has = {name: got[name] for name in had}
            check(has == had, f"{folder}: {account} has {has}, had {had}")
        check(daemon.stop() == 0, "stop")
        tool(options, "verify", daemon.data)
    finally:
        daemon.remove()


def check_folder(options, folder):
    with open(os.path.join(folder, "MANIFEST.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    check(manifest["accounts"] and manifest["seq"] > 100, f"{folder}: {manifest}")
    check_archive(options, folder, manifest)
    check_served(options, folder, manifest, False)
    check_served(options, folder, manifest, True)
    print(f"{os.path.basename(folder)}: {manifest['seq']} events of creditd "
          f"{manifest['version']}, the same state, {len(manifest['accounts'])} accounts served")


def run(options):
    folders = sorted(entry.path for entry in os.scandir(GOLDEN) if entry.is_dir()
                     and os.path.exists(os.path.join(entry.path, "MANIFEST.json")))
    check(folders, "there is no golden log")
    for folder in folders:
        check_folder(options, folder)
    with tempfile.TemporaryDirectory() as parent:
        today = os.path.join(parent, "today")
        make = os.path.join(GOLDEN, "make.py")
        subprocess.run([sys.executable, make, "--bin", options.bin, today], check=True)
        check_folder(options, today)


main(run)
