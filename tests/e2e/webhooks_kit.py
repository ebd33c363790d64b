"""What the tests of webhooks share: a receiver on this machine that does as it is told and
remembers what it got, and the signatures checked by clients that others wrote."""

import asyncio
import json
import os
import subprocess
import threading
import time

from contract_kit import expect
from end_users_kit import HERE, NODE_MODULES
from harness import check

# A daemon that may send to this machine, without TLS.
LOCAL = {"CREDITD_OUTBOUND__ALLOWED_NETWORKS": "127.0.0.0/8",
         "CREDITD_OUTBOUND__HTTPS_ONLY": "false"}


class Receiver:
    """Answers POSTs on 127.0.0.1 with what `answer(message)` says: a status, (status, {header:
    value}), or None for nothing at all. Keeps every message it got as a dict."""

    def __init__(self, answer=lambda message: 204, port=0):
        self.answer = answer
        self.messages = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._tasks = set()
        self.port = port
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        check(self._ready.wait(10), "the receiver did not start")

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=512))
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                lines = [line.partition(": ") for line in head[1:] if line]
                headers = {name.lower(): value for name, _, value in lines}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                message = {"path": head[0].split()[1], "headers": headers, "body": body,
                           "json": json.loads(body), "at": time.monotonic()}
                said = self.answer(message)
                message["said"] = said
                self.messages.append(message)
                if said is None:
                    await asyncio.sleep(3600)
                status, extra = said if isinstance(said, tuple) else (said, {})
                lines = [f"HTTP/1.1 {status} -", "Content-Length: 0",
                         *(f"{name}: {value}" for name, value in extra.items())]
                writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(asyncio.current_task())
            writer.transport.abort()

    def stop(self):
        async def end():
            self._server.close()
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._loop.stop()
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(end()))
        self._thread.join(10)

    def url(self, path="/hooks"):
        return f"http://127.0.0.1:{self.port}{path}"

    def taken(self):
        """The messages that were answered with 2xx."""
        return [m for m in list(self.messages) if m.get("said") in (200, 204)]

    def wait(self, count, seconds=30):
        """Until so many were taken."""
        soon(lambda: len(self.taken()) >= count, f"{count} messages", seconds,
             lambda: f"only {len(self.taken())}")
        return self.taken()


def soon(condition, what, seconds=30, more=lambda: ""):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"not within {seconds} s: {what} {more()}")
        time.sleep(0.01)


def endpoint(ledger, url, **fields):
    return expect(ledger.post("/v1/webhook-endpoints", {"url": url, **fields}), 201)


def seqs_by_account(messages):
    """{account: [seq, …]} in the order in which they came."""
    result = {}
    for message in messages:
        news = message["json"]
        result.setdefault(news["account"], []).append(news["seq"])
    return result


def check_in_order(messages):
    for account, seqs in seqs_by_account(messages).items():
        check(seqs == sorted(seqs), f"{account}: {seqs}")


def verify(messages, secrets, public_key):
    """Checks each with npm's standardwebhooks and svix under each secret, and v1a with node's own
    crypto; returns {client: number of messages that it took under all secrets}."""
    asked = {"secrets": secrets, "public_key": public_key, "messages": [
        {"body": message["body"].decode(), "headers": message["headers"]} for message in messages]}
    done = subprocess.run(["node", os.path.join(HERE, "verify_webhooks.js")],
                          input=json.dumps(asked), capture_output=True, text=True, timeout=120,
                          check=False, env=dict(os.environ, NODE_PATH=NODE_MODULES))
    check(done.returncode == 0, done.stderr)
    return json.loads(done.stdout)
