#!/usr/bin/env python3
"""Is schemas/openapi.yaml true? Its routes are those of the daemon, its references lead somewhere,
and a session with a real daemon gets answers, and sends requests, as it describes them."""

import http.client
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "e2e")]

from harness import Answer, Daemon, check, main  # noqa: E402
from openapi_document import Document  # noqa: E402
from openapi_payments import Providers  # noqa: E402
from openapi_session import run_session  # noqa: E402

ROUTE = re.compile(r'Route\{RouteId::\w+,\s+Method::(\w+),\s+"([^"]+)",\s+Access::(\w+),\s+'
                   r'BodyKind::(\w+),\s+(true|false)\}')


def daemon_routes():
    """{(method, path with {} for each parameter): (is open, takes a body, needs a key)}."""
    with open(os.path.join(ROOT, "daemon", "api", "routes.cpp"), encoding="utf-8") as file:
        text = file.read()
    found = {(method.rstrip("_"), path.replace("...", "")):
             (access == "open", body != "none", key == "true")
             for method, path, access, body, key in ROUTE.findall(text)}
    check(len(found) == text.count("Route{RouteId::"), "a route of routes.cpp was not understood")
    return found


def described_routes(document):
    found = {}
    for method, path, operation in document.operations():
        keys = [parameter.get("required", False) for parameter in document.parameters_of(operation)
                if parameter["name"] == "Idempotency-Key"]
        found[method, re.sub(r"\{[^}]+\}", "{}", path)] = (
            operation.get("security") == [], "requestBody" in operation, any(keys))
    return found


def check_routes(document):
    served, described = daemon_routes(), described_routes(document)
    missing, invented = served.keys() - described.keys(), described.keys() - served.keys()
    check(not missing, f"served, but not described: {missing}")
    check(not invented, f"described, but not served: {invented}")
    for route, traits in served.items():
        check(described[route] == traits, f"{route}: (open, body, key) is {traits}, "
                                          f"described as {described[route]}")


def check_references(document):
    for reference in document.references():
        document.resolve({"$ref": reference})
    used = set(document.references())
    for kind, parts in document.tree["components"].items():
        for name in parts if kind != "securitySchemes" else ():
            check(f"#/components/{kind}/{name}" in used, f"nothing refers to {kind}/{name}")


def check_parameters(document):
    names = set()
    for method, path, operation in document.operations():
        described = {parameter["name"] for parameter in document.parameters_of(operation)
                     if parameter["in"] == "path"}
        check(described == set(re.findall(r"\{([^}]+)\}", path)), f"{method} {path}: parameters")
        check(operation["operationId"] not in names, f"two operations {operation['operationId']}")
        names.add(operation["operationId"])


class CheckedClient:
    """Calls the daemon and checks both sides of each call against the document."""

    def __init__(self, document, client):
        self.document = document
        self.client = client
        self.faults = []
        self.done = set()
        self.keys = 0

    def __call__(self, method, url, body=None, status=None, key=None, **more):
        """Every POST has a key of its own unless given one; `key=""` sends none."""
        self.keys += 1
        sent_key = key if key is not None else f"docs-{self.keys}"
        answer = self.client.call(method, url, body,
                                  sent_key if sent_key and method == "POST" else None, **more)
        call = f"{method} {url} {json.dumps(body)[:200] if body is not None else ''}"
        expected = status or 200
        check(answer.status == expected, f"{call}: expected {expected}, got {answer!r}")
        self.check_answer(call, method, url, body, answer)
        is_json = "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json and answer.body else answer.body

    def stream(self, url):
        """The first message of an answer that goes on."""
        other = http.client.HTTPConnection("127.0.0.1", self.client.connection.port, timeout=30)
        other.request("GET", url, headers={"Authorization": f"Bearer {self.client.key}",
                                           "Accept": "text/event-stream"})
        response = other.getresponse()
        lines = []
        while not lines or not lines[-1].startswith("data:"):
            lines.append(response.readline().decode())
        headers = {name.lower(): value for name, value in response.getheaders()}
        other.close()
        answer = Answer(response.status, headers, "".join(lines).encode())
        self.check_answer(f"GET {url}", "GET", url, None, answer)

    def check_answer(self, call, method, url, body, answer):
        path, operation = self.document.operation_of(method, url)
        check(operation is not None, f"{call} is not described")
        if answer.status < 300:
            self.done.add((method.lower(), path))
            self.check_request(call, url, operation, body)
        response = self.document.resolve(operation["responses"].get(str(answer.status)))
        if response is None:
            self.faults.append(f"{call}: {answer.status} is not described; {answer!r}")
            return
        self.check_headers(call, response, answer)
        content = response.get("content")
        if content is None:
            self.note(call, [f"a body: {answer!r}"] if answer.body else [])
            return
        media_type = answer.headers.get("content-type", "").split(";")[0]
        if media_type not in content:
            self.faults.append(f"{call}: {answer.status} {media_type} is not described")
            return
        encoding = "latin-1" if media_type == "application/octet-stream" else "utf-8"
        value = answer.json() if "json" in media_type else answer.body.decode(encoding)
        self.note(call, self.document.faults(content[media_type]["schema"], value))

    def check_request(self, call, url, operation, body):
        content = self.document.resolve(operation.get("requestBody", {})).get("content", {})
        if isinstance(body, dict) and "application/json" in content:
            self.note(f"{call} (the request)",
                      self.document.faults(content["application/json"]["schema"], body))
        names = {parameter["name"] for parameter in self.document.parameters_of(operation)
                 if parameter["in"] == "query"}
        for name in re.findall(r"[?&]([^=&]+)", url):
            self.note(call, [] if name in names else [f"query parameter {name} is not described"])

    def check_headers(self, call, response, answer):
        """Link and Idempotent-Replayed are there only in some answers."""
        for name in response.get("headers", {}):
            if name not in ("Link", "Idempotent-Replayed"):
                self.note(call, [] if name.lower() in answer.headers else [f"no header {name}"])
        for name in ("Link", "Idempotent-Replayed", "Retry-After"):
            if name.lower() in answer.headers and name not in response.get("headers", {}):
                self.note(call, [f"header {name} is not described"])

    def note(self, call, faults):
        self.faults += [f"{call}: {fault}" for fault in faults]


def run(options):
    document = Document(os.path.join(ROOT, "schemas", "openapi.yaml"))
    check_references(document)
    check_parameters(document)
    check_routes(document)
    providers = Providers()
    daemon = Daemon(options.bin, environment=providers.environment, words=("--test-clock",))
    try:
        daemon.start()
        call = CheckedClient(document, daemon.client())
        run_session(call, daemon, providers, document.tree)
        check(not call.faults, "\n".join(["openapi.yaml and the daemon differ:", *call.faults]))
        for method, path, _ in document.operations():
            check((method, path) in call.done, f"the session never called {method} {path}")
        unseen = document.unseen()
        check(not unseen, f"described, but never seen in the session: {unseen}")
    finally:
        daemon.remove()
        providers.stop()


if __name__ == "__main__":
    main(run)
