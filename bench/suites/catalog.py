"""Suite `catalog`: deductions under a catalog of 1 000 features, and of accounts of 100 grants.

Three daemons side by side: without a catalog, with one, and with one whose accounts hold many
grants.
"""

import contextlib
import json
import os

from . import load, servers, table
from .single import CONNECTIONS, cpu_us, per_second, ratio_row

FEATURES = 1_000
GRANTS = 100
ACCOUNTS_SHARE = 10  # of the other suites' accounts, since each has many grants

FLAT = json.dumps({"feature": "feature_0001"})
COMPUTED = json.dumps({"feature": "feature_0500", "units": {"seconds": 7.5}, "options": ["hd"]})
PRICES = (
    "flat = 1",
    'per = [{ credits = 0.1, unit = "seconds", step = 1, round = "up" }]\n'
    "options = { hd = { percent = 50 }, 4k = { percent = 100 } }\n"
    'conditions = [{ unit = "seconds", above = 5, percent = 100 }]',
)


def write_catalog(path):
    """Every odd feature has a flat price, every even one is computed from its units."""
    with open(path, "w", encoding="utf-8") as file:
        for number in range(FEATURES):
            key = f"feature_{number:04}"
            file.write(f'[[features]]\nkey = "{key}"\nname = "Feature {number}"\n'
                       f"[features.price]\n{PRICES[(number + 1) % 2]}\n\n")
    return path


def daemon(context, stack, name, *arguments):
    folder = os.path.join(context.work_dir, name)
    return stack.enter_context(servers.Creditd(context, folder, arguments=arguments))


def contestants(context, connections, plain, priced, many):
    timed, of_all = load.timed, ("-a", context.accounts)
    few = ("-a", context.accounts // ACCOUNTS_SHARE)

    def deduct(server, accounts, *body):
        return lambda: timed(context, server, "deduct", connections, *accounts, *body)

    yield "plain", deduct(plain, of_all)
    yield "amount", deduct(priced, of_all)
    yield "flat", deduct(priced, of_all, "--body", FLAT)
    yield "computed", deduct(priced, of_all, "--body", COMPUTED)
    yield "plain_few", deduct(plain, few)
    yield "grants", deduct(many, few)
    yield "read_few", lambda: timed(context, plain, "balance", connections, *few)
    yield "read_grants", lambda: timed(context, many, "balance", connections, *few)


def cost_row(results, c):
    """By the server's processor time: the load generator's share does not dilute it."""
    base, value = cpu_us(results, "amount"), cpu_us(results, "computed")
    return table.at_most(f"a computed price, {c} connections", "≤ 1.3 × an amount's cost",
                         value / base, 1.3,
                         f"{value:.1f} µs against {base:.1f} µs of server CPU, "
                         f"{value / base:.2f} ×", us=value, base_us=base)


def rows(results, c):
    of = f"{c} connections"
    yield ratio_row(results, f"an amount, beside {FEATURES} features, {of}", 0.95, "amount",
                    "plain", "without a catalog")
    yield ratio_row(results, f"a flat price, {of}", 0.95, "flat", "amount", "an amount")
    yield ratio_row(results, f"a computed price, {of}", 1 / 1.3, "computed", "amount", "an amount")
    yield cost_row(results, c)
    yield ratio_row(results, f"accounts of {GRANTS} grants, {of}", 0.95, "grants", "plain_few",
                    "of one grant")
    yield ratio_row(results, f"balance reads, {GRANTS} grants, {of}", 0.95, "read_grants",
                    "read_few", "of one grant")
    for name in ("plain", "amount", "flat", "computed", "plain_few", "grants"):
        yield table.info(f"  {name}, {of}", table.rate(per_second(results, name)),
                         f"{cpu_us(results, name):.1f} µs of server CPU")


def run(context):
    if not context.has_creditd:
        return [table.missing("the catalog's cost", "", "no creditd")]
    path = write_catalog(os.path.join(context.work_dir, "catalog.toml"))
    found = []
    with contextlib.ExitStack() as stack:
        plain = daemon(context, stack, "without-catalog")
        priced = daemon(context, stack, "with-catalog", "--catalog", path)
        many = daemon(context, stack, "many-grants", "--catalog", path)
        load.set_up(context, plain, context.accounts)
        load.set_up(context, priced, context.accounts)
        load.set_up(context, many, context.accounts // ACCOUNTS_SHARE, grants=GRANTS)
        for c in CONNECTIONS:
            load.say(f"catalog and grants, {c} connections")
            results = load.rounds(context, list(contestants(context, c, plain, priced, many)))
            context.raw[f"catalog_{c}"] = results
            found += rows(results, c)
    return found
