#!/usr/bin/env python3
"""Runs clang-tidy over every source of ours that a build compiles, several at a time.

As they are compiled: a unity build's sources together, which takes an eighth of the time. What was
fine is stamped under build/tidy by the content of all that it depends on (itself, our headers, its
flags, .clang-tidy, the tool's version) and is not looked at again until one of these changes. Each
finding is printed once, however many sources include its header.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import time

TOOL = "clang-tidy-19"
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
FINDING = re.compile(r"^(\S+?):(\d+):(\d+): (?:error|warning): (.*)$")
OWN_FOLDERS = ("core", "schemas", "text", "catalog", "replay", "daemon", "tests", "bench")


class Tidy:
    def __init__(self, root, build):
        self.root = root
        self.build = build
        self.stamps = root / "build" / "tidy"
        self.stamps.mkdir(parents=True, exist_ok=True)
        self.headers = {}
        version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
        configurations = [root / ".clang-tidy", root / "tests" / ".clang-tidy"]
        self.base = version + b"".join(path.read_bytes() for path in configurations)

    def units(self):
        """{what is compiled: (flags, its sources below the root)}, ours only."""
        found = {}
        for entry in json.loads((self.build / "compile_commands.json").read_text()):
            path = pathlib.Path(entry["file"]).resolve()
            paths = [path]
            if path.parent.name == "Unity":
                paths = [pathlib.Path(name.decode()) for name in INCLUDE.findall(path.read_bytes())]
            names = [str(one.relative_to(self.root)) for one in paths
                     if one.is_relative_to(self.root)]
            if names and names[0].split("/")[0] in OWN_FOLDERS:
                found[path] = (entry["command"], names)
        return found

    def header_content(self, path):
        """Hash of a file and of all that it includes by quotes."""
        if path in self.headers:
            return self.headers[path]
        self.headers[path] = b""  # ends cycles
        content = path.read_bytes()
        digest = hashlib.sha256(content)
        for name in INCLUDE.findall(content):
            for base in (self.root, self.build / "generated", path.parent):
                included = base / name.decode()
                if included.is_file():
                    digest.update(self.header_content(included))
                    break
        self.headers[path] = digest.digest()
        return self.headers[path]

    def stamp_of(self, path, command):
        digest = hashlib.sha256(self.base + command.encode() + self.header_content(path))
        return self.stamps / digest.hexdigest()

    def findings(self, path, names):
        """The complaints about one unit; empty when it is fine."""
        # As tests/.clang-tidy says, which is not looked for where a unity build's units lie.
        checks = ["--checks=-performance-*"] if names[0].startswith("tests/") else []
        run = subprocess.run(
            [TOOL, "-p", str(self.build), "--quiet", "--extra-arg=-w", *checks, str(path)],
            capture_output=True, text=True, cwd=self.root,
        )
        found = set()
        for line in run.stdout.splitlines():
            match = FINDING.match(line)
            if match:
                file = pathlib.Path(match[1])
                name = file.relative_to(self.root) if file.is_relative_to(self.root) else file
                sentence = match[4].replace(",-warnings-as-errors]", "]")
                found.add(f"{name}:{match[2]}:{match[3]}: {sentence}")
        if run.returncode != 0 and not found:
            found.add(f"{path.name}:1:1: {TOOL} failed: {run.stderr[-400:]}")
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--jobs", default=2, type=int)
    parser.add_argument("--only", default="", help="only with sources whose path contains this")
    parser.add_argument("--folders", nargs="+", default=OWN_FOLDERS, help="only sources in these")
    arguments = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parents[2]
    tidy = Tidy(root, arguments.build.resolve())
    started = time.monotonic()
    todo = {}
    fresh = 0
    seen = 0
    for path, (command, names) in sorted(tidy.units().items()):
        is_in = names[0].split("/")[0] in arguments.folders
        if not is_in or not any(arguments.only in name for name in names):
            continue
        stamp = tidy.stamp_of(path, command)
        if stamp.exists():
            fresh += len(names)
        else:
            seen += len(names)
            todo[path] = (stamp, names)
    found = set()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        looked = pool.map(tidy.findings, todo, (names for _, names in todo.values()))
        for (stamp, _), complaints in zip(todo.values(), looked):
            new = complaints - found
            found |= new
            for line in sorted(new):
                print(line, flush=True)
            if not complaints:
                stamp.touch()
    seconds = time.monotonic() - started
    print(f"clang-tidy: {seen} sources looked at, {fresh} unchanged, "
          f"{len(found)} findings, {seconds:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
