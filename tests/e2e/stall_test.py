"""The whole process stands still for longer than commands may wait, it has no file descriptors
left, and the wall clock jumps: what was asked meanwhile is answered or refused, never lost or
doubled, and a bad clock decides nothing until an administrator accepts it."""

import os
import resource
import signal
import threading
import time

from harness import Daemon, check, fail_sync_library, main, replay

STILL_SECONDS = 3  # longer than ledger.queue_age_max
HOUR = 3600


def deduct(client, key):
    return client.call("POST", "/v1/accounts/a/deductions", {"amount": 1}, key)


def prepare(daemon):
    daemon.start()
    client = daemon.client()
    check(client.call("PUT", "/v1/accounts/a", {}).status == 201, "account")
    body = {"amount": 1000, "expires_in": "1h"}
    check(client.call("POST", "/v1/accounts/a/grants", body, "g").status == 201, "grant")
    return client


def balance(client):
    return client.call("GET", "/v1/accounts/a/balance").json()["balance"]


def standing_still(options):
    daemon = Daemon(options.bin, environment={"CREDITD_LEDGER__QUEUE_AGE_MAX": "500ms"})
    try:
        client = prepare(daemon)
        answers = {}

        def ask(number):
            answers[number] = deduct(daemon.client(), f"still-{number}")

        daemon.process.send_signal(signal.SIGSTOP)
        workers = [threading.Thread(target=ask, args=(i,)) for i in range(20)]
        for worker in workers:
            worker.start()
        time.sleep(STILL_SECONDS)
        daemon.process.send_signal(signal.SIGCONT)
        for worker in workers:
            worker.join()
        check(len(answers) == 20, "a request was never answered")
        for number, answer in answers.items():
            check(answer.status in (201, 503), f"{number}: {answer}")
            if answer.status == 503:
                check(answer.json()["code"] == "overloaded", f"{number}: {answer}")
        for number in range(20):
            check(deduct(client, f"still-{number}").status == 201, f"{number} cannot be settled")
        check(balance(client) == 980, "twenty keys, twenty effects")
        check(client.call("GET", "/readyz").status == 200, "ready")
        check(daemon.stop() == 0, "stop")
        return sum(answer.status == 201 for answer in answers.values())
    finally:
        daemon.remove()


def no_descriptors(options):
    """Not even the head file can be opened: it is written when that works again."""
    daemon = Daemon(options.bin)
    try:
        client = prepare(daemon)
        # Once with descriptors: the sanitizer needs a pipe for each type that it meets first.
        for number in range(6):
            check(deduct(client, f"before-{number}").status == 201, f"{number}")
            time.sleep(0.5)
        process = daemon.process.pid
        _, most = resource.prlimit(process, resource.RLIMIT_NOFILE)
        resource.prlimit(process, resource.RLIMIT_NOFILE, (3, most))
        for number in range(5):
            check(deduct(client, f"short-{number}").status == 201, f"{number}")
            time.sleep(0.5)
        with open(daemon.log_path, encoding="utf-8") as log:
            check("head_not_written" in log.read(), "the head was written all the same")
        resource.prlimit(process, resource.RLIMIT_NOFILE, (1024, most))
        check(deduct(daemon.client(), "enough").status == 201, "it takes connections again")
        check(daemon.stop() == 0, "stop")
        code, out, err = replay(options.bin, "verify", daemon.data)
        check(code == 0, f"verify: {out} {err}")
    finally:
        daemon.remove()


def set_clock(path, seconds):
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(str(seconds))
    os.rename(path + ".new", path)


def refused(client, key):
    answer = deduct(client, key)
    check(answer.status == 503 and answer.json()["code"] == "clock_suspect", f"{key}: {answer}")
    check("retry-after" in answer.headers, "Retry-After")


def jumping_clock(options):
    daemon = Daemon(options.bin)
    clock = os.path.join(daemon.folder, "clock")
    daemon.environment = {"LD_PRELOAD": fail_sync_library(options.bin), "CLOCK_FILE": clock}
    try:
        client = prepare(daemon)
        # Small departures are time's own business.
        for seconds in (30, -30):
            set_clock(clock, seconds)
            check(deduct(client, f"small{seconds}").status == 201, f"{seconds} s")
        for seconds in (2 * HOUR, -2 * HOUR):
            set_clock(clock, seconds)
            refused(client, f"jump{seconds}")
            check(balance(client) == 998, "a bad clock has expired a grant")
            set_clock(clock, 0)
            refused(client, f"back{seconds}")
            check(client.call("POST", "/v1/clock/accept", {}).status == 200, "accept")
            check(deduct(client, f"repaired{seconds}").status == 201, "it serves again")
            client.call("POST", "/v1/accounts/a/grants", {"amount": 1}, f"refill{seconds}")
        # Accepted on purpose, an hour's grant is over.
        set_clock(clock, 2 * HOUR)
        refused(client, "jump")
        check(client.call("POST", "/v1/clock/accept", {}).status == 200, "accept")
        check(deduct(client, "after").status == 201, "what does not expire is left")
        check(balance(client) == 1, f"the hour is over: {balance(client)}")
        # More than a day ahead of the last event at a start.
        check(daemon.stop() == 0, "stop")
        set_clock(clock, 50 * HOUR)
        daemon.start()
        client = daemon.client()
        refused(client, "day")
        check(client.call("GET", "/readyz").status == 200, "ready while only writes are refused")
        check(client.call("POST", "/v1/clock/accept", {}).status == 200, "accept")
        check(deduct(client, "day").status == 201, "it serves again")
        check(daemon.stop() == 0, "stop")
        code, out, err = replay(options.bin, "verify", daemon.data)
        check(code == 0, f"verify: {out} {err}")
    finally:
        daemon.remove()


def run(options):
    in_time = standing_still(options)
    no_descriptors(options)
    jumping_clock(options)
    print(f"stopped for {STILL_SECONDS} s: {in_time} of 20 answered 201, the others 503, all "
          "settled; clock jumps refused until accepted")


main(run)
