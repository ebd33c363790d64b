"""The signed log over HTTP: receipts, tiles and heads that fit together, who may see what, and that
the log stays one: after kills, while its key is rotated, and when its past has been replaced."""

import os
import time
import shutil

from contract_kit import Ledger, check, expect
from harness import Daemon, main
from proof_kit import Log, root_of, leaf_hash, tile_path


def spend(ledger, account, count, start=0):
    """`count` deductions in one batch; returns the transactions."""
    operations = [{"op": "deduct", "account": account, "amount": 1} for _ in range(count)]
    got = expect(ledger.post("/v1/batches", {"mode": "independent", "operations": operations},
                             key=f"spend-{account}-{start}"), 200)
    return [result["body"]["id"] if "body" in result else result["id"]
            for result in got["results"]]


def check_receipt(log, transaction, account):
    receipt = log.receipt(transaction)
    check(receipt.index + 1 == int(transaction.split("_")[1]), f"{transaction}: {receipt.text}")
    check(receipt.root() == receipt.head.root, f"{transaction} is not proved: {receipt.text}")
    check(account.encode() in receipt.entry, "the receipt does not hold the event")
    check(receipt.head.size > receipt.index, "the head does not cover the event")
    return receipt


def the_log_fits_together(daemon):
    ledger, log = Ledger(daemon), Log(daemon.client())
    account = ledger.account(100_000)
    # Each at once after its answer: nobody waits for a timer.
    for _ in range(5):
        made = expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 201)
        check_receipt(log, made["id"], account)
    transactions = spend(ledger, account, 1_500)
    for transaction in transactions[::97]:
        receipt = check_receipt(log, transaction, account)
    size = receipt.head.size
    entries = log.entries(size)
    hashes = [leaf_hash(entry) for entry in entries]
    check(root_of(hashes) == receipt.head.root, "the entries do not give the signed root")
    full = [root_of(hashes[at:at + 256]) for at in range(0, size - size % 256, 256)]
    check(log.hashes(1, 0, len(full)) == full, "the tile of level 1")
    # What is not there yet, or never will be.
    for path in (tile_path(0, size // 256 + 1, 256), tile_path(1, 0, 200), tile_path(2, 0, 1),
                 "/tile/0/0", "/tile/-1/000", "/tile/0/000.p/0", "/tile/0/000.p/256",
                 "/tile/64/000", "/tile/0/x000/000", "/tile/0/000.p/1/2",
                 "/tile/%65ntries/000"):
        log.get(path, 404)
    check(Log(daemon.client(key=None)).head().size >= size, "the head needs no key")


def who_may_see_what(daemon):
    ledger, log = Ledger(daemon), Log(daemon.client())
    account = ledger.account(10)
    spent = expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 201)["id"]
    check_receipt(log, spent, account)
    keys = {name: ledger.key(name)["secret"] for name in ("ledger:read", "audit:read",
                                                          "catalog:write")}
    keys["own"] = ledger.key("ledger:read", account_prefix=account)["secret"]
    keys["other"] = ledger.key("ledger:read", account_prefix="other")["secret"]
    keys["part"] = ledger.key("audit:read", account_prefix=account)["secret"]
    receipt = f"/v1/transactions/{spent}/receipt"
    for path, allowed in (("/tile/entries/000", {"audit:read": 200, "ledger:read": 403,
                                                 "catalog:write": 403, "own": 403, "part": 403,
                                                 None: 401}),
                          (receipt, {"audit:read": 200, "ledger:read": 200, "own": 200,
                                     "other": 404, "catalog:write": 403, None: 401}),
                          ("/v1/log/consistency?from=1", {"ledger:read": 200, None: 401}),
                          ("/v1/log/key", {None: 200}), ("/checkpoint", {None: 200}),
                          ("/tile/0/000", {None: 200})):
        for name, status in allowed.items():
            got = daemon.client(keys.get(name)).call("GET", path)
            check(got.status == status, f"{path} with {name}: {got}")


def the_log_goes_on(daemon):
    """Through kills and stops: every head continues every earlier one."""
    ledger, log = Ledger(daemon), Log(daemon.client())
    account = ledger.account(100_000)
    keys, heads, sizes = log.keys(), [], []
    for turn in range(4):
        ledger, log = Ledger(daemon), Log(daemon.client())
        check(log.keys() == keys, "another key after a start")
        spent = spend(ledger, account, 300, turn)
        check_receipt(log, spent[-1], account)
        heads.append(log.head())
        sizes.append(heads[-1].size)
        entries = [leaf_hash(entry) for entry in log.entries(sizes[-1])]
        for head in heads:
            check(root_of(entries[:head.size]) == head.root, f"the head of {head.size} is lost")
            log.consistency(head.size, sizes[-1])
        daemon.kill() if turn % 2 else check(daemon.stop() == 0, "the stop")
        daemon.start()
    check(sizes == sorted(set(sizes)), f"sizes {sizes}")
    return Log(daemon.client()).head()


def the_key_is_rotated(daemon):
    path = os.path.join(daemon.data, "proof.key")
    check(os.stat(path).st_mode & 0o777 == 0o600, "proof.key is not private")
    with open(path, encoding="utf-8") as file:
        secret = file.read().strip()
    check(secret not in daemon.log_text(), "the log holds the key")
    old = Log(daemon.client()).keys()
    daemon.stop()
    os.rename(path, path + ".previous")
    daemon.start()
    both = Log(daemon.client()).keys()
    check(len(both) == 2 and both[1:] == old, f"keys {both} after {old}")
    ledger = Ledger(daemon)
    spend(ledger, ledger.account(1_000), 10)
    # A head is signed anew when the last one is a second old.
    end = time.monotonic() + 10
    head = Log(daemon.client()).head()
    while head.signatures.count("\u2014 ") < 2 and time.monotonic() < end:
        time.sleep(0.2)
        head = Log(daemon.client()).head()
    check(head.signatures.count("\u2014 ") == 2, f"not signed by both: {head.note}")
    daemon.stop()
    os.remove(path + ".previous")
    daemon.start()
    check(Log(daemon.client()).keys() == both[:1], "the old key still signs")
    # Another name is another log.
    daemon.stop()
    daemon.environment["CREDITD_PROOF__ORIGIN"] = "another.example/log"
    daemon.start(wait=False)
    check(daemon.process.wait(timeout=30) == 1, "it signs under another name")
    check("a log keeps its name" in daemon.log_text(), "without a reason")
    del daemon.environment["CREDITD_PROOF__ORIGIN"]


def another_past_is_not_signed(options):
    """A folder put back as it was, its head file with it, and gone on differently."""
    daemon = Daemon(options.bin, environment={"CREDITD_PROOF__ORIGIN": "credits.example/log"})
    try:
        daemon.start()
        ledger = Ledger(daemon)
        account = ledger.account(1_000)
        check(Log(daemon.client()).head().origin == "credits.example/log", "the configured name")
        daemon.stop()
        shutil.copytree(daemon.data, daemon.data + ".old")
        daemon.start()
        ledger = Ledger(daemon)
        check_receipt(Log(daemon.client()), spend(ledger, account, 20)[-1], account)
        daemon.stop()
        for name in ("proof.key", "proof.checkpoint"):  # these know better
            shutil.copy2(os.path.join(daemon.data, name), daemon.data + ".old")
        shutil.rmtree(daemon.data)
        os.rename(daemon.data + ".old", daemon.data)
        daemon.start()
        ledger, log = Ledger(daemon), Log(daemon.client())
        spent = expect(ledger.post(f"/v1/accounts/{account}/grants", {"amount": 5}), 201)
        for _ in range(30):
            expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 201)
        log.get(f"/v1/transactions/txn_{spent['seq']}/receipt", 503)
        # The first 503 may say that the tree has not come so far yet; the history is judged then.
        end = time.monotonic() + 20
        log.get("/checkpoint", 503)
        while ("has signed another history" not in daemon.log_text()
               and time.monotonic() < end):
            time.sleep(0.1)
            log.get("/checkpoint", 503)
        check("has signed another history" in daemon.log_text(), "without a reason")
        daemon.stop()
    finally:
        daemon.remove()


def run(options):
    daemon = Daemon(options.bin)
    try:
        daemon.start()
        for section in (the_log_fits_together, who_may_see_what, the_log_goes_on,
                        the_key_is_rotated):
            section(daemon)
    finally:
        daemon.remove()
    another_past_is_not_signed(options)


if __name__ == "__main__":
    main(run)
