#!/usr/bin/env python3
"""The count at the end of `./dev test`: cases of a report, and binaries that left none."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from count_tests import count

JUNIT = """<testsuite><testcase name="core_test" status="run"/><testcase name="crashed_test"
status="fail"><failure message=""/></testcase><testcase name="style" status="run"/></testsuite>"""
CASES = """<testsuites><testsuite name="S"><testcase name="a" classname="S" status="run"/>
<testcase name="b" classname="S" status="run">{}</testcase></testsuite></testsuites>"""


class CountTest(unittest.TestCase):
    def counted(self, reports):
        with tempfile.TemporaryDirectory() as name:
            for file, text in reports.items():
                (pathlib.Path(name) / file).write_text(text)
            return count(pathlib.Path(name))

    def test_cases_count_and_a_crash_is_one_failure(self):
        reports = {"ctest.junit": JUNIT, "core_test.xml": CASES.format("")}
        self.assertEqual(self.counted(reports), (3, ["crashed_test"]))

    def test_a_failed_case_is_named(self):
        reports = {"ctest.junit": JUNIT, "core_test.xml": CASES.format("<failure/>")}
        self.assertEqual(self.counted(reports), (2, ["S.b", "crashed_test"]))

    def test_a_binary_that_failed_after_its_cases(self):
        reports = {"ctest.junit": JUNIT, "crashed_test.xml": CASES.format("")}
        self.assertEqual(self.counted(reports), (4, ["crashed_test"]))


if __name__ == "__main__":
    unittest.main(verbosity=0)
