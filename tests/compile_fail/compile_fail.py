#!/usr/bin/env python3
"""`compile_fail.py COMPILER ROOT SNIPPET`: the snippet must not compile, for the stated reason.

The reason is the regular expression in its first line, `// error: …`, which the compiler's message
has to match. A snippet without that line is a control: it must compile.
"""

import os
import re
import subprocess
import sys


def main():
    compiler, root, snippet = sys.argv[1:]
    with open(snippet, encoding="utf-8") as opened:
        first = opened.readline().strip()
    command = [compiler, "-std=c++23", "-Wall", "-Wextra", "-fsyntax-only", "-I", root, snippet]
    run = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    if not first.startswith("// error: "):
        print(run.stderr)
        return run.returncode
    expected = first.removeprefix("// error: ")
    errors = [line for line in run.stderr.splitlines() if "error:" in line]
    if run.returncode == 0:
        print(f"{snippet} compiles; it must not")
        return 1
    if not any(re.search("error: .*" + expected, line) for line in errors):
        print(f"{snippet} fails for another reason than `{expected}`:", *errors, sep="\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
