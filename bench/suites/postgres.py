"""Yardstick: PostgreSQL from Debian in a cluster of its own, deleted afterwards.

One statement, one round trip, durable at commit: take the credits if there are enough, and write
the transaction under its unique key. Prepared; in PostgreSQL's favour: integer ids, one index, no
grants to burn, no answer to render, no HTTP.
"""

import glob
import os
import pwd
import re
import resource
import shutil
import subprocess
import tempfile

from . import servers

SCHEMA = """
CREATE TABLE account (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))
    WITH (fillfactor = 50);
CREATE TABLE transaction (key text PRIMARY KEY, account bigint NOT NULL, amount bigint NOT NULL,
    balance_after bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
INSERT INTO account SELECT i, 1000000000 FROM generate_series(1, {accounts}) i;
VACUUM ANALYZE account;
"""

SCRIPT = r"""
\set account {account}
\set key random(1, 9000000000000000000)
WITH spent AS (UPDATE account SET balance = balance - 1 WHERE id = :account AND balance >= 1
    RETURNING id, balance)
INSERT INTO transaction (key, account, amount, balance_after)
    SELECT :key::bigint::text, id, 1, balance FROM spent RETURNING balance_after;
"""

# pgbench's clock runs while it connects (its tps leaves that out): a process for each client.
CONNECTS_PER_S = 30

SETTINGS = {
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "fsync": "on",
    "max_connections": "300",
    "listen_addresses": "''",
    "max_wal_size": "4GB",
}


def programs():
    """Folder of the newest installed PostgreSQL's programs, or None."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    return os.path.dirname(max(found, key=lambda p: float(p.split("/")[4]))) if found else None


class Cluster:
    """A running cluster with the tables filled; `with` stops and deletes it."""

    def __init__(self, work_dir, accounts):
        self.bin = programs()
        self.accounts = accounts
        self.port = servers.free_port()  # only names the socket: no TCP is listened on
        self.folder = tempfile.mkdtemp(prefix="postgres-", dir=work_dir)
        self.data = os.path.join(self.folder, "data")

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if os.path.exists(os.path.join(self.data, "postmaster.pid")):
            self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program, *arguments, check=True, **named):
        command = [os.path.join(self.bin, program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]  # refuses to run as root
        return subprocess.run(command, check=check, text=True, cwd="/", timeout=600,
                              stdin=named.pop("stdin", subprocess.DEVNULL),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **named)

    def start(self):
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "bench", "-E", "UTF8",
                 "--locale=C")
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        self.run("pg_ctl", "-D", self.data, "-w", "-l", self.folder + "/log", "-o",
                 f"-p {self.port} -k {self.folder} {options}", "start")
        self.write("schema.sql", SCHEMA.format(accounts=self.accounts))
        self.run("psql", *self.where(), "-q", "-v", "ON_ERROR_STOP=1", "-f",
                 os.path.join(self.folder, "schema.sql"), "postgres")
        self.write("many.sql", SCRIPT.format(account=f"random(1, {self.accounts})"))
        self.write("one.sql", SCRIPT.format(account="1"))

    def where(self):
        return ("-h", self.folder, "-p", self.port, "-U", "bench")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o644)

    def deduct(self, script, clients, seconds):
        """{tps, latency_ms, pgbench_cpu_s} of `many.sql` or `one.sql`."""
        for patience in (1, 4):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = self.run("pgbench", *self.where(), "-n", "-M", "prepared", "-f",
                            os.path.join(self.folder, script), "-c", clients, "-j", 1, "-T",
                            round(seconds + patience * clients / CONNECTS_PER_S), "postgres")
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            tps = re.search(r"tps = ([\d.]+) \(without initial", done.stdout)
            if tps:
                break
        else:
            raise RuntimeError(done.stdout)
        latency = re.search(r"latency average = ([\d.]+)", done.stdout)
        return {"tps": float(tps[1]), "latency_ms": float(latency[1]),
                "pgbench_cpu_s": after.ru_utime + after.ru_stime - before.ru_utime -
                before.ru_stime}
