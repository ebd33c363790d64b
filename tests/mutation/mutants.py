"""Finds the places where a C++ source can be made subtly wrong, and makes it so."""

import pathlib
import re
import sys
from dataclasses import dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tidy"))

from source import PROSE  # noqa: E402


@dataclass(frozen=True, order=True)
class Mutant:
    """`text` of `file` from `begin` to `end` becomes `new`; `kind` says which sort of mistake."""

    file: str
    begin: int
    end: int
    new: str
    kind: str
    line: int = 0

    def apply(self, text):
        return text[: self.begin] + self.new + text[self.end :]

    def describe(self, text):
        old = " ".join(text[self.begin : self.end].split())
        shown = old if len(old) <= 60 else old[:57] + "..."
        new = self.new if self.kind != "negation" else f"!{shown}"
        return f"{self.file}:{self.line}: {self.kind}: {shown} -> {new or 'nothing'}"


# What clang-format puts spaces around is an operator, not a template's bracket.
SWAPS = [
    ("boundary", r" (<=)\s", ["<"]),
    ("boundary", r" (>=)\s", [">"]),
    ("boundary", r" (<)\s", ["<="]),
    ("boundary", r" (>)\s", [">="]),
    ("comparison", r" (<=)\s", [">"]),
    ("comparison", r" (>=)\s", ["<"]),
    ("comparison", r" (<)\s", [">="]),
    ("comparison", r" (>)\s", ["<="]),
    ("comparison", r" (==)\s", ["!="]),
    ("comparison", r" (!=)\s", ["=="]),
    ("arithmetic", r" (\+)\s", ["-"]),
    ("arithmetic", r" (-)\s", ["+"]),
    ("arithmetic", r" (\+=)\s", ["-="]),
    ("arithmetic", r" (-=)\s", ["+="]),
    ("logic", r" (&&)\s", ["||"]),
    ("logic", r" (\|\|)\s", ["&&"]),
    ("constant", r"(?<![\w.'])(0)(?![\w.'])", ["1"]),
    ("constant", r"(?<![\w.'])(1)(?![\w.'])", ["0"]),
    ("constant", r"\b(true)\b", ["false"]),
    ("constant", r"\b(false)\b", ["true"]),
    ("extremum", r"std::(min)\(", ["max"]),
    ("extremum", r"std::(max)\(", ["min"]),
]
CONDITION = re.compile(r"\b(?:if|while) (\()")
# A call, an assignment or a count, at the begin of a statement: no declaration, no `return`.
STATEMENT = re.compile(
    r"(?:(?<=[;}\)])|(?<=\s\{))(\s*)"
    r"((?!return\b|if\b|for\b|while\b|switch\b|case\b|using\b|static_cast\b)"
    r"(?:\+\+|--)?[a-z_][\w.:\[\]]*(?:->\w+|\(\)\.\w+|\.\w+)*(?: [+-]?= |\(|;))"
)


def closing(code, opening):
    """Position after the bracket that closes the one at `opening`."""
    depth = 0
    for at in range(opening, len(code)):
        if code[at] in "([{":
            depth += 1
        elif code[at] in ")]}":
            depth -= 1
            if depth == 0:
                return at + 1
    raise ValueError("a bracket is not closed")


# A question for a planted bug, with what is asked or done only if the answer is yes.
PLANTED = re.compile(
    r"!canary\([^)]*\)|(?<!!)\bcanary\([^)]*\)(\s*\?.*?\s:\s|\s*&&[^;)]*)?", re.DOTALL)


def end_of_statement(code, begin):
    at = begin
    while code[at] != ";":
        at = closing(code, at) if code[at] in "([{" else at + 1
    return at + 1


def end_of_branch(code, begin):
    after = begin + len(code[begin:]) - len(code[begin:].lstrip())
    return closing(code, after) if code[after] == "{" else end_of_statement(code, after)


def blanked(code, begin, end):
    return code[:begin] + re.sub(r"[^\n]", " ", code[begin:end]) + code[end:]


def mutable_code(text):
    """The text without prose, and without what no test of behaviour can see: preprocessor lines,
    assertions (a weaker one changes nothing until there is a bug) and planted bugs."""
    code = PROSE.sub(lambda prose: re.sub(r"[^\n]", " ", prose[0]), text)
    for found in re.finditer(r"^#.*$", code, re.MULTILINE):
        code = blanked(code, *found.span())
    for found in list(re.finditer(r"CREDITD_ASSERT(\()", code)):
        code = blanked(code, found.start(), closing(code, found.start(1)) + 1)
    while found := re.search(r"\bif (\()canary\(", code):
        after = closing(code, found.start(1))
        code = blanked(code, found.start(), end_of_branch(code, after))
    for found in list(PLANTED.finditer(code)):
        code = blanked(code, *found.span())
    return code


def conditions(code):
    for found in CONDITION.finditer(code):
        begin, end = found.start(1), closing(code, found.start(1))
        inside = code[begin:end]
        if " = " not in inside and ";" not in inside and inside.strip(" ()"):
            yield begin, end


def statements(code):
    for found in STATEMENT.finditer(code):
        begin = found.start(2)
        yield begin, end_of_statement(code, begin)


def mutants_of(file, text):
    """Every mutant of one source, in order of place."""
    code = mutable_code(text)
    found = []

    def add(begin, end, new, kind):
        found.append(Mutant(file, begin, end, new, kind, text.count("\n", 0, begin) + 1))

    for kind, pattern, replacements in SWAPS:
        for match in re.finditer(pattern, code):
            for new in replacements:
                add(*match.span(1), new, kind)
    for begin, end in conditions(code):
        add(begin, end, f"(!{text[begin:end]})", "negation")
    for begin, end in statements(code):
        add(begin, end, ";", "removal")
    return sorted(found)
