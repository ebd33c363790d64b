#!/usr/bin/env python3
"""The style test: `tidy.py ROOT` prints `file:line: [rule] sentence` for each broken rule.

Exit 1 when there is one. Warnings do not count. Standard library only.
`tidy.py --sources ROOT` lists our C++ files instead, each ended by a zero byte.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from rules import RULES, warnings
from source import read_tree


def complaints_of(root, files=None):
    files = read_tree(root) if files is None else files
    for rule in RULES:
        for path, line, sentence in rule(files, root):
            yield f"{path}:{line}: [{rule.__name__}] {sentence}"


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--sources"]
    root = pathlib.Path(arguments[0] if arguments else ".").resolve()
    files = read_tree(root)
    if "--sources" in sys.argv:
        print("".join(f"{file.path}\0" for file in files if file.is_cpp), end="")
        return 0
    for path, line, sentence in warnings(files):
        print(f"{path}:{line}: warning: {sentence}")
    complaints = list(complaints_of(root, files))
    print("\n".join(complaints) if complaints else f"style: {len(files)} files, none at fault")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
