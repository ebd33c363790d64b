#!/usr/bin/env python3
"""`fuzz.py --build FOLDER [target…] [--minutes M | --smoke]`: runs fuzz targets, several at once.

The kept inputs in tests/fuzz/corpus come first; what a run adds to them goes to FOLDER/corpus, and
what it finds to FOLDER/findings, with the command that runs it again. The last line is
`N passed, N failed`; exit 1 when there was a finding.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGETS = ["head", "session", "command", "event", "block", "snapshot", "config",
           "payments"]
SMOKE_SECONDS = 10
INPUT_SECONDS_MAX = 25
MEMORY_MB_MAX = 2048
QUARANTINE_MB = 16  # of freed memory: more makes every run slower, and finds hardly more


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True, help="of the preset fuzz")
    parser.add_argument("--jobs", type=int, default=1, help="targets at once")
    parser.add_argument("--minutes", type=float, default=1, help="for each target")
    parser.add_argument("--smoke", action="store_true", help=f"{SMOKE_SECONDS} s for each target")
    parser.add_argument("targets", nargs="*", metavar="target", help=", ".join(TARGETS))
    options = parser.parse_args()
    for target in options.targets:
        if target not in TARGETS:
            parser.error(f"no such target: {target} (there are {', '.join(TARGETS)})")
    return options


def fuzz(options, target):
    """Runs one target; returns (fine, one line about it)."""
    seconds = SMOKE_SECONDS if options.smoke else round(options.minutes * 60)
    build = options.build.resolve()
    corpus = build / "corpus" / target
    findings = build / "findings"
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    program = build / "bin" / f"fuzz_{target}"
    environment = dict(os.environ)
    asan = [environment.get("ASAN_OPTIONS"), f"quarantine_size_mb={QUARANTINE_MB}"]
    environment["ASAN_OPTIONS"] = ":".join(filter(None, asan))
    # A smoke run draws alike each time: what it finds is rather the change's than chance's.
    seed = ["-seed=1"] if options.smoke else []
    with subprocess.Popen(
            [program, *seed, f"-max_total_time={seconds}", f"-timeout={INPUT_SECONDS_MAX}",
             f"-rss_limit_mb={MEMORY_MB_MAX}", "-print_final_stats=1",
             f"-artifact_prefix={findings / target}-", corpus, HERE / "corpus" / target],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        text = running.stdout.read().decode("utf-8", "replace")
        # Not `wait`: what a run was worth on a busy machine is its processor time.
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode == 0:
        runs = re.search(r"number_of_executed_units: (\d+)", text)
        edges = re.findall(r"cov: (\d+)", text)
        return True, (f"{target:9} {runs[1]:>9} inputs in {seconds} s "
                      f"({used.ru_utime + used.ru_stime:.0f} s of a processor), "
                      f"{edges[-1]} edges covered")
    unit = re.search(r"Test unit written to (\S+)", text)
    again = f"\nagain: {program} {unit[1]}" if unit else ""
    report = "\n".join(text.splitlines()[-60:])
    return False, f"{report}\nFINDING in {target}{again}"


def main():
    options = arguments()
    targets = options.targets or TARGETS
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        for fine, line in pool.map(lambda target: fuzz(options, target), targets):
            failed += not fine
            print(line, flush=True)
    print(f"{len(targets) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
