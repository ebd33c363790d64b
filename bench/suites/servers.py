"""Starts and stops what is measured: creditd and the Beast yardsticks, on 127.0.0.1 only.

Each server is ended by its own process id, also when a suite fails (use them in `with`).
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

ADMIN_KEY = "bench-administrator-key-0123456789"
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that serves HTTP on self.port once started."""

    def __init__(self, command, port, ready_path="/", env=None, log=None, ready_s=60):
        self.command, self.port, self.ready_path = command, port, ready_path
        self.env, self.log, self.ready_s = env or {}, log, ready_s
        self.process = None
        self.start_s = 0.0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        output = open(self.log, "ab") if self.log else subprocess.DEVNULL
        began = time.monotonic()
        self.process = subprocess.Popen(self.command, env={**os.environ, **self.env},
                                        stdout=output, stderr=output)
        if self.log:
            output.close()
        while not self.is_ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.command[0]} ended with {self.process.returncode}"
                                   f"{self.last_words()}")
            if time.monotonic() - began > self.ready_s:
                self.stop()
                raise RuntimeError(f"{self.command[0]} not ready in {self.ready_s} s")
            time.sleep(0.01)
        self.start_s = time.monotonic() - began

    def stop(self, timeout_s=120):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self):
        if not self.log or not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return ": " + file.read()[-400:].strip()

    def is_ready(self):
        try:
            return self.get(self.ready_path, timeout=5)[0] in (200, 201)
        except OSError:
            return False

    def request(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            headers = {"Authorization": f"Bearer {ADMIN_KEY}", **(headers or {})}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, path, timeout=60):
        return self.request("GET", path, timeout=timeout)

    def get_json(self, path):
        status, body = self.get(path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {body[:300]!r}")
        return json.loads(body)

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def memory_bytes(self):
        """(resident now, the most it ever was)"""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            text = file.read()
        return tuple(int(re.search(rf"{name}:\s+(\d+)", text)[1]) * 1024
                     for name in ("VmRSS", "VmHWM"))


class Creditd(Server):
    def __init__(self, context, data_dir, program=None, env=None, arguments=()):
        self.data_dir = data_dir
        port = free_port()
        command = [program or context.program("creditd"), "serve"]
        if context.config:
            command += ["--config", context.config]
        command += ["--data-dir", data_dir, "--listen", f"127.0.0.1:{port}", *arguments]
        super().__init__(command, port, "/readyz",
                         {"CREDITD_ADMIN_KEY": ADMIN_KEY, **context.daemon_env, **(env or {})},
                         log=data_dir.rstrip("/") + ".log", ready_s=600)

    def metric(self, name):
        """The sum of a metric's series, or None where it does not exist."""
        text = self.get("/metrics")[1].decode()
        found = re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
        return sum(float(value) for value in found) if found else None

    def wait_for_followers(self, timeout_s=300):
        """Seconds until every follower has reached the end of the journal."""
        began = time.monotonic()
        while (self.metric("creditd_follower_lag_events") or 0) > 0:
            if time.monotonic() - began > timeout_s:
                raise RuntimeError(f"followers still behind after {timeout_s} s")
            time.sleep(0.1)
        return time.monotonic() - began


def bare_beast(context):
    port = free_port()
    return Server([context.program("bench_bare_beast"), str(port)], port)


def beast_rocksdb(context, folder):
    port = free_port()
    return Server([context.program("bench_beast_rocksdb"), str(port), folder], port)
