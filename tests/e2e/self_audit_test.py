"""The daemon's audit of itself. Under load, with snapshots, expiries and holds that run out by
time, it never finds anything; a bit that flips in a stored block while it serves stops writes,
and no reads."""

import os
import random
import threading
import time

from harness import Daemon, check, main, replay

EAGER = {"CREDITD_AUDIT__ACCOUNT_INTERVAL": "1ms",
         "CREDITD_AUDIT__DISK_BYTES_PER_SECOND": "100MB"}
ACCOUNTS = 30


def metric(daemon, name):
    page = daemon.client(key=None).call("GET", "/metrics").body.decode()
    return next(float(line.split()[-1]) for line in page.splitlines()
                if line.startswith(f"creditd_self_audit_{name} "))


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"timed out: {what}")
        time.sleep(0.05)


def soon(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def prepare(daemon):
    client = daemon.client()
    client.call("PUT", "/v1/features/chat", {"credits": 1})
    for i in range(ACCOUNTS):
        made = client.call("PUT", f"/v1/accounts/a{i}", {"name": f"N {i}", "credit_limit": i % 3})
        check(made.status in (200, 201), f"{made}")
        client.call("POST", f"/v1/accounts/a{i}/grants", {"amount": 1000}, f"first-{i}")
    return client


def one_of_many(client, rng, key):
    """One request of a customer's life; what it answers does not matter, as long as it does."""
    account, other = rng.sample(range(ACCOUNTS), 2)
    base = f"/v1/accounts/a{account}"
    kind = rng.randrange(8)
    if kind == 0:
        return client.call("POST", f"{base}/grants",
                           {"amount": 3, "expires_at": soon(rng.choice((1, 2, 3)))}, key)
    if kind == 1:
        return client.call("POST", f"{base}/holds", {"amount": 2, "expires_in": "1s"}, key)
    if kind == 2:
        return client.call("POST", "/v1/transfers",
                           {"from": f"a{account}", "to": f"a{other}", "amount": 1}, key)
    if kind == 3:
        return client.call("POST", f"{base}/deductions", {"amount": 5000}, key)
    if kind == 4:
        return client.call("PUT", base, {"name": f"N {key}", "credit_limit": rng.randrange(3)})
    if kind == 5:
        made = client.call("POST", f"{base}/deductions", {"amount": 2}, key)
        if made.status != 201:
            return made
        return client.call("POST", f"/v1/transactions/{made.json()['id']}/refunds",
                           {"amount": 1}, key + "-r")
    return client.call("POST", f"{base}/deductions", {"amount": 1}, key)


def work(daemon, number, is_over, answers):
    client = daemon.client()
    rng = random.Random(number)
    count = 0
    while not is_over.is_set():
        answers.append(one_of_many(client, rng, f"w{number}-{count}"))
        count += 1


def load_for_a_while(daemon, seconds, answers):
    """With snapshots, and until each account could have been looked at, however slow that is."""
    is_over = threading.Event()
    workers = [threading.Thread(target=work, args=(daemon, n, is_over, answers)) for n in range(4)]
    for worker in workers:
        worker.start()
    begun = time.monotonic()
    try:
        while (took := time.monotonic() - begun) < seconds or \
                metric(daemon, "accounts_total") <= ACCOUNTS:
            check(took < seconds + 120, "few accounts are looked at under load")
            daemon.snapshot()
            time.sleep(1)
    finally:
        is_over.set()
        for worker in workers:
            worker.join()


def no_false_alarm(options):
    daemon = Daemon(options.bin, environment=EAGER)
    try:
        daemon.start()
        prepare(daemon)
        answers = []
        load_for_a_while(daemon, 120 if options.full else 12, answers)
        statuses = {answer.status for answer in answers}
        check(201 in statuses and 503 not in statuses, f"{statuses}")
        check(sum(answer.status == 201 for answer in answers) > 500, f"{len(answers)} answers")
        # What the last seconds left to time alone is looked at before and after it has happened.
        accounts = metric(daemon, "accounts_total")
        time.sleep(4)
        wait_for(lambda: metric(daemon, "accounts_total") > accounts + ACCOUNTS,
                 "it goes on while nothing happens", 120)
        check(metric(daemon, "rounds_total") >= 2, "rounds over the disk")
        for name in ("mismatches_total", "failures_total"):
            check(metric(daemon, name) == 0, f"{name}: {daemon.log_text()[-2000:]}")
        ready = daemon.client().call("GET", "/readyz?verbose").body.decode()
        check("[+]self_audit ok" in ready, ready)
        # Another life: from the snapshot, with images and tables that are there already.
        check(daemon.stop() == 0, "stop")
        daemon.start()
        wait_for(lambda: metric(daemon, "accounts_total") > 2 * ACCOUNTS, "all accounts again", 120)
        check(metric(daemon, "mismatches_total") == 0, daemon.log_text()[-2000:])
        check(daemon.stop() == 0, "stop")
        code, out, err = replay(options.bin, "verify", daemon.data)
        check(code == 0, f"verify: {out} {err}")
        print(f"{len(answers)} requests, {accounts:.0f} accounts compared: no false alarm")
    finally:
        daemon.remove()


def journal_table(daemon):
    """The largest table that names the journal's family among its properties."""
    folder = os.path.join(daemon.data, "db")
    found = []
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.endswith(".sst"):
            with open(path, "rb") as file:
                if b"journal" in file.read()[-8192:]:
                    found.append((os.path.getsize(path), path))
    return max(found)[1]


def flip_a_bit(path):
    with open(path, "r+b") as file:
        where = os.path.getsize(path) // 4
        file.seek(where)
        byte = file.read(1)[0]
        file.seek(where)
        file.write(bytes([byte ^ 0x10]))


def a_bit_flips(options):
    slow = {"CREDITD_AUDIT__ACCOUNT_INTERVAL": "0",
            "CREDITD_AUDIT__DISK_BYTES_PER_SECOND": "100MB"}
    daemon = Daemon(options.bin, environment=slow)
    try:
        daemon.start()
        client = prepare(daemon)
        for i in range(300):
            note = random.randbytes(300).hex()
            client.call("POST", f"/v1/accounts/a{i % ACCOUNTS}/deductions",
                        {"amount": 1, "description": note}, f"d{i}")
        daemon.snapshot()
        check(daemon.stop() == 0, "stop")
        daemon.start()  # the log is in tables now
        client = daemon.client()
        wait_for(lambda: metric(daemon, "rounds_total") >= 1, "a round")
        check(client.call("POST", "/v1/accounts/a1/deductions", {"amount": 1}, "x").status == 201,
              "it serves")
        flip_a_bit(journal_table(daemon))
        begun = time.monotonic()
        wait_for(lambda: metric(daemon, "mismatches_total") > 0, "it is found", 20)
        took = time.monotonic() - begun
        refused = client.call("POST", "/v1/accounts/a1/deductions", {"amount": 1}, "y")
        check(refused.status == 503 and refused.json()["code"] == "ledger_suspect", f"{refused}")
        check("retry-after" in refused.headers, "Retry-After")
        check(client.call("GET", "/v1/accounts/a1/balance").status == 200, "reads go on")
        check(client.call("GET", "/readyz").status == 200, "ready while writes are refused")
        ready = client.call("GET", "/readyz?verbose").body.decode()
        check("[-]self_audit" in ready and "[+]disk" in ready, ready)
        line = daemon.logged("self_audit_mismatch")[0]
        check(line["level"] == "error" and line["seq"] >= 1, f"{line}")
        check(daemon.stop() == 0, "stop")
        code, out, err = replay(options.bin, "verify", daemon.data)
        check(code == 3, f"the auditor's tool agrees: {code} {out} {err}")
        print(f"a flipped bit is found {took:.1f} s after, at event {line['seq']}")
    finally:
        daemon.remove()


def run(options):
    no_false_alarm(options)
    a_bit_flips(options)


main(run)
