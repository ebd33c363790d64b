"""One key a thousand times at once: one effect, identical bodies. Ten thousand deductions of 1 from
5 000: exactly 5 000 succeed. One payment under fifty keys: one credit."""

import json
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


def all_at_once(port, requests):
    """Every request complete but its last byte, then all last bytes; returns (status, body)s."""
    sockets = []
    for request in requests:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(request[:-1])
        sockets.append(connection)
    for connection, request in zip(sockets, requests):
        connection.sendall(request[-1:])
    answers = {connection: b"" for connection in sockets}
    waiting = set(sockets)
    while waiting:
        ready, _, _ = select.select(list(waiting), [], [], 30)
        check(ready, f"{len(waiting)} requests were not answered")
        for connection in ready:
            data = connection.recv(65536)
            answers[connection] += data
            if not data:
                waiting.discard(connection)
                connection.close()
    return [split_answer(answers[connection]) for connection in sockets]


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
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    daemon = Daemon(options.bin)
    try:
        daemon.start()
        client = daemon.client()
        one_key(daemon, client, 1000)
        one_payment(daemon, client)
        overspend(daemon, client, 10_000, 5_000)
        check(daemon.stop() == 0, "the clean stop failed")
    finally:
        daemon.remove()


main(run)
