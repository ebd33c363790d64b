"""Is a recorded history strictly serializable? One pass in the order of `seq`, which is the order
that the ledger claims to have worked in:

- real time: what returned before another was invoked stands before it, writes and reads alike, so a
  read shows everything that was acknowledged and nothing that had not begun;
- every answer, refusals too, is that of a sequential model of the same requests in that order, and
  a read is the model at its own seq, never the middle of a command;
- a key has one effect, every answer to it is the same, and what was acknowledged is in the export;
- an unknown outcome is in the export as its repeat says: once, or not at all;
- the export holds nothing that nobody asked for, and its sums are the model's."""

from history_model import Model
from history_records import READS

READ, WRITE = 1, 0


class Checker:
    def __init__(self, history, violations_max=20):
        self.history = history
        self.model = Model(history.limits)
        self.violations = []
        self.violations_max = violations_max
        self.effects = 0
        self.reads = 0
        self.by_key = {}
        self.events = {}  # key -> its last event

    def check(self):
        """Every violation, up to the maximum, in words."""
        self.read_export()
        steps = self.collect()
        steps.sort(key=lambda step: step[:3])
        self.walk(steps)
        return self.violations

    def wrong(self, text):
        if len(self.violations) < self.violations_max:
            self.violations.append(text)

    def read_export(self):
        for place, event in enumerate(self.history.events, 1):
            if event.seq != place:
                self.wrong(f"event {event.seq} stands at place {place} of the export")
            if event.key:
                if event.key in self.events:
                    self.wrong(f"the export has key {event.key} at {self.events[event.key].seq} "
                               f"and at {event.seq}: a doubled effect")
                self.events[event.key] = event

    # --- from calls to steps: (seq, write or read, since, until, call) ----------------------------

    def collect(self):
        steps = []
        for call in self.history.calls:
            if call.request[0] in READS:
                self.add_read(steps, call)
            elif call.request[0] == "reuse":
                if call.status != 422 or call.said[0] != "idempotency_key_reused":
                    self.wrong(f"a used key with another body was not refused: {call}")
            else:
                self.by_key.setdefault(call.key, []).append(call)
        for key, calls in self.by_key.items():
            self.add_effect(steps, key, calls)
        for key in self.events:
            if key not in self.by_key:
                self.wrong(f"nobody asked for the event of key {key}")
        return steps

    def add_read(self, steps, call):
        if call.status == 200:
            self.reads += 1
            steps.append((call.seq, READ, call.invoke, call.back, call))
        elif call.status not in (None, 503):
            self.wrong(f"a read was refused: {call}")

    def add_effect(self, steps, key, calls):
        """All the calls with one key: one effect at most, and the interval in which it was made."""
        recorded = [call for call in calls if call.status is not None and call.is_recorded()]
        event = self.events.get(key)
        for call in calls:
            if call.status is not None and not call.is_recorded():
                self.check_unrecorded(steps, call)
        if not recorded:
            if event is not None:
                self.wrong(f"key {key} has event {event.seq}, and no answer says so: {calls}")
            return
        first = recorded[0]
        if any((call.status, call.text) != (first.status, first.text) for call in recorded):
            self.wrong(f"key {key} was answered in different words: {recorded}: "
                       f"{sorted({str(call.text) for call in recorded})}")
        if event is None:
            self.wrong(f"acknowledged and not in the export: {first}")
            return
        since, until = self.interval(key, calls, recorded)
        self.effects += 1
        steps.append((event.seq, WRITE, since, until, first))

    def interval(self, key, calls, recorded):
        """The effect was made by the one call that is no repeat; else by one without an answer."""
        made = [call for call in recorded if not call.replayed]
        if len(made) > 1:
            self.wrong(f"key {key} was carried out twice: {made}")
        until = min(call.back for call in recorded)
        causes = made or [call for call in calls if call.status is None]
        if not causes:
            self.wrong(f"key {key} was repeated before it was carried out: {recorded}")
            return until, until
        since = min(call.invoke for call in causes)
        if until < since:
            self.wrong(f"key {key} was answered before it was asked: {recorded}")
        return since, until

    def check_unrecorded(self, steps, call):
        if call.request[0] == "release" and call.status == 200:
            self.reads += 1
            steps.append((call.seq, READ, call.invoke, call.back, call))
        elif call.status not in (429, 503):
            self.wrong(f"an answer out of place: {call}")
        if call.replayed:
            self.wrong(f"a repeat of what is not recorded: {call}")

    # --- the walk ---------------------------------------------------------------------------------

    def walk(self, steps):
        latest, latest_call = -1, None  # the latest invocation among the steps so far
        reached = 0  # the last event of the last command
        for seq, kind, since, until, call in steps:
            if until < latest:
                self.wrong(f"against real time: {call} returned before {latest_call} was invoked, "
                           "and stands behind it")
                latest = until  # which of the two is wrong is open: one report for one pair
            if since > latest:
                latest, latest_call = since, call
            if kind == READ:
                self.check_read(seq, reached, call)
            else:
                reached = self.check_write(seq, reached, call)

    def check_read(self, seq, reached, call):
        if seq < reached:
            self.wrong(f"a read inside of a command: {call}")
        try:
            expected = self.model.read(*call.request)
        except KeyError as missing:
            expected = f"that {missing} is not there yet"
        if call.said != expected:
            self.wrong(f"a read that differs: {call}, expected {expected}")

    def check_write(self, seq, reached, call):
        event = self.events[call.key]
        if call.seq is not None and call.seq != seq:
            self.wrong(f"the export has event {seq} for {call}")
        if event.first <= reached:
            self.wrong(f"inside of another command: {call}")
        try:
            status, said, facts = self.model.carry_out(event.first, call.request)
        except KeyError as missing:
            self.wrong(f"what is named does not exist yet: {call}, {missing}")
            self.model.undo = None
            return seq
        if (status, said) != (call.status, call.said):
            self.wrong(f"an answer that differs: {call}, expected {status} {said}")
        for number, fact in enumerate(facts, event.first):
            self.model.newest[fact[1]] = number
        shown = [one.facts for one in self.history.events[event.first - 1:seq]]
        if shown != facts:
            self.wrong(f"the export has {shown} for {call}, expected {facts}")
        return seq
