"""Calls the load generators (creditd_load, wrk), measures the disk's sync, runs rounds.

Every load is bounded in time. A run in which anything but 2xx was answered says so on stderr.
"""

import json
import os
import re
import subprocess
import sys
import time

from . import servers

REFUSED_SHARE_MAX = 0.01


def say(text):
    print(text, file=sys.stderr, flush=True)


def load(context, server, workload, *arguments, key=True, timeout_s=1200):
    """One run of creditd_load; its JSON, with the server's CPU per request added."""
    command = [context.program("creditd_load"), workload, "--port", str(server.port),
               *map(str, arguments)]
    if key:
        command += ["--key", servers.ADMIN_KEY]
    cpu_before = server.cpu_s()
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    if not done.stdout.startswith("{"):
        raise RuntimeError(f"{' '.join(command)}: {done.stdout} {done.stderr}")
    result = json.loads(done.stdout)
    result["server_cpu_s"] = server.cpu_s() - cpu_before
    if result["error"]:
        raise RuntimeError(f"{workload}: {result['error']}")
    bad = {s: n for s, n in result["status"].items() if int(s) >= 300}
    if bad or result["operations_failed"] or result["connection_errors"]:
        text = (f"{workload}: refused {bad}, items {result['operations_failed']}, connections "
                f"{result['connection_errors']}: {result['first_failure'][:200]}")
        say("  " + text)
        if sum(bad.values()) > REFUSED_SHARE_MAX * result["requests"]:
            raise RuntimeError(text)  # how fast something is refused is no figure
    return result


def timed(context, server, workload, connections, *arguments, **named):
    """A closed loop for the context's duration."""
    return load(context, server, workload, "-c", connections, "-d", context.duration_s,
                "--warmup", context.warmup_s, *arguments, **named)


def set_up(context, server, accounts, first=0, grants=1):
    """Makes accounts `first` to `accounts` - 1, each with its credits in `grants` grants."""
    result = load(context, server, "setup", "-c", 4, "--first", first, "-a", accounts - first,
                  "-b", 5000, "--grants", grants, "--timeout", 3000, timeout_s=3600)
    made = (1 + grants) * (accounts - first)
    if result["operations"] != made:
        raise RuntimeError(f"setup: {result['operations']} of {made} operations succeeded: "
                           f"{result['first_failure'][:300]}")
    return result


def wrk(context, server, connections, script=None, accounts=0):
    """Requests/s by wrk with one thread, or None without wrk."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(context.duration_s))}"]
    if script:
        command += ["-s", os.path.join(context.bench_dir, script)]
    command.append(f"http://127.0.0.1:{server.port}/")
    if script:
        command += ["--", servers.ADMIN_KEY, str(accounts)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    except FileNotFoundError:
        return None
    if "Non-2xx" in done.stdout:
        say("  wrk: " + re.search(r"Non-2xx.*", done.stdout)[0])
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])


def disk_sync_us(folder, seconds):
    """{p50, p99} in µs of appending 16 KB and fdatasync, as a journal's group commit does."""
    path = os.path.join(folder, "sync-probe")
    block, times = b"s" * 16384, []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            os.write(descriptor, block)
            began = time.perf_counter()
            os.fdatasync(descriptor)
            times.append((time.perf_counter() - began) * 1e6)
    finally:
        os.close(descriptor)
        os.unlink(path)
    times.sort()
    return {"p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99)],
            "count": len(times)}


def per_second(result):
    """What succeeded in a second, of any contestant."""
    return result.get("operations_per_s", result.get("requests_per_s", result.get("tps")))


def rounds(context, contestants):
    """Runs every contestant once a round, in turn: {name: [result of each round]}.

    A run that fails is said and left out; who never succeeds is not in the answer.
    """
    results = {name: [] for name, _ in contestants}
    for number in range(context.rounds):
        for name, run in contestants:
            try:
                result = run()
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                say(f"  round {number + 1}/{context.rounds}  {name} failed: "
                    + " ".join(str(error).split())[:300])
                continue
            results[name].append(result)
            shown = per_second(result) or 0
            say(f"  round {number + 1}/{context.rounds}  {name}: {shown:.0f}/s")
    return {name: found for name, found in results.items() if found}
