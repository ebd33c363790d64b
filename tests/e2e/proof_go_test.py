"""A verifier that nobody here wrote: Go's golang.org/x/mod/sumdb accepts our heads, receipts,
consistency proofs and the tree of all entries, and refuses each of them with one bit changed."""

import base64
import json
import os
import shutil
import subprocess
import tempfile

from contract_kit import Ledger, check
from harness import Daemon, main
from proof_kit import Log
from proof_test import spend

HERE = os.path.dirname(os.path.abspath(__file__))


def build_verifier(folder):
    """With Debian's packages alone: golang-go and golang-golang-x-mod-dev."""
    go = next(path for path in ("/usr/bin/go", shutil.which("go")) if path and os.path.exists(path))
    environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode",
                       GOFLAGS="-mod=mod", GOTOOLCHAIN="local", GOPROXY="off",
                       GOCACHE=os.path.join(folder, "cache"), CGO_ENABLED="0")
    environment.pop("GOROOT", None)
    program = os.path.join(folder, "verify_proofs")
    done = subprocess.run([go, "build", "-o", program, os.path.join(HERE, "verify_proofs.go")],
                          env=environment, capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"go build: {done.stderr}")
    return program


def changed(text, at):
    """One character of a text is another of the same alphabet. The last one of padded base64 has
    bits that mean nothing: there the one before it."""
    if text[at + 1:at + 2] == "=":
        at -= 1
    other = {"A": "B", "0": "1"}.get(text[at], "A" if text[at].isalpha() else "0")
    return text[:at] + other + text[at + 1:]


def true_questions(log, heads, receipts):
    vkey = log.keys()[0]
    yield from ({"Kind": "checkpoint", "Vkey": vkey, "Note": head.note} for head in heads)
    yield from ({"Kind": "receipt", "Vkey": vkey, "Receipt": receipt.text} for receipt in receipts)
    for older in heads:
        for newer in heads:
            if older.size <= newer.size:
                yield {"Kind": "consistency", "Vkey": vkey, "Old": older.note, "Note": newer.note,
                       "Hashes": log.consistency(older.size, newer.size)}
    for head in (heads[0], heads[-1]):
        entries = [base64.b64encode(entry).decode() for entry in log.entries(head.size)]
        yield {"Kind": "entries", "Vkey": vkey, "Note": head.note, "Entries": entries}


def false_questions(questions):
    """Each true one, spoilt in some places."""
    for question in questions:
        if question["Kind"] == "checkpoint":
            note = question["Note"]
            yield from (dict(question, Note=changed(note, at)) for at in range(len(note))
                        if note[at] not in "\n\u2014 ")
        elif question["Kind"] == "receipt":
            text = question["Receipt"]
            yield from (dict(question, Receipt=changed(text, at))
                        for at in range(7, len(text), 29) if text[at] not in "\n\u2014 ")
        elif question["Kind"] == "consistency":
            hashes = question["Hashes"]
            yield from (dict(question, Hashes=hashes[:at] + [changed(hashes[at], 9)] +
                             hashes[at + 1:]) for at in range(len(hashes)))
            yield dict(question, Hashes=hashes + hashes[:1] + ["A" * 43 + "="])
        elif question["Kind"] == "entries":
            entries = question["Entries"]
            yield dict(question, Entries=entries[:-1])
            yield dict(question, Entries=entries + entries[:1])
            yield dict(question, Entries=entries[1:2] + entries[:1] + entries[2:])
            yield dict(question, Entries=[changed(entries[0], 40)] + entries[1:])


def ask(program, questions):
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, timeout=120,
                          check=True)
    answers = done.stdout.splitlines()
    check(len(answers) == len(questions), f"{len(answers)} answers to {len(questions)}")
    return answers


def run(options):
    daemon = Daemon(options.bin)
    folder = tempfile.mkdtemp(prefix="creditd-e2e-")
    try:
        program = build_verifier(folder)
        daemon.start()
        ledger, log = Ledger(daemon), Log(daemon.client())
        account = ledger.account(100_000)
        heads, receipts = [], []
        for turn, count in enumerate((1, 2, 250, 3, 700)):
            spent = spend(ledger, account, count, turn)
            receipts += [log.receipt(transaction) for transaction in (spent[0], spent[-1])]
            heads.append(receipts[-1].head)
        receipts.append(log.receipt("txn_" + str(receipts[0].index + 1)))  # old, under a new head
        true = list(true_questions(log, heads, receipts))
        for question, said in zip(true, ask(program, true)):
            check(said == "ok", f"{question}: {said}")
        false = list(false_questions(true))
        for question, said in zip(false, ask(program, false)):
            check(said != "ok", f"accepted, though it was spoilt: {question}")
        print(f"golang.org/x/mod/sumdb accepts all of {len(true)} proofs, and none of "
              f"{len(false)} spoilt ones")
        check(daemon.stop() == 0, "the stop")
    finally:
        daemon.remove()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(run)
