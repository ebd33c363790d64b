"""An account is forgotten: what is personal about it is in no answer and, soon after, in no file;
everything else is as it was, proofs made before hold, and verify passes. Also when the daemon is
killed in between, and when a backup from before is restored."""

import os
import subprocess
import tempfile
import time

from backup_kit import Tool
from contract_kit import expect, unique
from harness import Daemon, check, main, replay
from payments_kit import Shop, stripe_settings
from stripe_server import StripeServer
from webhooks_kit import LOCAL

OTHERS = 40


def secret(what):
    """A text that is nowhere else."""
    return f"{what}-{os.urandom(12).hex()}"


class Person:
    """An account and everything personal that a back end tells of it."""

    def __init__(self, shop, name):
        self.shop, self.id = shop, name
        self.texts = {what: secret(what) for what in (
            "name", "label", "profile", "grant", "deduction", "resource", "reason", "transfer")}

    def live(self, friend):
        shop, texts, at = self.shop, self.texts, f"/v1/accounts/{self.id}"
        expect(shop.put(at, {"name": texts["name"], "labels": {"of": texts["label"]},
                             "metadata": {"mail": texts["profile"]}}), 201)
        expect(shop.post(f"{at}/grants", {"amount": 100, "description": texts["grant"]}), 201)
        self.key = unique("used")
        self.use = {"amount": 5, "metadata": {"asked": texts["deduction"]},
                    "resource": texts["resource"]}
        self.used = expect(shop.post(f"{at}/deductions", self.use, self.key), 201)
        expect(shop.post(f"{at}/grants", {"amount": 1, "reason": texts["reason"]}), 201)
        expect(shop.post("/v1/transfers", {"from": self.id, "to": friend, "amount": 2,
                                           "description": texts["transfer"]}), 201)

    def pays(self, package):
        """What Stripe sends names the customer too."""
        self.texts["mail"] = secret("mail")
        order = self.shop.order(self.id, package=package)
        events = self.shop.stripe.pay(order["reference"])
        for event in events:
            event["data"]["object"]["receipt_email"] = self.texts["mail"]
        self.shop.tell(*events)
        # What creditd takes no notice of names nobody that it knows: it is not kept at all.
        self.ignored = secret("ignored")
        intent = self.shop.stripe.sessions[order["reference"]]["payment_intent"]
        event = self.shop.stripe.event("charge.succeeded", {
            "object": "charge", "id": "ch_" + self.id, "payment_intent": intent,
            "billing_details": {"email": self.ignored}})
        check(self.shop.outcome(event) == "ignored", f"{event}")

    def shown(self):
        """Everything that readers are told of the account."""
        at = f"/v1/accounts/{self.id}"
        paths = [at, f"{at}/transactions?limit=100", f"{at}/resources", f"{at}/grants",
                 "/v1/accounts?limit=100", "/v1/inbox?limit=100",
                 f"/v1/transactions/{self.used['id']}",
                 f"/v1/transactions/{self.used['id']}/explain"]
        text = "".join(self.shop.get(path).body.decode() for path in paths)
        events = self.shop.get(f"/v1/events?after=0&limit=100&account={self.id}").body.decode()
        csv = self.shop.get(f"{at}/transactions", headers={"Accept": "text/csv"}).body.decode()
        inbox = "".join(self.shop.get(f"/v1/inbox/{entry['id']}").body.decode()
                        for entry in self.shop.inbox())
        return text + events + csv + inbox


def is_in_tables(options, daemon, text):
    found = subprocess.run([os.path.join(options.bin, "search_tables"),
                            os.path.join(daemon.data, "db"), text],
                           capture_output=True, text=True, check=True)
    return int(found.stdout) > 0


def is_in_files(options, daemon, text):
    """In any byte of any file of the data folder, or in a table once that is unpacked."""
    for folder, _, names in os.walk(daemon.data):
        for name in names:
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    if text.encode() in file.read():
                        return True
            except FileNotFoundError:  # a table that has just been replaced
                continue
    return is_in_tables(options, daemon, text)


def metric(daemon, name):
    page = daemon.client(key=None).call("GET", "/metrics").body.decode()
    return next(int(float(line.split()[-1])) for line in page.splitlines()
                if line.startswith(name + " "))


def wait_until_settled(daemon):
    end = time.monotonic() + 60
    while metric(daemon, "creditd_erasures_pending") > 0:
        check(time.monotonic() < end, "the files were not written anew")
        time.sleep(0.05)


def forget(shop, account, key):
    """Answered when it is done; a busy machine may need more than the two seconds of one try."""
    answer = shop.post(f"/v1/accounts/{account}/forget", {}, key)
    while answer.status == 202:
        time.sleep(0.2)
        answer = shop.post(f"/v1/accounts/{account}/forget", {}, key)
    return answer


def verify(options, daemon, *words):
    code, out, err = replay(options.bin, "verify", daemon.data, *words)
    check(code == 0, f"verify {words}: exit {code}: {out}{err}")
    return out


def begin(options):
    """A ledger with many people in it, Ann among them, whose bytes lie in tables and in the log."""
    stripe = StripeServer()
    daemon = Daemon(options.bin, environment={**LOCAL, **stripe_settings(stripe)}).start()
    shop = Shop(daemon, stripe)
    package = shop.package()
    shop.friend = shop.account(name=secret("friend"))
    ann = Person(shop, "ann")
    ann.live(shop.friend)
    ann.pays(package)
    shop.restart("kill")
    others = [Person(shop, f"other-{i}") for i in range(OTHERS)]
    for other in others:
        other.live(shop.friend)
    others[0].pays(package)
    return shop, ann, others


def everything_goes_but_facts(options):
    shop, ann, others = begin(options)
    daemon = shop.daemon
    before = shop.get("/v1/accounts/ann").json()
    check(not is_in_files(options, daemon, ann.ignored), "what says nothing is kept")
    shown = ann.shown()
    for what, text in ann.texts.items():
        check(text in shown, f"{what} was not shown before: the test sees nothing")
        check(is_in_files(options, daemon, text), f"{what} was in no file before")
    receipt = shop.get(f"/v1/transactions/{ann.used['id']}/receipt").body
    checkpoint = shop.get("/checkpoint").body
    vkey = shop.get("/v1/log/key").body.decode().split()[0]

    key = unique("forget")
    answer = forget(shop, "ann", key)
    expect(answer, 200)
    check(answer.json()["status"] == "open", f"{answer}")
    shown = ann.shown()
    for what, text in ann.texts.items():
        check(text not in shown, f"{what} is still shown")
    again = shop.post("/v1/accounts/ann/forget", {}, key)
    check(again.status == 200 and again.headers["idempotent-replayed"] == "true", f"{again}")
    check(again.body == answer.body, f"{again} is not {answer}")
    repeated = shop.post("/v1/accounts/ann/deductions", ann.use, ann.key)
    check(repeated.status == 201 and repeated.json()["id"] == ann.used["id"], f"{repeated}")
    check(repeated.json()["metadata"] is None, f"{repeated}")

    wait_until_settled(daemon)
    for what, text in ann.texts.items():
        check(not is_in_files(options, daemon, text), f"{what} is still in a file")
    after = shop.get("/v1/accounts/ann").json()
    for field in ("balance", "held", "available", "totals", "grants", "created_at"):
        check(after[field] == before[field], f"{field}: {before[field]} → {after[field]}")
    check(after["name"] is None and not after["metadata"] and not after["labels"], f"{after}")
    for other in others[:5]:
        shown = other.shown()
        for what, text in other.texts.items():
            check(text in shown, f"{what} of {other.id} went too")
    # Profile, two grants, the use, both sides of the transfer, two notifications.
    check(metric(daemon, "creditd_personal_parts_erased_total") == 8, "not as many as there are")

    # A profile that comes later is not meant.
    expect(shop.put("/v1/accounts/ann", {"name": "Ann again"}), 200)
    shop.restart()
    check(shop.get("/v1/accounts/ann").json()["name"] == "Ann again", "it lost the new name")
    check(daemon.stop() == 0, "it did not stop in good order")
    proof_holds(options, daemon, receipt, checkpoint, vkey)
    daemon.remove()


def proof_holds(options, daemon, receipt, checkpoint, vkey):
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, text in (("receipt", receipt), ("checkpoint", checkpoint)):
            files.append(os.path.join(folder, name))
            with open(files[-1], "wb") as file:
                file.write(text)
        told = verify(options, daemon, "--key", vkey, "--receipt", files[0], "--since", files[1])
        check("receipts    1" in told, told)
    told = verify(options, daemon)
    check(" 0 forgotten" not in told, told)


def killed_in_between(options):
    """The event is durable and nothing else is certain: the next start does the rest."""
    shop, ann, others = begin(options)
    daemon, people = shop.daemon, [ann, *others[:4]]
    for attempt, person in enumerate(people):
        answer = shop.post(f"/v1/accounts/{person.id}/forget", {}, f"forget-{attempt}")
        check(answer.status in (200, 202), f"{answer}")
        time.sleep(0.002 * attempt)
        daemon.kill()
        daemon.start()
        shop.client = daemon.client()
        expect(forget(shop, person.id, f"forget-{attempt}"), 200)
    wait_until_settled(daemon)
    for person in people:
        for what, text in person.texts.items():
            check(not is_in_files(options, daemon, text), f"{what} of {person.id} is in a file")
    check(daemon.stop() == 0, "it did not stop in good order")
    verify(options, daemon)
    daemon.remove()


def restored_from_before(options):
    """A backup keeps what it has; a ledger that is restored from it forgets once more."""
    shop, ann, _ = begin(options)
    daemon, tool = shop.daemon, Tool(options)
    check(daemon.stop() == 0, "it did not stop in good order")
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "backup")
        before = tool.backup(daemon.data, target)["seq"]
        daemon.start()
        shop.client = daemon.client()
        expect(forget(shop, "ann", unique("forget")), 200)
        check(daemon.stop() == 0, "it did not stop in good order")
        tool.backup(daemon.data, target)
        other = Daemon(options.bin, environment=daemon.environment)
        tool.restore(target, other.data)
        check(is_in_files(options, other, ann.texts["name"]), "the backup has forgotten too")
        other.start()
        end = time.monotonic() + 60
        while metric(other, "creditd_personal_parts_erased_total") == 0:
            check(time.monotonic() < end, "it was not forgotten again")
            time.sleep(0.05)
        wait_until_settled(other)
        for what, text in ann.texts.items():
            check(not is_in_files(options, other, text), f"{what} is in a file again")
        check(other.stop() == 0, "it did not stop in good order")
        verify(options, other)
        other.remove()
        # A point before: that log does not know of it, and what has gone meanwhile is no damage.
        tool.backup(daemon.data, target + "-new")
        tool.restore(target + "-new", other.data, "--to", str(before))
        told = tool.ask("verify", other.data)
        check(told["personal_parts_lost"] == 8 and told["personal_parts_forgotten"] == 0, f"{told}")
        other.remove()
    daemon.remove()


def what_waits_is_not_driven(options):
    """A payment in quarantine whose account was forgotten: nothing is left to be driven."""
    stripe = StripeServer()
    daemon = Daemon(options.bin, environment={**LOCAL, **stripe_settings(stripe)}).start()
    shop = Shop(daemon, stripe)
    account = shop.account()
    session = shop.outside_session()
    events = stripe.pay(session["id"] if isinstance(session, dict) else session)
    shop.tell(*events)
    open_ones = shop.inbox("quarantined")
    check(open_ones, "nothing waits: the test sees nothing")
    at = f"/v1/inbox/{open_ones[0]['id']}"
    expect(shop.patch(at, {"account": account}), 200)
    expect(forget(shop, account, unique("forget")), 200)
    reason = expect(shop.get(at), 200)["reason"]
    expect(shop.post(f"{at}/redrive"), 409, "notification_closed")
    check(expect(shop.get(at), 200)["reason"] == reason, "its reason was lost")
    daemon.remove()


def refused(options):
    daemon = Daemon(options.bin).start()
    shop = Shop(daemon)
    account = shop.account(name="A name")
    expect(shop.post("/v1/accounts/none-such/forget"), 404, "account_not_found")
    writer = shop.with_key(shop.key("ledger:write", "ledger:read")["secret"])
    expect(writer.post(f"/v1/accounts/{account}/forget"), 403, "insufficient_scope")
    expect(shop.post(f"/v1/accounts/{account}/forget", {"since": 3}), 400, "invalid_request")
    expect(shop.post(f"/v1/accounts/{account}/forget", {"dry_run": True}), 200)
    check(shop.get(f"/v1/accounts/{account}").json()["name"] == "A name", "it was no dry run")
    expect(shop.post(f"/v1/accounts/{account}/close"), 200)
    closed = expect(forget(shop, account, unique("forget")), 200)
    check(closed["status"] == "closed", f"{closed}")
    daemon.remove()


def run(options):
    for part in (everything_goes_but_facts, killed_in_between, restored_from_before,
                 what_waits_is_not_driven, refused):
        part(options)


main(run)
