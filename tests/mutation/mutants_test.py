#!/usr/bin/env python3
"""Tests of the mutator: which mistakes it makes, and what it leaves alone."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from mutants import mutants_of


def made_of(body):
    """What the one line `body` of a function becomes, one result for each mutant."""
    text = "void f() {\n    " + body + "\n}\n"
    return {m.apply(text).split("\n")[1].strip() for m in mutants_of("f.cpp", text)}


class Mutants(unittest.TestCase):
    def test_comparisons_move_by_one_and_turn_round(self):
        self.assertEqual(made_of("return a < b;"), {"return a <= b;", "return a >= b;"})
        self.assertEqual(made_of("return a == b;"), {"return a != b;"})

    def test_templates_are_no_comparisons(self):
        self.assertEqual(made_of("return std::optional<Credits>{};"), set())

    def test_conditions_are_negated(self):
        self.assertIn("if (!(a)) return b;", made_of("if (a) return b;"))

    def test_declarations_in_conditions_are_not(self):
        self.assertEqual(made_of("if (const auto a = b()) return c;"), set())

    def test_statements_are_removed(self):
        self.assertEqual(made_of("a.b(c);"), {";"})
        self.assertEqual(made_of("a += b;"), {"a -= b;", ";"})
        self.assertEqual(made_of("++a;"), {";"})

    def test_declarations_and_returns_are_kept(self):
        self.assertEqual(made_of("const Credits a = b;"), set())
        self.assertEqual(made_of("return a;"), set())
        self.assertEqual(made_of("return A{b.c(d)};"), set())

    def test_constants_and_extrema_change(self):
        self.assertEqual(made_of("return std::min(a, 1);"),
                         {"return std::max(a, 1);", "return std::min(a, 0);"})
        self.assertEqual(made_of("return a10 || true;"),
                         {"return a10 && true;", "return a10 || false;"})

    def test_prose_assertions_and_planted_bugs_are_left_alone(self):
        self.assertEqual(made_of("// a < b"), set())
        self.assertEqual(made_of('return "a < b";'), set())
        self.assertEqual(made_of("CREDITD_ASSERT(a < b && f(c));"), set())
        self.assertEqual(made_of("if (canary(Canary::x) && a < b) { c = d; }"), set())

    def test_what_stands_beside_a_planted_bug_is_not(self):
        self.assertEqual(made_of("return a < b || canary(Canary::x);"),
                         {"return a <= b || canary(Canary::x);",
                          "return a >= b || canary(Canary::x);",
                          "return a < b && canary(Canary::x);"})
        self.assertEqual(made_of("return !canary(Canary::x) && a == b;"),
                         {"return !canary(Canary::x) || a == b;",
                          "return !canary(Canary::x) && a != b;"})
        self.assertEqual(made_of("return canary(Canary::x) && a == b;"), set())
        self.assertEqual(made_of("return canary(Canary::x) ? a < b : c;"), set())
        self.assertEqual(made_of("if (!canary(Canary::x)) ++a;"), {"if (!canary(Canary::x)) ;"})

    def test_lines_keep_their_numbers(self):
        text = "// one\n\nint f() {\n    return a <\n           b;\n}\nbool g() { return a < b; }\n"
        self.assertEqual({m.line for m in mutants_of("f.cpp", text)}, {4, 7})


if __name__ == "__main__":
    unittest.main()
