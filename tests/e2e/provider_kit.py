"""What the small servers share that stand for payment providers: requests in memory, failures to
order, and webhooks that are posted to whoever is tested."""

import http.client
import json
import re
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Request:
    """One request as it came: `query` and `form` as {name: value}, `headers` in lower case."""

    def __init__(self, method, target, headers, body):
        path, _, query = target.partition("?")
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        self.form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)
                         if is_form else [])

    def __repr__(self):
        return f"{self.method} {self.path} {self.query} {self.body!r}"


class ProviderServer:
    """Subclasses have `answer(request)`: (status, object), called under `lock`."""

    def __init__(self, port=0):
        self.lock = threading.RLock()
        self.requests = []
        self.failing = 0
        self.failure = 500
        self.http = ThreadingHTTPServer(("127.0.0.1", port), self.handler())
        self.http.daemon_threads = True
        self.host, self.port = "127.0.0.1", self.http.server_port
        self.base_url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()

    def fail(self, times, failure=500):
        """The next requests fail: with a status, "cut" before anything was done, or "late": what
        was asked is done, and nobody hears of it."""
        with self.lock:
            self.failing, self.failure = times, failure

    def take(self, request):
        """(status, bytes), or nothing: then the connection ends."""
        with self.lock:
            self.requests.append(request)
            failure = None
            if self.failing > 0:
                self.failing -= 1
                failure = self.failure
            if failure == "cut":
                return None
            if isinstance(failure, int):
                return failure, b'{"error":{"type":"api_error","message":"as it was told to"}}'
            status, value = self.answer(request)
            return None if failure == "late" else (status, json.dumps(value).encode())

    def handler(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answered = server.take(Request(self.command, self.path, headers, body))
                if answered is None:
                    self.close_connection = True
                    return
                self.send_response(answered[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answered[1])))
                self.end_headers()
                self.wfile.write(answered[1])

            do_GET = do_POST = do_DELETE = take

            def log_message(self, *words):
                pass

        return Handler


def post(url, body, headers):
    """The status that a webhook is answered with."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        connection.request("POST", parts.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def nested(form):
    """{"a[b][0]": "x"} -> {"a": {"b": {"0": "x"}}}"""
    result = {}
    for name, value in form.items():
        first, *rest = re.findall(r"[^\[\]]+", name)
        inside = result
        for step in rest:
            inside = inside.setdefault(first, {})
            first = step
        inside[first] = value
    return result
