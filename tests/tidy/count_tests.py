#!/usr/bin/env python3
"""`count_tests.py FOLDER`: adds up what ctest and GoogleTest wrote there, as `N passed, N failed`.

ctest counts a test binary as one test; where the binary left its own report (NAME.xml), its cases
count instead. A binary that failed without naming a case (a crash, a leak) counts as one failure.
Exit 1 when something failed or nothing ran.
"""

import pathlib
import sys
import xml.etree.ElementTree as xml


def cases_in(report):
    """(passed, failed, names of the failed) of one GoogleTest report."""
    failed = [
        f'{case.get("classname")}.{case.get("name")}'
        for case in report.iter("testcase") if case.find("failure") is not None
    ]
    ran = sum(1 for case in report.iter("testcase") if case.get("status") == "run")
    return ran - len(failed), failed


def count(folder):
    passed, failed = 0, []
    for junit in sorted(folder.rglob("*.junit")):
        for test in xml.parse(junit).getroot().iter("testcase"):
            name, fine = test.get("name"), test.get("status") == "run"
            report = junit.with_name(name + ".xml")
            if report.exists():
                good, bad = cases_in(xml.parse(report).getroot())
                passed += good
                failed += bad
                if not fine and not bad:
                    failed.append(name)
            elif fine:
                passed += 1
            else:
                failed.append(name)
    return passed, failed


def main():
    passed, failed = count(pathlib.Path(sys.argv[1]))
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
