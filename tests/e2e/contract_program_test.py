"""The contract of the program: stopping under load, one daemon a folder, the configuration's errors
and secrets, exit codes."""

import http.client
import json
import os
import subprocess
import tempfile
import threading
import time

from contract_kit import Ledger, check, expect
from harness import ADMIN_KEY, Daemon, free_port, main, replay


def creditd(options, *words, environment=None):
    done = subprocess.run([os.path.join(options.bin, "creditd"), *words], capture_output=True,
                          text=True, timeout=30, check=False,
                          env=dict(os.environ, **(environment or {})))
    return done.returncode, done.stdout, done.stderr


def load(daemon, account, number, answered, cut):
    """Deducts until the connection ends; remembers what was answered and what was cut off."""
    client = daemon.client()
    for n in range(100_000):
        try:
            got = client.call("POST", f"/v1/accounts/{account}/deductions", {"amount": 1},
                              f"load-{number}-{n}")
        except http.client.IncompleteRead:
            cut.append(n)
            return
        except (OSError, http.client.HTTPException):
            return
        check(got.status in (201, 503), f"{got}")
        if got.status == 201:
            answered.append(got.json()["seq"])


def stop_under_load(options):
    daemon = Daemon(options.bin)
    answered, cut = [], []
    try:
        daemon.start()
        account = Ledger(daemon).account(1_000_000)
        threads = [threading.Thread(target=load, args=(daemon, account, n, answered, cut))
                   for n in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        begun = time.monotonic()
        check(daemon.stop() == 0, "SIGTERM does not end with 0")
        seconds = time.monotonic() - begun
        for thread in threads:
            thread.join()
        check(seconds < 10 and answered and not cut, f"{seconds} s, {len(cut)} cut answers")
        code, out, err = replay(options.bin, "verify", daemon.data)
        check(code == 0, f"verify: {out} {err}")
        daemon.start()
        ledger = Ledger(daemon)
        left = ledger.balance(account)["balance"]
        check(left == 1_000_000 - len(answered), f"{left} left after {len(answered)} answers")
        check(len(set(answered)) == len(answered), "one seq was given twice")
        check(daemon.stop() == 0, "the second stop")
        print(f"{len(answered)} deductions answered, stopped in {seconds:.2f} s, all kept")
    finally:
        daemon.remove()


def one_daemon_a_folder(options):
    daemon = Daemon(options.bin)
    try:
        daemon.start()
        code, out, err = creditd(options, "serve", "--data-dir", daemon.data, "--listen",
                                 f"127.0.0.1:{free_port()}",
                                 environment={"CREDITD_ADMIN_KEY": ADMIN_KEY})
        check(code == 1, f"the second daemon ended with {code}: {out} {err}")
        check("start_failed" in out + err, f"without a reason: {out} {err}")
        code, out, err = replay(options.bin, "balance", daemon.data, "a")
        check(code == 2, f"creditd-replay on a folder in use: {code} {out} {err}")
        expect(Ledger(daemon).get("/v1/accounts"), 200)
        code, out, err = creditd(options, "serve", "--data-dir", daemon.data + "2", "--listen",
                                 f"127.0.0.1:{daemon.port}",
                                 environment={"CREDITD_ADMIN_KEY": ADMIN_KEY})
        check(code == 1, f"a port in use: {code} {out} {err}")
    finally:
        daemon.remove()


def first_start_makes_a_key(options):
    daemon = Daemon(options.bin)
    try:
        environment = {k: v for k, v in os.environ.items() if k != "CREDITD_ADMIN_KEY"}
        with open(daemon.log_path, "ab") as log:
            daemon.process = subprocess.Popen(
                [os.path.join(options.bin, "creditd"), "serve", "--data-dir", daemon.data,
                 "--listen", f"127.0.0.1:{daemon.port}"], stdout=log, stderr=log, env=environment)
        daemon.wait_ready()
        path = os.path.join(daemon.data, "admin.key")
        check(os.stat(path).st_mode & 0o777 == 0o600, "admin.key is not private")
        with open(path, encoding="utf-8") as file:
            key = file.read().strip()
        check("admin.key" in daemon.log_text(), "the log does not say where the key is")
        check(key not in daemon.log_text(), "the log holds the key")
        expect(daemon.client(key).call("GET", "/v1/api-keys"), 200)
        daemon.stop()
        code, out, err = creditd(options, "print-config", "--data-dir", daemon.data)
        check(code == 0 and key not in out + err, "print-config")
    finally:
        daemon.remove()


def configuration(options):
    with tempfile.TemporaryDirectory(prefix="creditd-e2e-") as folder:
        path = os.path.join(folder, "c.toml")

        def written(text):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return creditd(options, "check-config", "--config", path)

        check(written('[server]\nlisten = "127.0.0.1:1"\n')[0] == 0, "a right configuration")
        for text, names in (('[server]\n\nlissten = "x"\n', ("lissten", "3")),
                            ("[none]\na = 1\n", ("none.a", ":2:")),
                            ('[server]\nidle_timeout = "1 year"\n', ("idle_timeout", "2")),
                            ("[server]\nio_threads = -1\n", ("io_threads", "2")),
                            ("[server]\nio_threads = 'a'\n", ("io_threads", "2")),
                            ("[server\n", ("1",)),
                            ("[ledger]\ndecimals = 7\n", ("decimals", "2"))):
            code, out, err = written(text)
            check(code == 2 and all(name in err for name in names), f"{text!r}: {code} {out} {err}")
        code, _, err = creditd(options, "check-config", environment={"CREDITD_SERVER__NONE": "1"})
        check(code == 2 and "CREDITD_SERVER__NONE" in err.upper(), f"environment: {code} {err}")
        check(creditd(options, "check-config", "--config", folder + "/none")[0] == 2, "no file")
        for words in (["none"], ["serve", "--none"], []):
            check(creditd(options, *words)[0] == 2, f"usage: {words}")
        with open(path, "w", encoding="utf-8") as file:
            file.write('[log]\nlevel = "error"\n[server]\nidle_timeout = "9s"\n')
        code, out, err = creditd(
            options, "print-config", "--config", path, "--listen", "127.0.0.1:7777",
            environment={"CREDITD_ADMIN_KEY": ADMIN_KEY, "CREDITD_SERVER__IDLE_TIMEOUT": "8s",
                         "CREDITD_SERVER__LISTEN": "127.0.0.1:6666"})
        check(code == 0 and ADMIN_KEY not in out + err, f"print-config: {code} {out} {err}")
        for part in ("8s", "127.0.0.1:7777", '"error"'):
            check(part in out, f"{part} is not in force: {out}")
        check("6666" not in out and '"9s"' not in out, "the order of precedence")
    code, out, _ = creditd(options, "version")
    check(code == 0 and out.startswith("creditd "), f"version: {out}")


def request_log(options):
    """One line of JSON for each request, whatever the path holds."""
    daemon = Daemon(options.bin, environment={"CREDITD_LOG__REQUESTS": "true"})
    try:
        daemon.start()
        ledger = Ledger(daemon)
        paths = ["/v1/accounts", "/v1/x%0d%0a%22y", "/v1/accounts/%00", "/v1/accounts/%ff/balance"]
        for path in paths:
            ledger.get(path)

        def logged():  # but for the questions whether the daemon is ready
            lines = [json.loads(line) for line in daemon.log_text().splitlines()]
            return [line["path"] for line in lines if line.get("path", "/readyz") != "/readyz"]

        end = time.monotonic() + 10
        while len(logged()) < len(paths):
            check(time.monotonic() < end, "the requests are not logged")
            time.sleep(0.05)
        check(logged() == paths, f"not one line a request: {logged()}")
        check(ADMIN_KEY not in daemon.log_text(), "the log holds the key")
        daemon.stop()
    finally:
        daemon.remove()


def run(options):
    for section in (configuration, one_daemon_a_folder, first_start_makes_a_key, request_log,
                    stop_under_load):
        section(options)


if __name__ == "__main__":
    main(run)
