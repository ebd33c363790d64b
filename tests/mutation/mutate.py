#!/usr/bin/env python3
"""Do the tests of the core notice a mistake? Makes small ones, one at a time, and runs them.

The tree is never touched: a mutant is a changed copy of one source, compiled in build/mutation
and linked in front of the library that holds the original."""

import argparse
import json
import os
import pathlib
import random
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from mutants import mutants_of

TARGET = "core_rules_test"
KILLED, SURVIVED, TIMEOUT, REJECTED, EQUAL = (
    "killed", "survived", "killed (endless)", "does not compile", "same code")


class Bench:
    """How to compile a changed source and to link the test with it."""

    def __init__(self, root, build):
        self.root, self.build = root, build.resolve()
        self.folder = root / "build" / "mutation"
        entries = json.loads((build / "compile_commands.json").read_text())
        self.compiles = {e["file"]: shlex.split(e["command"]) for e in entries}
        told = subprocess.run(["ninja", "-C", build, "-t", "commands", TARGET],
                              capture_output=True, text=True, check=True)
        last = told.stdout.strip().split("\n")[-1]
        self.link = shlex.split(last.removeprefix(": && ").removesuffix(" && :"))
        self.originals = {}

    def run(self, command, seconds=600):
        return subprocess.run(command, cwd=self.build, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=seconds, check=False).returncode

    def compile(self, file, text, folder):
        """The object of `file` with this text, or nothing."""
        source, made = folder / file, folder / "changed.o"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text)
        made.unlink(missing_ok=True)
        command = list(self.compiles[str(self.root / file)])
        if command[0].endswith("ccache"):
            del command[0]
        command[command.index("-o") + 1] = str(made)
        command[command.index("-c") + 1] = str(source)
        # Fast to compile; and the same names as in the original: equal code is equal bytes.
        command += ["-O1", "-g0", "-w", "-Wno-error", f"-ffile-prefix-map={folder}/="]
        return made if self.run(command) == 0 else None

    def test(self, made, folder, seconds):
        program = folder / TARGET
        command = list(self.link)
        command[command.index("-o") + 1] = str(program)
        command.insert(command.index("-o"), str(made))
        if self.run(command) != 0:
            return REJECTED
        try:
            command = ["prlimit", "--as=4294967296", "--core=0", str(program), "--gtest_fail_fast"]
            code = self.run(command, seconds)
        except subprocess.TimeoutExpired:
            return TIMEOUT
        return SURVIVED if code == 0 else KILLED

    def prepare(self, texts):
        """The originals' objects, and how long the unchanged tests take."""
        for file, text in texts.items():
            made = self.compile(file, text, self.folder / "original")
            if made is None:
                sys.exit(f"{file} does not compile unchanged")
            self.originals[file] = made.read_bytes()
        started = time.monotonic()
        if self.test(made, made.parent, 600) != SURVIVED:
            sys.exit("the unchanged sources do not pass the tests")
        return time.monotonic() - started

    def judge(self, number, mutant, text, seconds):
        folder = self.folder / str(number)
        made = self.compile(mutant.file, mutant.apply(text), folder)
        if made is None:
            verdict = REJECTED
        elif made.read_bytes() == self.originals[mutant.file]:
            verdict = EQUAL
        else:
            verdict = self.test(made, folder, seconds)
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        return verdict


def read_sources(root, wanted):
    files = sorted(p for f in ("decide", "apply") for p in (root / "core" / f).glob("*.cpp"))
    names = [str(p.relative_to(root)) for p in files]
    chosen = [n for n in names if not wanted or n in wanted]
    if not chosen:
        sys.exit("no such source; there are: " + " ".join(names))
    return {name: (root / name).read_text() for name in chosen}


def draw(texts, count, seed, line):
    found = [m for file, text in texts.items() for m in mutants_of(file, text)]
    found = [m for m in found if not line or m.line == line]
    if count and count < len(found):
        found = sorted(random.Random(seed).sample(found, count))
    return found


def report(verdicts, texts, started):
    counts = {kind: sum(v == kind for _, v in verdicts)
              for kind in (KILLED, TIMEOUT, SURVIVED, REJECTED, EQUAL)}
    for mutant, verdict in verdicts:
        if verdict == SURVIVED:
            print("survived " + mutant.describe(texts[mutant.file]))
    killed = counts[KILLED] + counts[TIMEOUT]
    judged = killed + counts[SURVIVED]
    print(", ".join(f"{n} {kind}" for kind, n in counts.items()))
    score = 100.0 * killed / judged if judged else 0.0
    print(f"score {score:.1f} % of {judged} mutants, {time.monotonic() - started:.0f} s")
    return score


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--file", action="append", help="only this one, e.g. core/apply/parts.cpp")
    parser.add_argument("--line", type=int, help="only mutants that begin on this line")
    parser.add_argument("--count", type=int, default=200, help="how many to draw; 0: all (200)")
    parser.add_argument("--seed", type=int, default=1, help="what to draw them by (1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--list", action="store_true", help="only name them")
    parser.add_argument("--score-min", type=float, default=85.0, help="fail below this (85)")
    options = parser.parse_args()
    started = time.monotonic()
    root = pathlib.Path(__file__).resolve().parents[2]
    texts = read_sources(root, options.file)
    drawn = draw(texts, options.count, options.seed, options.line)
    if options.list:
        print("\n".join(m.describe(texts[m.file]) for m in drawn))
        return 0
    bench = Bench(root, options.build)
    seconds = 5 * bench.prepare(texts) + 10

    def judge(numbered):
        number, mutant = numbered
        verdict = bench.judge(number, mutant, texts[mutant.file], seconds)
        print(f"{number + 1}/{len(drawn)} {verdict}: {mutant.describe(texts[mutant.file])}",
              file=sys.stderr, flush=True)
        return mutant, verdict

    with ThreadPoolExecutor(options.jobs) as pool:
        verdicts = list(pool.map(judge, enumerate(drawn)))
    return 0 if report(verdicts, texts, started) >= options.score_min else 1


if __name__ == "__main__":
    sys.exit(main())
