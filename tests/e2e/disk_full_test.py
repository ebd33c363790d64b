"""A disk that fills up: writes answer 503 disk_full, reads go on, nothing acknowledged is lost, and
after space is freed it serves again. On a small tmpfs of its own; needs root, as ./dev test has."""

import os
import shutil
import subprocess
import time

from harness import Daemon, check, main, replay


def fill(folder, leave_bytes):
    path = os.path.join(folder, "filler")
    room = os.statvfs(folder)
    size = room.f_bavail * room.f_frsize - leave_bytes
    with open(path, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
    return path


def wait_for(condition, what, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"timed out: {what}")


def deduct(client, key):
    return client.call("POST", "/v1/accounts/a/deductions", {"amount": 1}, key)


def scenario(options, daemon):
    daemon.start()
    client = daemon.client()
    client.call("PUT", "/v1/accounts/a", {})
    client.call("POST", "/v1/accounts/a/grants", {"amount": 1000}, "g")
    for i in range(20):
        check(deduct(client, f"before-{i}").status == 201, "before")
    filler = fill(daemon.folder, 8 << 20)
    wait_for(lambda: deduct(client, "probe").status == 503, "writes are refused")
    refused = deduct(client, "probe")
    check(refused.json()["code"] == "disk_full", f"{refused}")
    check("retry-after" in refused.headers, "Retry-After")
    check(client.call("GET", "/v1/accounts/a/balance").status == 200, "reads go on")
    check(client.call("GET", "/readyz").status == 200, "ready while only writes are refused")
    check("[-]disk" in client.call("GET", "/readyz?verbose").body.decode(), "verbose says so")
    balance = client.call("GET", "/v1/accounts/a/balance").json()["balance"]
    # Killed and started again while the disk is full: still there, still only readable.
    daemon.kill()
    daemon.start()
    client = daemon.client()
    check(client.call("GET", "/v1/accounts/a/balance").json()["balance"] == balance, "lost")
    check(deduct(client, "probe-2").status == 503, "writes are refused after a restart too")
    os.remove(filler)
    wait_for(lambda: deduct(client, "after").status == 201, "it serves again")
    repeated = [deduct(client, f"before-{i}") for i in range(20)]
    check(all(r.headers.get("idempotent-replayed") == "true" for r in repeated), "a key was lost")
    check(daemon.stop() == 0, "stop")
    code, out, err = replay(options.bin, "verify", daemon.data)
    check(code == 0, f"verify: {out} {err}")
    print("disk full: writes 503 disk_full, reads 200, 0 lost, served again after space was freed")


def run(options):
    daemon = Daemon(options.bin, environment={"CREDITD_DISK__FREE_BYTES_MIN": "16MB",
                                              "CREDITD_DISK__BALLAST_BYTES": "4MB"})
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", daemon.folder], check=True)
    try:
        scenario(options, daemon)
    finally:
        if daemon.process and daemon.process.poll() is None:
            daemon.kill()
        subprocess.run(["umount", daemon.folder], check=True)
        shutil.rmtree(daemon.folder, ignore_errors=True)


main(run)
