#!/usr/bin/env python3
"""Makes a golden log: `make.py --bin DIR NAME` (README.md)."""

import argparse
import json
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), folder) for folder in ("docs", "e2e")]

from harness import Daemon, check, replay  # noqa: E402
from openapi_document import Document  # noqa: E402
from openapi_payments import Providers  # noqa: E402
from openapi_session import run_session  # noqa: E402
from openapi_test import CheckedClient  # noqa: E402

BALANCE = ("balance", "held", "available")


def balances(client):
    """What each account has, by its id."""
    found = {}
    path = "/v1/accounts?limit=100"
    while path:
        page = client.call("GET", path).json()
        for account in page["data"]:
            found[account["account"]] = {name: account[name] for name in BALANCE}
        after = page.get("next_cursor")
        path = f"/v1/accounts?limit=100&cursor={after}" if after else None
    return found


def tool(bin_folder, *words):
    code, out, err = replay(bin_folder, *words)
    check(code == 0, f"{words}: {code} {out} {err}")
    return out


def make(bin_folder, folder):
    os.makedirs(folder)
    root = os.path.dirname(os.path.dirname(HERE))
    document = Document(os.path.join(root, "schemas", "openapi.yaml"))
    providers = Providers()
    daemon = Daemon(bin_folder, environment=providers.environment, words=("--test-clock",))
    try:
        client = daemon.start().client()
        run_session(CheckedClient(document, client), daemon, providers, document.tree)
        version = client.call("GET", "/version").json()["version"]
        snapshot = daemon.snapshot()
        accounts = balances(client)
        check(daemon.stop() == 0, "stop")
        tool(bin_folder, "export", daemon.data, "--format", "archive", "-o",
             os.path.join(folder, "archive"))
        tool(bin_folder, "backup", daemon.data, "--to", os.path.join(folder, "backup"))
        state, _, seq = tool(bin_folder, "state-hash", daemon.data).split()
        check(state == snapshot["state_hash"] and int(seq) == snapshot["seq"],
              f"something happened after the snapshot: {state} {seq} {snapshot}")
        shutil.copy(os.path.join(daemon.data, "snapshots", f"{snapshot['seq']:020}.snap"),
                    os.path.join(folder, "snapshot.snap"))
        manifest = {"version": version, "seq": snapshot["seq"], "state_hash": state,
                    "accounts": accounts}
        with open(os.path.join(folder, "MANIFEST.json"), "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1, sort_keys=True)
            file.write("\n")
    finally:
        daemon.remove()
        providers.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("name")
    options = parser.parse_args()
    make(os.path.abspath(options.bin), os.path.join(HERE, options.name))


if __name__ == "__main__":
    main()
