#!/usr/bin/env python3
"""Do the tests of the core notice a mistake? Makes small ones, one at a time, and runs them.

The tree is never touched: a mutant is a changed copy of one source, compiled in build/mutation
and linked in front of the library that holds the original. A run that dies leaves nothing but that
folder, which the next one empties."""

import argparse
import json
import os
import pathlib
import random
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from mutants import mutants_of

# Each is asked until one of them notices.
TARGETS = ("core_rules_test", "core_subscriptions_test", "core_payments_test",
           "core_arrangements_test", "core_catalog_test")
HEADERS = ("core/apply/parts.hpp", "core/canary.hpp", "core/decide/context.hpp")
KILLED, SURVIVED, ENDLESS, REJECTED, EQUAL = (
    "killed", "survived", "killed (endless)", "does not compile", "same code")


class Bench:
    """How to compile a changed source and to link the test with it."""

    def __init__(self, root, build):
        self.root, self.build = root, build.resolve()
        self.folder = root / "build" / "mutation"
        entries = json.loads((build / "compile_commands.json").read_text())
        self.compiles = {e["file"]: shlex.split(e["command"]) for e in entries}
        self.links = {target: self.link_of(build, target) for target in TARGETS}
        self.originals = {}
        self.headers = self.folder / "headers.hpp"

    @staticmethod
    def link_of(build, target):
        told = subprocess.run(["ninja", "-C", build, "-t", "commands", target],
                              capture_output=True, text=True, check=True)
        last = told.stdout.strip().split("\n")[-1]
        return shlex.split(last.removeprefix(": && ").removesuffix(" && :"))

    def run(self, command, folder, seconds=3600):
        """Runs in a group of its own: what a death test has forked ends with it."""
        started = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            return started.wait(seconds)
        finally:
            try:
                os.killpg(started.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # nothing of it is left
            started.wait()

    def compiler(self, file):
        """How to compile `file`, but for its name and that of the object: in a hurry, and with
        names from the root, wherever the copy stands. Equal code is equal bytes."""
        command = list(self.compiles[str(self.root / file)])
        if command[0].endswith("ccache"):
            del command[0]
        for option in ("-o", "-c"):
            at = command.index(option)
            del command[at : at + 2]
        return [*command, "-O1", "-g0", "-w", "-Wno-error"]

    def compile(self, file, text, folder):
        """The object of `file` with this text, or nothing."""
        source, made = folder / file, folder / "changed.o"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text)
        command = [*self.compiler(file), "-include", str(self.headers), "-c", file, "-o", str(made)]
        return made if self.run(command, folder) == 0 else None

    def precompile(self, file):
        """The headers that every mutant begins with: most of the time of a compiler."""
        self.headers.write_text("".join(f'#include "{name}"\n' for name in HEADERS))
        made = str(self.headers) + ".gch"
        command = [*self.compiler(file), "-x", "c++-header", str(self.headers), "-o", made]
        if self.run(command, self.folder) != 0:
            raise RuntimeError("does not compile: " + shlex.join(command))

    def test(self, file, made, folder, cpu_seconds):
        """What the first program says that notices, those first that are named like the file."""
        verdict = SURVIVED
        for target in sorted(TARGETS, key=lambda name: name.split("_")[1] not in file):
            if verdict == SURVIVED:
                verdict = self.test_with(target, made, folder, cpu_seconds)
        return verdict

    def test_with(self, target, made, folder, cpu_seconds):
        program = folder / target
        command = list(self.links[target])
        command[command.index("-o") + 1] = str(program)
        command.insert(command.index("-o"), str(made))
        if self.run(command, self.build) != 0:
            raise RuntimeError("does not link: " + shlex.join(command))
        # A mutant may ask for all memory, and for ever: on a busy machine only its own time counts.
        limits = ["prlimit", "--as=4294967296", "--core=0", f"--cpu={cpu_seconds:.0f}"]
        try:
            code = self.run([*limits, str(program), "--gtest_fail_fast"], folder)
        except subprocess.TimeoutExpired:
            return ENDLESS
        if code == -signal.SIGKILL:
            return ENDLESS
        return SURVIVED if code == 0 else KILLED

    def prepare(self, texts):
        """Makes the originals' objects; returns how long the unchanged tests compute."""
        shutil.rmtree(self.folder, ignore_errors=True)
        folder = self.folder / "original"
        folder.mkdir(parents=True)
        self.precompile(next(iter(texts)))
        for file, text in texts.items():
            made = self.compile(file, text, folder)
            if made is None:
                sys.exit(f"{file} does not compile unchanged")
            self.originals[file] = made.read_bytes()
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        if self.test(file, made, folder, 600) != SURVIVED:
            sys.exit("the unchanged sources do not pass the tests")
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before

    def judge(self, number, mutant, text, cpu_seconds):
        folder = self.folder / str(number)
        made = self.compile(mutant.file, mutant.apply(text), folder)
        if made is None:
            verdict = REJECTED
        elif made.read_bytes() == self.originals[mutant.file]:
            verdict = EQUAL
        else:
            verdict = self.test(mutant.file, made, folder, cpu_seconds)
        shutil.rmtree(folder)
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


def judge_all(bench, drawn, texts, cpu_seconds, jobs):
    def judge(number, mutant):
        verdict = bench.judge(number, mutant, texts[mutant.file], cpu_seconds)
        print(f"{number}/{len(drawn)} {verdict}: {mutant.describe(texts[mutant.file])}",
              file=sys.stderr, flush=True)
        return mutant, verdict

    with ThreadPoolExecutor(jobs) as pool:
        judged = [pool.submit(judge, number, mutant) for number, mutant in enumerate(drawn, 1)]
        try:
            return [one.result() for one in judged]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def report(verdicts, texts, started):
    counts = {kind: sum(v == kind for _, v in verdicts)
              for kind in (KILLED, ENDLESS, SURVIVED, REJECTED, EQUAL)}
    for mutant, verdict in verdicts:
        if verdict == SURVIVED:
            print("survived " + mutant.describe(texts[mutant.file]))
    killed = counts[KILLED] + counts[ENDLESS]
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
    cpu_seconds = 5 * bench.prepare({m.file: texts[m.file] for m in drawn}) + 10
    verdicts = judge_all(bench, drawn, texts, cpu_seconds, options.jobs)
    return 0 if report(verdicts, texts, started) >= options.score_min else 1


if __name__ == "__main__":
    sys.exit(main())
