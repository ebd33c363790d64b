"""What every end-to-end test needs: a real daemon in a folder of its own, a small HTTP client, the
auditor's tool. Python's standard library only; everything on 127.0.0.1 and free ports."""

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ADMIN_KEY = "crd_admin_for_tests_0123456789"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/release/bin", help="folder of the programs")
    parser.add_argument("--full", action="store_true", help="the long form of the test")
    return parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_sanitized():
    """Do the programs carry a sanitizer, which takes memory and time of its own?"""
    return "ASAN_OPTIONS" in os.environ or "TSAN_OPTIONS" in os.environ


def check(condition, message):
    """An assertion that names what was expected and cannot be optimised away."""
    if not condition:
        raise AssertionError(message)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Client:
    """One keep-alive connection. `call` raises OSError or HTTPException when the daemon is gone."""

    def __init__(self, port, key=ADMIN_KEY):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.key = key

    def call(self, method, path, body=None, idempotency_key=None, headers=None):
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if idempotency_key is not None:
            sent["Idempotency-Key"] = idempotency_key
        sent.update(headers or {})
        data = body if isinstance(body, (bytes, str, type(None))) else json.dumps(body)
        self.connection.request(method, path, data, sent)
        response = self.connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()},
                      response.read())

    def close(self):
        self.connection.close()


class Daemon:
    """A creditd process. The folder outlives it, so that it can be started again."""

    def __init__(self, bin_folder, folder=None, environment=None, words=()):
        self.bin = bin_folder
        self.folder = folder or tempfile.mkdtemp(prefix="creditd-e2e-")
        self.data = os.path.join(self.folder, "data")
        self.log_path = os.path.join(self.folder, "log")
        self.environment = environment or {}
        self.words = words
        self.port = free_port()
        self.process = None

    def start(self, wait=True):
        log = open(self.log_path, "ab")
        environment = dict(os.environ, CREDITD_ADMIN_KEY=ADMIN_KEY, **self.environment)
        if "ASAN_OPTIONS" in environment:
            # Freed memory that a sanitizer keeps back is not the daemon's: memory is measured here.
            environment["ASAN_OPTIONS"] += ":quarantine_size_mb=8"
        self.process = subprocess.Popen(
            [os.path.join(self.bin, "creditd"), "serve", "--data-dir", self.data,
             "--listen", f"127.0.0.1:{self.port}", *self.words],
            stdout=log, stderr=log, env=environment)
        log.close()
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon ended with {self.process.returncode}:\n"
                                     f"{self.log_text()[-2000:]}")
            try:
                if self.client(key=None).call("GET", "/readyz").status == 200:
                    return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the daemon did not become ready")

    def client(self, key=ADMIN_KEY):
        return Client(self.port, key)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Stops in good order and returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def is_alive(self):
        return self.process.poll() is None

    def log_text(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def log_events(self, name):
        lines = [json.loads(line) for line in self.log_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == name]

    def logged(self, name, seconds=20):
        """Its lines in the log, where there is one: a thread of its own writes them."""
        end = time.monotonic() + seconds
        while not (lines := self.log_events(name)):
            check(time.monotonic() < end, f"the log has no {name}")
            time.sleep(0.02)
        return lines

    def snapshot(self, seconds=30):
        """Asks for a snapshot and returns its log line."""
        before = len(self.log_events("snapshot_written"))
        self.process.send_signal(signal.SIGUSR1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            events = self.log_events("snapshot_written")
            if len(events) > before:
                return events[-1]
            time.sleep(0.05)
        raise AssertionError("no snapshot was written")

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def fail_sync_library(bin_folder):
    """What to preload for fail_sync.c: behind the sanitizer's runtime, which must come first."""
    linked = subprocess.run(["ldd", os.path.join(bin_folder, "creditd")], capture_output=True,
                            text=True, check=True).stdout
    runtime = [word for word in linked.split() if word.startswith("/")
               and ("/libasan.so" in word or "/libtsan.so" in word)]
    return " ".join([*runtime, os.path.join(bin_folder, "libfail_sync.so")])


def replay(bin_folder, *words):
    """Runs creditd-replay; returns (exit code, standard output, standard error)."""
    done = subprocess.run([os.path.join(bin_folder, "creditd-replay"), *words],
                          capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout, done.stderr


def main(run):
    """Runs `run(arguments)`, with the exit code that ctest looks at."""
    options = arguments()
    options.bin = os.path.abspath(options.bin)
    try:
        run(options)
    except AssertionError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        raise
    print("passed")
