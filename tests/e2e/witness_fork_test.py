"""Two daemons go on differently from one prefix, under one key, and ask one witness: it cosigns
heads of the one that came first, and never one of the other, whatever that one sends."""

import base64
import random
import shutil

from contract_kit import Ledger, check, expect
from harness import Daemon, main
from proof_kit import Head, Log, leaf_hash, root_of
from proof_test import spend
from webhooks_kit import soon
from witness_kit import cosigned_head, deduct, restart, seq_of
from witness_server import Witness


class Forger:
    """Has the log's key and another history, and tries to have it cosigned."""

    def __init__(self, daemon, witness, fork_at):
        self.ledger, self.log = Ledger(daemon), Log(daemon.client())
        self.account = self.ledger.account(1_000_000)
        self.witness, self.fork_at = witness, fork_at
        self.chance = random.Random(7)
        self.heads = []
        self.tries = 0

    def grow_to(self, size):
        while seq_of(spent := deduct(self.ledger, self.account)) < size:
            pass
        self.heads.append(self.log.receipt(spent).head)
        return self.heads[-1]

    def hashes(self, older, newer):
        return self.log.consistency(older, newer) if 1 <= older <= newer else []

    def attempt(self, old, proof, head):
        self.tries += 1
        body = f"old {old}\n" + "".join(line + "\n" for line in proof) + "\n" + head.note
        status, _, said = self.witness.add_checkpoint(body.encode())
        check(status in (400, 409, 422), f"status {status} for the other history: {body}")
        check("\u2014" not in said.decode(), f"it is cosigned: {body}")

    def attempts(self, head, true_proofs):
        """From every size that there is, with every proof that there is, for one head."""
        known = self.witness.size()
        random_hash = base64.b64encode(self.chance.randbytes(32)).decode()
        for old in (known, self.fork_at, head.size, 0, head.size - 1):
            true_proof = self.hashes(old, head.size)
            self.attempt(old, true_proof, head)
            self.attempt(old, [], head)
            self.attempt(old, [random_hash] + true_proof[1:], head)
            self.attempt(old, true_proof + [random_hash], head)
            for proof in true_proofs:
                self.attempt(old, proof, head)


def run(options):
    witness = Witness("witness.example/w2")
    tries = 10_000 if options.full else 1_000
    one, two = Daemon(options.bin), Daemon(options.bin)
    try:
        ledger, log = restart(one, [witness])
        account = ledger.account(1_000_000)
        cosigned_head(log, witness.key, seq_of(deduct(ledger, account)))
        check(one.stop() == 0, "the stop")
        shutil.copytree(one.data, two.data)
        fork_at = witness.size()
        two.environment = dict(one.environment)
        ledger, log = Ledger(one.start()), Log(one.client())
        head = cosigned_head(log, witness.key, seq_of(spend(ledger, account, 40, "one")[-1]))

        # The other one says so: first it is behind, then it has another history.
        two.start()
        soon(lambda: two.log_events("witness_is_ahead") or
             two.log_events("witness_knows_another_log"), "a line about the witness that is ahead")
        forger = Forger(two, witness, fork_at)
        forger.attempts(forger.grow_to(head.size), [log.consistency(fork_at, head.size)])
        while forger.tries < tries:
            known = witness.size()  # the true one goes on meanwhile
            spent = spend(ledger, account, 3, f"one-{forger.tries}")[-1]
            head = cosigned_head(log, witness.key, seq_of(spent))
            forger.attempts(forger.grow_to(witness.size() + forger.chance.randrange(4)),
                            [log.consistency(known, head.size),
                             log.consistency(fork_at, head.size)])
        check(two.stop() == 0, "the stop")
        two.start()  # asks anew at once
        soon(lambda: two.log_events("witness_knows_another_log"), "a line about another history")
        metrics = Log(two.client()).get("/metrics").body.decode()
        check(f'creditd_witness_disagrees{{witness="{witness.key.name}"}} 1' in metrics, metrics)

        # All that was ever cosigned is of the one history, and nothing of the other.
        leaves = [leaf_hash(entry) for entry in log.entries(log.head().size)]
        for text in witness.cosigned:
            head = Head(text + "\n")
            check(root_of(leaves[:head.size]) == head.root, f"cosigned, and not of the log: {text}")
        check(not {h.note.partition("\n\n")[0] + "\n" for h in forger.heads} &
              set(witness.cosigned), "a head of the other history")
        print(f"two histories, one witness: {forger.tries} tries of the second, with "
              f"{len(forger.heads)} heads of it: 0 cosigned ({len(witness.cosigned)} of the first)")

        # Nor is it shown where cosignatures are waited for.
        _, log = restart(two, [witness], 1)
        check(log.head().size == fork_at, f"shown: {log.head().note}")
        ledger = Ledger(two)
        got = log.client.call("GET", f"/v1/transactions/{deduct(ledger, forger.account)}/receipt")
        expect(got, 503, "overloaded")
    finally:
        one.remove()
        two.remove()


if __name__ == "__main__":
    main(run)
