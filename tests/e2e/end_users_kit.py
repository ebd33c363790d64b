"""What the tests of end users share: tokens of an account, JWTs made by npm's `jose`."""

import json
import os
import subprocess

from contract_kit import expect
from harness import check

HERE = os.path.dirname(os.path.abspath(__file__))
NODE_MODULES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "npm", "node_modules")


def token_of(ledger, account, ttl=None):
    body = {} if ttl is None else {"ttl": ttl}
    return expect(ledger.client.call("POST", f"/v1/accounts/{account}/tokens", body), 201)


def signed(keys, tokens):
    """{kid: algorithm}, {name: (kid, claims)} -> the JWK set and {name: token}."""
    check(os.path.isdir(os.path.join(NODE_MODULES, "jose")),
          f"no jose in {NODE_MODULES}: ./dev test installs it")
    asked = {"keys": keys, "tokens": {name: {"kid": kid, "claims": claims}
                                      for name, (kid, claims) in tokens.items()}}
    done = subprocess.run(["node", os.path.join(HERE, "jwt_signer.js")], input=json.dumps(asked),
                          capture_output=True, text=True, timeout=60, check=False,
                          env=dict(os.environ, NODE_PATH=NODE_MODULES))
    check(done.returncode == 0, done.stderr)
    made = json.loads(done.stdout)
    return made["jwks"], made["tokens"]
