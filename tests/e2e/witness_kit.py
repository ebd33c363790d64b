"""What the tests of witnesses share: a daemon whose heads witnesses on this machine cosign."""

from contract_kit import Ledger, check, expect
from proof_kit import Log
from proof_test import check_receipt
from webhooks_kit import LOCAL, soon


def restart(daemon, witnesses, quorum=0):
    """With these witnesses, who know the log's key."""
    if daemon.process is None:
        daemon.start()
    vkeys = Log(daemon.client()).keys() if daemon.is_alive() else []
    if daemon.is_alive():
        check(daemon.stop() == 0, "the stop")
    for witness in witnesses:
        if not witness.logs:
            witness.trust(vkeys)
    daemon.environment.update(LOCAL, CREDITD_PROOF__WITNESS_QUORUM=str(quorum),
                              CREDITD_PROOF__WITNESSES=",".join(w.configured() for w in witnesses))
    daemon.start()
    return Ledger(daemon), Log(daemon.client())


def deduct(ledger, account):
    return expect(ledger.post(f"/v1/accounts/{account}/deductions", {"amount": 1}), 201)["id"]


def cosigned_head(log, key, size):
    """The newest head, as soon as it covers so many events and this witness has cosigned it."""
    heads = []

    def look():
        heads.append(log.head())
        return heads[-1].size >= size and key.has_cosigned(heads[-1].note)
    soon(look, f"a head of {size} that {key.name} has cosigned", 30)
    return heads[-1]


def cosigned_receipt(log, transaction, account, key):
    """Asked for again, as the answer says, while its event waits for witnesses."""
    path = f"/v1/transactions/{transaction}/receipt"
    soon(lambda: log.client.call("GET", path).status != 503, "a cosigned receipt", 60)
    receipt = check_receipt(log, transaction, account)
    check(key.has_cosigned(receipt.head.note), f"nobody has cosigned it: {receipt.text}")
    return receipt


def seq_of(transaction):
    return int(transaction.split("_")[1])
