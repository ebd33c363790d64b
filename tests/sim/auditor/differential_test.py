"""Asks the real daemon and the auditor the same thing, again and again, and compares the answers:
status, code, amounts, balances, grants touched. `--seed N` and `--count N` choose the story."""

import datetime
import decimal
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "e2e")]
import differential_wishes as wishes
from harness import ADMIN_KEY, Daemon, check

AMOUNTS = {"amount", "delta", "available", "held", "required", "shortfall", "debt", "remaining",
           "refunded_total", "credit_limit", "credits", "captured", "balance"}
TIMES = {"created_at", "expires_at", "effective_at"}
TEXTS = {"type", "account", "id", "transaction", "grant", "deduction", "kind", "priority",
         "duplicate", "active", "index", "code"}


def minor(number):
    return int(decimal.Decimal(str(number)) * 1_000_000)


def micros(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (moment - epoch) // datetime.timedelta(microseconds=1)


def value(name, raw):
    """As the auditor writes it: minor units and microseconds."""
    if isinstance(raw, list):
        return [{k: value(k, v) for k, v in item.items()} for item in raw]
    if isinstance(raw, dict):
        return {k: value(k, v) for k, v in raw.items()}
    if name in AMOUNTS:
        return minor(raw)
    return micros(raw) if name in TIMES else raw


def hold_of(body):
    names = ("id", "amount", "captured", "remaining", "status", "expires_at", "on_expiry")
    return {name: value(name, body[name]) for name in names}


def outcome(kind, status, body, replayed):
    """The answer in the auditor's words."""
    said = {"status": status}
    if replayed:
        said["replayed"] = True
    if "results" in body:
        said["results"] = [outcome("", r["status"], r["body"], r.get("replayed", False))
                           for r in body["results"]]
        return said
    if status >= 400:
        for name in ("code", "required", "available", "shortfall", "index"):
            if name in body:
                said[name] = value(name, body[name])
        return said
    is_hold = "captured" in body
    for name, raw in body.items():
        if raw is None or raw == [] or (is_hold and name in (
                "captured", "remaining", "expires_at")):
            continue
        if name == "balance":
            if isinstance(raw, dict):
                said["balance_before"], said["balance_after"] = map(
                    minor, (raw["before"], raw["after"]))
            else:
                said["balance_after"] = minor(raw)
        elif name == "status" and not is_hold:
            said["account_status"] = raw
        elif name in AMOUNTS | TIMES | TEXTS or name in (
                "burned", "restored", "expired", "moved", "hold", "from", "to"):
            said[name] = value(name, raw)
    if is_hold:
        said["hold"] = hold_of(body)
    return said


def differences(predicted, said, path=""):
    """Every place where the two are not the same; a placeholder agrees with any id."""
    if isinstance(predicted, dict) and isinstance(said, dict):
        found = []
        for name in sorted(set(predicted) | set(said)):
            one, other = predicted.get(name), said.get(name)
            if None in (one, other) and name in ("created_at", "credit_limit"):
                continue
            if name == "offers":  # what the auditor says of prices and the catalog
                continue
            found += differences(one, other, f"{path}.{name}")
        return found
    if isinstance(predicted, list) and isinstance(said, list) and len(predicted) == len(said):
        return [d for i, (one, other) in enumerate(zip(predicted, said))
                for d in differences(one, other, f"{path}[{i}]")]
    if isinstance(predicted, str) and predicted.startswith("?") and isinstance(said, str):
        return []
    if path.endswith("_at") and None not in (predicted, said) and "results" in path:
        # The operations of a batch need not have one time.
        return [] if abs(predicted - said) < 100_000 else [f"{path}: {predicted} {said}"]
    return [] if predicted == said else [f"{path}: predicted {predicted}, answered {said}"]


def pairs(predicted, said):
    """Placeholders and the ids in their places."""
    if isinstance(predicted, dict) and isinstance(said, dict):
        for name in predicted.keys() & said.keys():
            yield from pairs(predicted[name], said[name])
    elif isinstance(predicted, list) and isinstance(said, list):
        for one, other in zip(predicted, said):
            yield from pairs(one, other)
    elif isinstance(predicted, str) and predicted.startswith("?"):
        yield predicted, said


class Auditor:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n")
        check(answer and not answer.startswith("error"), f"the auditor says {answer!r} to {line}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Story:
    """One seed: asks both, compares, learns."""

    def __init__(self, daemon, auditor, seed):
        self.client = daemon.client()
        self.auditor = auditor
        self.wisher = wishes.Wisher(seed)
        self.found = []
        self.started = time.monotonic()

    def tell(self, count):
        for number in range(count):
            wish = self.wisher.next(time.time_ns() // 1000)
            self.compare(number, wish, *self.send(wish))
            if len(self.found) >= 20:
                return

    def send(self, wish):
        method, path, body, key = wishes.request(wish)
        before = time.time_ns() // 1000
        answer = self.client.call(method, path, body, key)
        after = time.time_ns() // 1000
        self.sent = f"{method} {path} {json.dumps(body)} key {key}"
        self.answer = answer
        replayed = answer.headers.get("idempotent-replayed") == "true"
        body = json.loads(answer.body, parse_float=decimal.Decimal) if answer.body else {}
        return outcome(wish["kind"], answer.status, body, replayed), before, after

    def moments(self, wish, said, before, after):
        """When the daemon may have carried it out: its own word, if it says."""
        own = [said] + said.get("results", [])
        fresh = [one["created_at"] for one in own if "created_at" in one
                 and not one.get("replayed") and before <= one["created_at"] <= after]
        return fresh[:1] or [before, after, self.refused_at(wish, before, after)]

    def refused_at(self, wish, before, after):
        return (before + after) // 2

    def compare(self, number, wish, said, before, after):
        first = None
        for moment in self.moments(wish, said, before, after):
            predicted = json.loads(self.auditor.ask(f"do {moment} {wishes.line(wish)}"))
            wrong = differences(predicted, said)
            if not wrong:
                break
            self.auditor.ask("undo")
            first = first or (predicted, wrong)
        else:
            if self.is_of_another_window(first[0], said):
                raise StopIteration
            self.found.append(f"{number}: {self.sent}\n  answered {self.answer}\n  predicted "
                              f"{first[0]}\n  {first[1]}")
            self.wisher.hear(wish, said)
            # What the daemon did is unknown to the auditor from here on: the story ends.
            raise StopIteration
        for placeholder, real in pairs(predicted, said):
            if not wish.get("dry_run"):
                self.auditor.ask(f"learn {placeholder} {real}")
        self.wisher.hear(wish, said)

    def is_of_another_window(self, predicted, said):
        """The daemon counts refusals from one 10 s to the next, the auditor in any 10 s: a story
        that takes longer than that ends where the two part."""
        answers = [predicted, said, *predicted.get("results", []), *said.get("results", [])]
        codes = {answer.get("code") for answer in answers}
        return "refusal_limit" in codes and time.monotonic() - self.started > 10

    def last_balances(self):
        for account in wishes.ACCOUNTS:
            wish = {"kind": "balance", "account": account}
            self.compare(-1, wish, *self.send(wish))


def option(name, default):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def run(bin_folder, seed, count):
    daemon = Daemon(bin_folder).start()
    auditor = Auditor(os.path.join(bin_folder, "auditor_predict"))
    story = Story(daemon, auditor, seed)
    try:
        story.tell(count)
        story.last_balances()
    except StopIteration:
        pass
    finally:
        auditor.close()
        daemon.remove()
    print(f"seed {seed}: {sum(story.wisher.statuses.values())} answers "
          f"{dict(sorted(story.wisher.statuses.items()))}")
    return story.found


def main():
    folder = os.path.abspath(sys.argv[sys.argv.index("--bin") + 1])
    first = option("--seed", 1)
    found = []
    for seed in range(first, first + option("--seeds", 1)):
        found += [f"seed {seed} {one}" for one in run(folder, seed, option("--count", 2000))]
    check(not found, "\n".join(found))
    print("passed")


if __name__ == "__main__":
    main()
