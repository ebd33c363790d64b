"""Cosignatures of witnesses: they come by themselves, go on after kills, and are waited for where a
quorum is set; verifiers ask for them; a witness that lies does no harm."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
import time

from contract_kit import Ledger, check, expect
from harness import Daemon, main, replay
from proof_go_test import ask, build_verifier
from proof_kit import Log
from proof_test import check_receipt, spend
from webhooks_kit import soon
from witness_kit import cosigned_head, cosigned_receipt, deduct, restart, seq_of
from witness_server import Witness, WitnessKey

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


# --- one witness ---------------------------------------------------------------------------------

def heads_are_cosigned(daemon, witness, folder):
    ledger, log = restart(daemon, [witness])
    account = ledger.account(100_000)
    heads, receipts = [], []
    for turn in range(4):
        spent = spend(ledger, account, 200, f"{daemon.port}-{turn}")[-1]
        # Nobody asks for a head: the daemon makes one for its witness.
        soon(lambda: witness.size() >= seq_of(spent), "a head by itself")
        heads.append(cosigned_head(log, witness.key, seq_of(spent)))
        receipts.append(check_receipt(log, spent, account))
        check(witness.key.has_cosigned(receipts[-1].head.note), receipts[-1].text)
        daemon.kill() if turn % 2 else check(daemon.stop() == 0, "the stop")
        daemon.start()
        ledger, log = Ledger(daemon), Log(daemon.client())
        cosigned_head(log, witness.key, heads[-1].size + 1)  # the start is an event, too
    check([head.size for head in heads] == sorted({head.size for head in heads}), f"{heads}")
    check("witness_" not in daemon.log_text(), "a complaint about the witness")
    metrics = log.get("/metrics").body.decode()
    line = f'creditd_witness_cosigned_size{{witness="{witness.key.name}"}} {witness.size()}'
    check(line in metrics, f"{line}: {metrics}")
    # What Go's module mirror verifies with goes on doing so.
    vkey = log.keys()[0]
    questions = [{"Kind": "checkpoint", "Vkey": vkey, "Note": head.note} for head in heads]
    questions += [{"Kind": "receipt", "Vkey": vkey, "Receipt": got.text} for got in receipts]
    for question, said in zip(questions, ask(build_verifier(folder), questions)):
        check(said == "ok", f"{question}: {said}")
    return heads


def verifiers_ask_for_them(options, daemon, witness, folder):
    vkey, own, other = Log(daemon.client()).keys()[0], witness.key.vkey(), WitnessKey("w").vkey()
    script = os.path.join(ROOT, "replay", "verify.py")

    def python(*words):
        return subprocess.run([sys.executable, script, *words], capture_output=True, text=True,
                              check=False)
    live = f"http://127.0.0.1:{daemon.port}"
    cosigned_head(Log(daemon.client()), witness.key, 1)
    done = python(live, "--key", vkey, "--witness", own)
    check(done.returncode == 0 and "witnesses 1" in done.stdout, f"{done}")
    check(python(live, "--key", vkey, "--witness", other).returncode == 3, "another witness")
    check(daemon.stop() == 0, "the stop")
    archive = os.path.join(folder, "archive")
    code, _, said = replay(options.bin, "export", daemon.data, "--format", "archive", "-o", archive)
    check(code == 0, f"the export: {said}")
    for target in (daemon.data, archive):
        for words, expected in ((("--witness", own), 0), (("--witness", other), 3),
                                (("--witness", own, "--witness", other), 3),
                                (("--witness", own, "--witness", other,
                                  "--witnesses-required", "1"), 0),
                                (("--witness", vkey), 2), ((), 0)):
            code, out, said = replay(options.bin, "verify", target, "--key", vkey, *words)
            check(code == expected, f"{target} {words}: {code} {out} {said}")
            check(code or not words or "cosigned" in out, out)
            if target == archive:
                done = python(target, "--key", vkey, *words)
                check(done.returncode == expected, f"{words}: {done}")
    # A cosignature of something else, and none.
    path = os.path.join(archive, "cosigned")
    with open(path, encoding="utf-8") as file:
        note = file.read()
    for bad in (note.replace("\n\n", "\nmore\n\n"), note[:note.rindex("\u2014")], None):
        os.remove(path)
        if bad:
            with open(path, "w", encoding="utf-8") as file:
                file.write(bad)
        code, out, said = replay(options.bin, "verify", archive, "--key", vkey, "--witness", own)
        check(code == 3, f"{bad}: {code} {out} {said}")
        check(python(archive, "--key", vkey, "--witness", own).returncode == 3, f"{bad}")
    daemon.start()


# --- a witness that is down ----------------------------------------------------------------------

def a_witness_is_down(daemon, witness):
    ledger, log = restart(daemon, [witness])
    account = ledger.account(100_000)
    first = deduct(ledger, account)
    cosigned_head(log, witness.key, seq_of(first))
    witness.stop()
    spent = deduct(ledger, account)
    receipt = check_receipt(log, spent, account)
    check(not witness.key.has_cosigned(receipt.head.note), "nobody has cosigned it")
    soon(lambda: log.head().size >= seq_of(spent), "without a quorum heads go on")

    ledger, log = restart(daemon, [witness], 1)
    shown = log.head()
    check(seq_of(first) <= shown.size < seq_of(spent), f"an uncosigned head: {shown.note}")
    check(witness.key.has_cosigned(shown.note), "what was cosigned before the start")
    check(log.receipt(first).head.note == shown.note, "an old receipt")
    begun = time.monotonic()
    got = log.client.call("GET", f"/v1/transactions/{spent}/receipt")
    took = time.monotonic() - begun
    expect(got, 503, "overloaded")
    check("witnesses" in got.json()["detail"] and 1.5 < took < 10, f"{took} s: {got}")
    deduct(ledger, account)  # writes and reads wait for nobody
    soon(lambda: "witness_failed" in daemon.log_text(), "a line in the log")
    log.consistency(1, shown.size)
    log.get(f"/v1/log/consistency?from=1&to={seq_of(spent)}", 400)
    witness.restart()
    cosigned_head(log, witness.key, seq_of(spent))
    cosigned_receipt(log, spent, account, witness.key)
    # Fresh ones wait for the next round.
    for _ in range(3):
        cosigned_receipt(log, deduct(ledger, account), account, witness.key)


# --- witnesses that lie --------------------------------------------------------------------------

def lies():
    """By name: what such a witness answers."""
    def answer(body, status=200, kind="text/plain"):
        return status, kind, body if isinstance(body, bytes) else body.encode()

    def text_of(body):
        return body.partition(b"\n\n")[2].decode().rpartition("\n\n")[0] + "\n"

    def of_another_key(witness, body):
        forged = WitnessKey(witness.key.name)
        forged.id = witness.key.id
        return answer(forged.cosign(text_of(body)))

    def of_the_first_head(witness, body):
        witness.first = getattr(witness, "first", None) or witness.key.cosign("a\n1\nb\n", 1)
        return answer(witness.first)

    def one_size_after_the_other(witness, _):
        return answer(f"{witness.requests % 7}\n", 409, "text/x.tlog.size")

    def slow(*_):
        time.sleep(20)
        return answer("")

    return {
        "garbage": lambda *_: answer(b"\xff\x00\r\n\xe2\x80\x94 a b\n\n" * 20),
        "empty": lambda *_: answer(""),
        "another-key": of_another_key,
        "another-head": of_the_first_head,
        "plain-signature": lambda w, body: answer(
            f"\u2014 {w.key.name} {base64.b64encode(w.key.id + bytes(64)).decode()}\n"),
        "huge": lambda w, body: answer(w.key.cosign(text_of(body)) + "x" * 10_000_000),
        "sizes": one_size_after_the_other,
        "size-garbage": lambda *_: answer("007\n", 409, "text/x.tlog.size"),
        "size-huge": lambda *_: answer("99999999999999999999\n", 409, "text/x.tlog.size"),
        "ahead": lambda *_: answer("1000000000\n", 409, "text/x.tlog.size"),
        "redirect": lambda *_: answer("", 307),
        "slow": slow,
    }


def liars_do_no_harm(options):
    honest = Witness("honest.example")
    liars = [Witness(f"{name}.example", lie) for name, lie in lies().items()]
    daemon = Daemon(options.bin)
    try:
        ledger, log = restart(daemon, [*liars, honest], 1)
        account = ledger.account(100_000)
        for _ in range(6):
            cosigned_receipt(log, deduct(ledger, account), account, honest.key)
        soon(lambda: all(liar.requests > 1 for liar in liars if liar.key.name not in
                         ("slow.example", "ahead.example")), "all are asked, and again")
        soon(lambda: daemon.log_events("witness_is_ahead"), "a line about the one that is ahead")
        note = log.head().note
        check(not any(f" {liar.key.name} " in note for liar in liars), f"a lie: {note}")
        requests = {liar.key.name: liar.requests for liar in liars}
        check(max(requests.values()) < 40, f"asked too often: {requests}")
        metrics = log.get("/metrics").body.decode()
        for liar in liars:
            failures = f'creditd_witness_failures_total{{witness="{liar.key.name}"}} '
            check(failures in metrics, f"{failures}: {metrics}")
        check(daemon.stop() == 0, "the stop, while one is silent")
    finally:
        daemon.remove()


def run(options):
    folder = tempfile.mkdtemp(prefix="creditd-e2e-")
    daemon, witness = Daemon(options.bin), Witness("witness.example/w1")
    try:
        heads_are_cosigned(daemon, witness, folder)
        verifiers_ask_for_them(options, daemon, witness, folder)
        a_witness_is_down(daemon, witness)
    finally:
        daemon.remove()
        shutil.rmtree(folder, ignore_errors=True)
    liars_do_no_harm(options)


if __name__ == "__main__":
    main(run)
