"""The ledger as one short sequential program: what each request answers, and which events it
leaves, when requests come one after the other. Sums alone; nothing here expires."""

from history_records import EVENT_TYPES


class Model:
    def __init__(self, limits):
        self.limits = limits
        self.accounts = {name: (0, 0) for name in limits}  # balance, held
        self.deductions = {}  # id -> account, amount, refunded
        self.holds = {}  # id -> account, amount, captured, status
        self.newest = {}  # account -> its last event
        self.undo = None

    def put(self, table, name, value):
        if self.undo is not None:
            self.undo.append((table, name, table.get(name)))
        table[name] = value

    def carry_out(self, seq, request):
        """(status, said, facts of the events) if the command's first event has this number."""
        if request[0] == "atomic":
            return self.atomic(seq, request[1])
        return getattr(self, request[0])(seq, *request[1:])

    def read(self, kind, name):
        """What a read answers now; nothing for what it cannot know."""
        if kind == "newest":
            return (self.newest[name],)
        if kind in ("show", "release"):
            shown = self.show(name)
            return shown if kind == "show" else ("closed", *shown)
        balance, held = self.accounts[name]
        return name, balance, held, balance - held

    def show(self, name):
        account, amount, captured, status = self.holds[name]
        return name, account, amount, captured, amount - captured if status == "open" else 0, status

    def facts(self, kind, account, amount, before):
        balance, held = self.accounts[account]
        return kind, account, amount, before, balance, balance - held, held

    def move(self, account, delta, held=0):
        balance, had = self.accounts[account]
        self.put(self.accounts, account, (balance + delta, had + held))

    def done(self, kind, name, account, amount, delta, *more):
        """After the move: the answer's common part and the event."""
        balance, held = self.accounts[account]
        before = balance - delta
        said = (name, account, amount, delta, before, balance, balance - held, *more)
        return said, [self.facts(EVENT_TYPES[kind], account, amount, before)]

    def refused(self, status, account, code, required=None, limit=0):
        balance, held = self.accounts[account]
        facts = [self.facts("command_refused", account, None, balance)]
        if required is None:
            return status, (code, None, None, None, None), facts
        available = balance - held
        return status, (code, required, available, required - available - limit, None), facts

    def grant(self, seq, account, amount, kind="grant", prefix="grt"):
        self.move(account, amount)
        return 201, *self.done(kind, f"{prefix}_{seq}", account, amount, amount)

    def purchase(self, seq, account, amount):
        return self.grant(seq, account, amount, "purchase", "txn")

    def is_short(self, account, amount, limit):
        balance, held = self.accounts[account]
        return amount > balance - held + limit

    def deduct(self, seq, account, amount):
        limit = self.limits[account]
        if self.is_short(account, amount, limit):
            return self.refused(402, account, "insufficient_credits", amount, limit)
        self.move(account, -amount)
        self.put(self.deductions, f"txn_{seq}", (account, amount, 0))
        return 201, *self.done("deduct", f"txn_{seq}", account, amount, -amount)

    def refund(self, seq, deduction, amount):
        account, total, refunded = self.deductions[deduction]
        if amount > total - refunded:
            return self.refused(422, account, "refund_exceeds_deduction")
        self.move(account, amount)
        self.put(self.deductions, deduction, (account, total, refunded + amount))
        return 201, *self.done("refund", f"txn_{seq}", account, amount, amount, deduction,
                               refunded + amount)

    def hold(self, seq, account, amount):
        limit = self.limits[account]
        if self.is_short(account, amount, limit):
            return self.refused(402, account, "insufficient_credits", amount, limit)
        self.move(account, 0, amount)
        name = f"hold_{seq}"
        self.put(self.holds, name, (account, amount, 0, "open"))
        return 201, *self.done("hold", name, account, amount, 0, name, 0, amount, "open")

    def capture(self, seq, hold, amount):
        account, total, captured, status = self.holds[hold]
        if status != "open":
            return self.refused(409, account, "hold_closed")
        left = total - captured - amount
        if left < 0:
            return self.refused(422, account, "capture_exceeds_hold")
        status = "open" if left else "captured"
        self.move(account, -amount, -amount)
        self.put(self.holds, hold, (account, total, captured + amount, status))
        self.put(self.deductions, f"txn_{seq}", (account, amount, 0))
        return 201, *self.done("capture", f"txn_{seq}", account, amount, -amount, hold,
                               captured + amount, left, status)

    def release(self, seq, hold):
        account, total, captured, status = self.holds[hold]
        if status != "open":
            return 200, self.read("release", hold), []
        self.move(account, 0, captured - total)
        self.put(self.holds, hold, (account, total, captured, "released"))
        return 200, *self.done("release", f"txn_{seq}", account, total - captured, 0, hold,
                               captured, 0, "released")

    def transfer(self, seq, sender, receiver, amount):
        if self.is_short(sender, amount, 0):
            return self.refused(402, sender, "insufficient_credits", amount)
        before, other = self.accounts[sender][0], self.accounts[receiver][0]
        self.move(sender, -amount)
        out = self.facts("transferred_out", sender, amount, before)
        self.move(receiver, amount)
        into = self.facts("transferred_in", receiver, amount, other)
        said = (f"txn_{seq}", sender, amount, -amount, before, *out[4:6], sender, *out[4:6],
                receiver, *into[4:6])
        return 201, said, [out, into]

    def atomic(self, seq, operations):
        self.undo = []
        said, facts = [], []
        for index, operation in enumerate(operations):
            status, one, events = self.carry_out(seq + len(facts), operation)
            if status >= 300:
                self.roll_back()
                account = events[0][1]
                balance = self.accounts[account][0]
                return status, (*one[:4], index), [
                    self.facts("command_refused", account, None, balance)]
            said.append(one)
            facts += events
        self.undo = None
        return 200, tuple(said), facts

    def roll_back(self):
        for table, name, value in reversed(self.undo):
            if value is None:
                del table[name]
            else:
                table[name] = value
        self.undo = None
