"""Would the checker notice? A true history is recorded, then spoiled in one place after another,
and each copy must be refused, for the reason that was planted."""

import random

from harness import check, main
from history_checker import Checker
from history_records import Event, History
from history_test import record


class Spoiler:
    """Copies of one history, each with one untruth in it."""

    def __init__(self, history):
        self.history = history
        self.by_key = {call.key: i for i, call in enumerate(history.calls)
                       if call.key and call.status is not None and not call.replayed}
        counts = {}
        for call in history.calls:
            counts[call.key] = counts.get(call.key, 0) + 1
        self.once = {key for key, count in counts.items() if count == 1}

    def copy(self):
        other = History(self.history.limits)
        other.calls = list(self.history.calls)
        other.events = list(self.history.events)
        return other

    def changed(self, place, **changes):
        other = self.copy()
        other.calls[place] = other.calls[place].copy(**changes)
        return other

    def reads(self):
        return [(i, call) for i, call in enumerate(self.history.calls)
                if call.request[0] == "balance" and call.status == 200]

    def writes(self, kind, status):
        """Places of plain calls: answered once, never repeated."""
        return [(i, call) for i, call in enumerate(self.history.calls)
                if call.key in self.once and call.request[0] == kind and call.status == status]

    # --- one untruth each: a spoiled history, and words of the verdict ----------------------------

    def swapped_pair(self):
        """Two grants change places, answers and export included: only real time contradicts."""
        grants = {call.seq: (i, call) for i, call in self.writes("grant", 201)}
        read_at = {call.seq for call in self.history.calls if call.key is None}
        for seq, (i, first) in grants.items():
            j, second = grants.get(seq + 1, (i, first))
            if second.invoke > first.back and seq not in read_at and (
                    first.request[1] != second.request[1]):
                other = self.copy()
                for place, call, to in ((i, first, seq + 1), (j, second, seq)):
                    said = (f"grt_{to}", *call.said[1:])
                    other.calls[place] = call.copy(seq=to, said=said)
                    facts = self.history.events[call.seq - 1].facts
                    other.events[to - 1] = Event(to, to, call.key, facts)
                return other, "against real time"
        raise AssertionError("no pair to swap")

    def stale_read(self):
        """A read shows the account as it was, and says so, after a change was acknowledged."""
        seen = {}
        for place, call in sorted(self.reads(), key=lambda item: item[1].invoke):
            old = seen.get(call.request)
            if old and any(w.back is not None and old.back < w.invoke and w.back < call.invoke
                           and w.seq and w.seq > old.seq for w in self.history.calls):
                return self.changed(place, seq=old.seq, said=old.said), "against real time"
            seen.setdefault(call.request, call)
        raise AssertionError("no read to make stale")

    def stale_sum(self):
        """The position is right and the balance is not."""
        place, call = self.reads()[-1]
        name, balance, held, available = call.said
        said = (name, balance - 1, held, available - 1)
        return self.changed(place, said=said), "a read that differs"

    def future_read(self):
        """A read shows what was only asked for after it had returned."""
        reads = sorted(self.reads(), key=lambda item: item[1].invoke)
        first, last = reads[0], next(
            item for item in reversed(reads) if item[1].request == reads[0][1].request)
        return self.changed(first[0], seq=last[1].seq, said=last[1].said), "against real time"

    def torn_read(self):
        """A read between the two events of a transfer."""
        for place, read in reversed(self.reads()):
            for _, transfer in reversed(self.writes("transfer", 201)):
                if transfer.back < read.invoke:
                    return self.changed(place, seq=transfer.seq - 1), "against real time"
        raise AssertionError("no read after a transfer")

    def lost_acknowledgement(self):
        """What was acknowledged is not in the log, and nobody else noticed."""
        _, call = self.writes("deduct", 201)[-1]
        other = self.copy()
        event = other.events[call.seq - 1]
        other.events[call.seq - 1] = Event(event.seq, event.first, None,
                                           ("tick",) + event.facts[1:])
        return other, "acknowledged and not in the export"

    def doubled_effect(self):
        """One key has two events."""
        _, call = self.writes("grant", 201)[-1]
        other = self.copy()
        event = other.events[call.seq - 1]
        seq = len(other.events) + 1
        other.events.append(Event(seq, seq, call.key, event.facts))
        return other, "a doubled effect"

    def carried_out_twice(self):
        """The repeat of a key was carried out as if it were new."""
        place = next(i for i, call in enumerate(self.history.calls)
                     if call.replayed and call.is_recorded() and call.key in self.by_key)
        return self.changed(place, replayed=False), "carried out twice"

    def other_words(self):
        place = next(i for i, call in enumerate(self.history.calls)
                     if call.replayed and call.is_recorded() and call.key in self.by_key)
        return self.changed(place, text=""), "answered in different words"

    def other_body_accepted(self):
        place, call = next((i, call) for i, call in enumerate(self.history.calls)
                           if call.request[0] == "reuse")
        return self.changed(place, status=201, said=("txn_1",)), "used key with another body"

    def unasked_event(self):
        """A request that was never sent whole has an effect."""
        other = self.copy()
        seq = len(other.events) + 1
        other.events.append(Event(seq, seq, "c1-torn-1", ("credits_granted", "hot", 1, 0, 1, 1, 0)))
        return other, "nobody asked for"

    def unknown_outcome_kept(self):
        """The repeat of an unknown outcome says that nothing was done, and the log has it."""
        place = next(i for i, call in enumerate(self.history.calls)
                     if call.key in self.by_key and call.status == 201 and call.key in self.once)
        other = self.changed(place, status=429, seq=None, said=("refusal_limit",) + (None,) * 4)
        return other, "no answer says so"

    def wrong_sum(self):
        place, call = self.writes("deduct", 201)[-1]
        said = call.said[:5] + (call.said[5] + 1,) + call.said[6:]
        return self.changed(place, said=said), "an answer that differs"

    def wrong_refusal(self):
        place, call = self.writes("deduct", 201)[-1]
        said = ("insufficient_credits", call.request[2], 0, call.request[2], None)
        return self.changed(place, status=402, said=said), "an answer that differs"

    def wrong_export(self):
        _, call = self.writes("deduct", 201)[-1]
        other = self.copy()
        event = other.events[call.seq - 1]
        facts = event.facts[:4] + (event.facts[4] + 1,) + event.facts[5:]
        other.events[call.seq - 1] = Event(event.seq, event.first, event.key, facts)
        return other, "the export has"

    def missing_event(self):
        other = self.copy()
        del other.events[len(other.events) // 2]
        return other, "of the export"


SPOILED = ["swapped_pair", "stale_read", "stale_sum", "future_read", "torn_read",
           "lost_acknowledgement", "doubled_effect", "carried_out_twice", "other_words",
           "other_body_accepted", "unasked_event", "unknown_outcome_kept", "wrong_sum",
           "wrong_refusal", "wrong_export", "missing_event"]


def run(options):
    random.seed(3)
    history, _ = record(options, operations=3000, kills=2, depths=(1, 3), seed=3)
    found = Checker(history).check()
    check(not found, "the true history: " + "\n".join(found))
    spoiler = Spoiler(history)
    for name in SPOILED:
        spoiled, words = getattr(spoiler, name)()
        found = Checker(spoiled, violations_max=10_000).check()
        check(any(words in text for text in found), f"{name}: {found[:5]}")
        check(name != "swapped_pair" or all(words in text for text in found), f"{found[:5]}")
    print(f"{len(SPOILED)} of {len(SPOILED)} spoiled histories refused")


main(run)
