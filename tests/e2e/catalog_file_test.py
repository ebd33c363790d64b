"""Catalog files: `check-config --catalog` names file, line and field; `serve --catalog` applies a
file at start, and writes nothing where nothing differs."""

import os
import subprocess
import tempfile

from contract_kit import Ledger, check, expect
from harness import Daemon, main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CATALOGS = os.path.join(ROOT, "conf", "catalogs")
GOOD = """[[features]]
key = "image"
credits = 1

[[plans]]
id = "pro"
credits = 500
prices = [{ interval = "month", amount = 2900, currency = "USD" }]
"""


def written(folder, text, name="shop.toml"):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def catalogs():
    """The example, and one for each system: these files are the manual of the format."""
    names = sorted(name for name in os.listdir(CATALOGS) if name.endswith(".toml"))
    check(names == ["creator-suite.toml", "design-studio.toml", "example.toml",
                    "feature-pricing.toml", "photo-booth.toml", "smartspec.toml"], f"{names}")
    return names


def check_config(options, path):
    done = subprocess.run([os.path.join(options.bin, "creditd"), "check-config", "--catalog", path],
                          capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def files_are_checked(options, folder):
    for name in catalogs():
        code, said = check_config(options, os.path.join(CATALOGS, name))
        check(code == 0, f"{name}: {code} {said}")
    check(check_config(options, written(folder, GOOD))[0] == 0, "a right catalog")
    check(check_config(options, written(folder, "{}", "shop.json"))[0] == 0, "JSON")
    check(check_config(options, written(folder, ""))[0] == 0, "an empty catalog")
    for old, new, words in (
            ("credits = 1\n", 'credits = "x"\n', ("#/features/0/credits", "line 3")),
            ('key = "image"', 'kee = "image"', ("#/features/0/kee", "line 2")),
            ("amount = 2900", "amount = 29.5", ("#/plans/0/prices/0/amount", "line 8")),
            ('id = "pro"', 'id = "pro', ("line 6",))):
        path = written(folder, GOOD.replace(old, new))
        code, said = check_config(options, path)
        check(code == 1, f"{new}: {code} {said}")
        for word in (path, *words):
            check(word in said, f"{new}: no {word} in {said}")
    code, said = check_config(options, os.path.join(folder, "none.toml"))
    check(code == 1 and "none.toml" in said, f"{code} {said}")
    for path in (folder, "/dev/zero"):
        code, said = check_config(options, path)
        check(code == 1 and "cannot be read" in said, f"{path}: {said}")


def files_are_applied(options, folder):
    path = written(folder, GOOD)
    daemon = Daemon(options.bin, words=("--catalog", path))
    try:
        daemon.start()
        first = expect(Ledger(daemon).get("/v1/catalog"), 200)
        check([plan["id"] for plan in first["plans"]] == ["pro"], f"{first}")
        check(first["price_book"] == 2, f"{first}")
        daemon.stop()
        daemon.start()
        again = expect(Ledger(daemon).get("/v1/catalog"), 200)
        # A start makes one event, its CLAIM: the catalog makes none.
        check((again["price_book"], again["seq"]) == (2, first["seq"] + 1), f"{again}")
        check(daemon.logged("catalog_applied")[-1]["changes"] == 0, "changes")
        daemon.stop()
        written(folder, GOOD.replace("credits = 1\n", "credits = 2\n"))
        daemon.start()
        changed = expect(Ledger(daemon).get("/v1/catalog"), 200)
        check((changed["price_book"], changed["features"][0]["credits"]) == (3, 2), f"{changed}")
        daemon.stop()
        written(folder, "[[features]]\n")
        daemon.start(wait=False)
        check(daemon.process.wait(timeout=60) == 1, "a wrong catalog is served")
        check("#/features/0/key" in daemon.log_text(), "the log does not say what is wrong")
    finally:
        daemon.remove()


def ours_are_served(options):
    """Each is put in place on a new ledger, and GET gives back what PUT takes."""
    for name in catalogs():
        daemon = Daemon(options.bin, words=("--catalog", os.path.join(CATALOGS, name)))
        try:
            ledger = Ledger(daemon.start())
            shown = expect(ledger.get("/v1/catalog"), 200)
            check(len(shown["features"]) > 1 and shown["price_book"] > 1, f"{name}: {shown}")
            again = expect(ledger.put("/v1/catalog", shown), 200)
            check(again["changes"] == 0, f"{name}: {again}")
            check(daemon.stop() == 0, f"{name}: stopped")
        finally:
            daemon.remove()


def run(options):
    with tempfile.TemporaryDirectory(prefix="creditd-e2e-") as folder:
        files_are_checked(options, folder)
        files_are_applied(options, folder)
    ours_are_served(options)


if __name__ == "__main__":
    main(run)
