#!/usr/bin/env python3
"""Runs the README: its curl lines one by one against a real daemon, then, after a stop, its
creditd-replay lines on the folder that is left. Each has to succeed as printed."""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))

import harness  # noqa: E402
from harness import check, main  # noqa: E402

PRINTED_ADDRESS = "http://127.0.0.1:8080"
PRINTED_SCRIPT = "python3 replay/"
PRINTED_FOLDER = "build/release/bin/"
KEY_LINE = "export KEY=$(cat data/admin.key)"


def shell_lines():
    """The lines of the README's sh blocks."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^```sh\n(.*?)^```", file.read(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def run_line(line, folder):
    done = subprocess.run(["sh", "-ec", line], cwd=folder, text=True,
                          capture_output=True, timeout=60, check=False)
    check(done.returncode == 0, f"{line}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def run_curl(line, daemon):
    """Returns what was answered."""
    check(PRINTED_ADDRESS in line, f"{line}\nis not about {PRINTED_ADDRESS}")
    sent = line.replace(PRINTED_ADDRESS, f"http://127.0.0.1:{daemon.port}")
    answer = run_line(f"{KEY_LINE}; {sent} --silent --show-error --write-out '\\n%{{http_code}}'",
                      daemon.folder)
    check(answer.rpartition("\n")[2].startswith("2"), f"{line}\nwas answered {answer}")
    return answer


def run_replay(line, bin_folder, folder):
    if line.startswith(PRINTED_SCRIPT):
        run_line(line.replace(PRINTED_SCRIPT, f"python3 {ROOT}/replay/", 1), folder)
        return
    check(line.startswith(PRINTED_FOLDER), f"{line}\ndoes not begin with {PRINTED_FOLDER}")
    line = line.replace(PRINTED_FOLDER, os.path.join(bin_folder, ""), 1)
    run_line(line.replace(" conf/", f" {ROOT}/conf/"), folder)


def run(options):
    lines = shell_lines()
    curls = [line for line in lines if line.startswith("curl ")]
    replays = [line for line in lines if "creditd-replay" in line
               or line.startswith(PRINTED_SCRIPT)]
    others = [line for line in lines if line not in curls + replays]
    check(len(curls) >= 5 and len(replays) >= 2, f"too few commands: {lines}")
    check(others == [KEY_LINE], f"commands that are not run: {others}")
    # Without a key from the environment the daemon makes one, as the README's reader has it.
    harness.ADMIN_KEY = ""
    daemon = harness.Daemon(options.bin)
    try:
        daemon.start()
        for line in curls:
            answer = run_curl(line, daemon)
            if "Idempotency-Key" in line:
                check(run_curl(line, daemon) == answer, f"{line}\nrepeated: another answer")
        check(daemon.stop() == 0, "the daemon did not stop in good order")
        for line in replays:
            run_replay(line, options.bin, daemon.folder)
    finally:
        daemon.remove()


if __name__ == "__main__":
    main(run)
