"""One key a thousand times at once, many keys one after the other and the daemon killed in between:
one effect each, identical bodies, and another body is refused. Ten thousand deductions of 1 from
5 000: exactly 5 000 succeed. One payment under fifty keys: one credit. Lists made while accounts
are created end where they say."""

import json
import random
import resource
import select
import socket
import threading

from harness import ADMIN_KEY, Daemon, check, main


def request_bytes(path, body, key):
    data = json.dumps(body).encode()
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN_KEY}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\n"
            f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n").encode() + data


def all_at_once(port, requests, kill=None):
    """Every request complete but its last byte, then all last bytes; returns (status, body)s. After
    a `kill` in the middle those that got no answer are missing."""
    sockets = []
    for request in requests:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(request[:-1])
        sockets.append(connection)
    killer = threading.Timer(random.uniform(0, 0.03), kill) if kill else None
    if killer:
        killer.start()
    for connection, request in zip(sockets, requests):
        try:
            connection.sendall(request[-1:])
        except OSError:
            check(killer, "the daemon closed a connection")
    answers = {connection: b"" for connection in sockets}
    waiting = set(sockets)
    while waiting:
        ready, _, _ = select.select(list(waiting), [], [], 30)
        check(ready, f"{len(waiting)} requests were not answered")
        for connection in ready:
            data = received(connection, killer is not None)
            answers[connection] += data
            if not data:
                waiting.discard(connection)
                connection.close()
    if killer:
        killer.join()
    return [split_answer(answers[connection]) for connection in sockets
            if not killer or is_whole(answers[connection])]


def received(connection, may_be_reset):
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        check(may_be_reset, "the daemon reset a connection")
        return b""


def is_whole(data):
    head, end, body = data.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
    return bool(end) and len(body) == int(length)


def split_answer(data):
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def one_key(daemon, client, parallel):
    client.call("PUT", "/v1/accounts/one", {})
    client.call("POST", "/v1/accounts/one/grants", {"amount": 100}, "one-grant")
    request = request_bytes("/v1/accounts/one/deductions", {"amount": 7}, "the-one-key")
    answers = []
    for _ in range(0, parallel, 500):  # select() takes 1 024 descriptors
        answers += all_at_once(daemon.port, [request] * 500)
    check(len({body for _, body in answers}) == 1, "the bodies differ")
    check({status for status, _ in answers} == {201}, f"{ {s for s, _ in answers} }")
    balance = client.call("GET", "/v1/accounts/one/balance").json()["balance"]
    check(balance == 93, f"balance {balance}")
    print(f"{len(answers)} parallel requests with one key: 1 effect, 1 body")


def many_keys(daemon, parallel, keys, kills):
    """Of each key `parallel` requests at once; in some rounds the daemon is killed among them, and
    started again for the rest. The n-th key takes n."""
    client = daemon.client()
    client.call("PUT", "/v1/accounts/many", {})
    total = keys * (keys + 1) // 2
    client.call("POST", "/v1/accounts/many/grants", {"amount": total + 1}, "many-grant")
    fatal = set(random.sample(range(1, keys + 1), kills))
    path, answered = "/v1/accounts/many/deductions", 0
    for number in range(1, keys + 1):
        key = f"many-{number}"
        request = request_bytes(path, {"amount": number}, key)
        answers = all_at_once(daemon.port, [request] * (parallel // 2),
                              daemon.kill if number in fatal else None)
        if number in fatal:
            daemon.start()
        answers += all_at_once(daemon.port, [request] * (parallel - parallel // 2))
        answered += len(answers)
        check({status for status, _ in answers} == {201}, f"{key}: { {s for s, _ in answers} }")
        check(len({body for _, body in answers}) == 1, f"{key}: the bodies differ")
        other = request_bytes(path, {"amount": number + 1}, key)
        changed = all_at_once(daemon.port, [other] * 10)
        check({(status, json.loads(body)["code"]) for status, body in changed} ==
              {(422, "idempotency_key_reused")}, f"{key} with another body: {changed[0]}")
    balance = daemon.client().call("GET", "/v1/accounts/many/balance").json()["balance"]
    check(balance == 1, f"balance {balance}")
    print(f"{keys} keys, {parallel} parallel requests each, {kills} kills: {keys} effects, "
          f"{answered} answers, one body a key, another body always 422")


def lists_while_created(daemon, client, rounds):
    """A list of accounts has every account that was created up to its seq."""
    for number in range(rounds):
        created, stop = {}, threading.Event()

        def create(prefix=f"l{number}-", made=created, is_over=stop):
            own = daemon.client()
            for i in range(90):
                name = f"{prefix}{i}"
                made[name] = own.call("PUT", f"/v1/accounts/{name}", {}).json()["seq"]
            is_over.set()

        thread = threading.Thread(target=create)
        thread.start()
        pages = []
        while not stop.is_set():
            pages.append(client.call("GET", f"/v1/accounts?prefix=l{number}-&limit=100").json())
        thread.join()
        for page in pages:
            shown = {account["account"] for account in page["data"]}
            missing = [name for name, seq in created.items()
                       if seq <= page["seq"] and name not in shown]
            check(not missing, f"a list at {page['seq']} without {missing}")
    print(f"{rounds * 90} accounts created: every list has all up to its seq")


def one_payment(daemon, client):
    client.call("PUT", "/v1/accounts/payer", {})
    payment = {"provider": "stripe", "id": "pi_1", "amount": 500, "currency": "USD"}
    requests = [request_bytes("/v1/accounts/payer/purchases",
                              {"amount": 50, "payment": payment}, f"pay-{i}") for i in range(50)]
    answers = all_at_once(daemon.port, requests)
    check(sorted({status for status, _ in answers}) == [200, 201], "statuses")
    check(sum(status == 201 for status, _ in answers) == 1, "more than one purchase was made")
    check(len({json.loads(body)["id"] for _, body in answers}) == 1, "two purchases")
    balance = client.call("GET", "/v1/accounts/payer/balance").json()["balance"]
    check(balance == 50, f"balance {balance}")
    print("one payment under 50 keys at once: 1 credit")


def overspend(daemon, client, deductions, balance):
    client.call("PUT", "/v1/accounts/hot", {})
    client.call("POST", "/v1/accounts/hot/grants", {"amount": balance}, "hot-grant")
    connections = 64
    succeeded, refused = [0] * connections, [0] * connections

    def work(index):
        own = daemon.client()
        for i in range(index, deductions, connections):
            answer = own.call("POST", "/v1/accounts/hot/deductions", {"amount": 1}, f"hot-{i}")
            # After 20 recorded refusals in 10 s the rest are 429: refused all the same.
            check(answer.status in (201, 402, 429), f"{answer}")
            succeeded[index] += answer.status == 201
            refused[index] += answer.status != 201

    threads = [threading.Thread(target=work, args=(i,)) for i in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(sum(succeeded) + sum(refused) == deductions, "a request went missing")
    check(sum(succeeded) == balance, f"{sum(succeeded)} succeeded")
    left = client.call("GET", "/v1/accounts/hot/balance").json()["balance"]
    check(left == 0, f"balance {left}")
    print(f"{deductions} parallel deductions of 1 from {balance}: exactly {balance} succeeded")


def run(options):
    random.seed(5)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    daemon = Daemon(options.bin)
    try:
        daemon.start()
        client = daemon.client()
        one_key(daemon, client, 1000)
        lists_while_created(daemon, client, 6)
        one_payment(daemon, client)
        overspend(daemon, client, 10_000, 5_000)
        many_keys(daemon, 1000, *((1000, 50) if options.full else (20, 3)))
        check(daemon.stop() == 0, "the clean stop failed")
    finally:
        daemon.remove()


main(run)
