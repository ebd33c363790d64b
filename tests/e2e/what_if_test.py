"""`creditd-replay what-if` on a real daemon's folder: nothing differs at the catalog in force, as a
file and as the API gives it; other prices make the sums that a pencil makes; the chart is XML."""

import json
import os
import tempfile
import xml.etree.ElementTree as ElementTree

from contract_kit import Ledger, check, expect
from contract_plans import path, plan
from harness import Daemon, main, replay

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CATALOGS = os.path.join(ROOT, "conf", "catalogs")
EXAMPLE = os.path.join(CATALOGS, "example.toml")
SVG = "{http://www.w3.org/2000/svg}"
# Of the example: what is dearer, cheaper, gone, asks for another unit, or is not for sale any more.
OTHER = """
[[features]]
key = "text_to_image"
credits = 8

[[features]]
key = "image"
[features.price]
flat = 1
options = { hd = { percent = 10 }, 4k = { percent = 100 } }

[[features]]
key = "audio"
price = { per = [{ credits = 1, unit = "seconds", step = 60, round = "up" }] }

[[features]]
key = "video"
[features.price]
tiers = [{ unit = "seconds", tiers = [{ up_to = 5, credits = 30 }] }]

[[features]]
key = "storage"
credits = 1

[[features]]
key = "chat"
active = false
credits = 1
"""


def deduct(ledger, account, **use):
    return expect(ledger.post(f"/v1/accounts/{account}/deductions", use), 201)


def use_everything(ledger):
    """Two customers, three days; returns their names and the number of the third day's first event.

    As (was, would be): ann: 4 pictures (20, 32), of which one is given back (-5, -8); an hd image
    (1.5, 1.1); a video of 8 s (50, none); chat (0.003, not sold). bob: what new accounts are
    given, as an amount (66); 40 s of audio, held and captured (3, 1); an amount (7); storage (0.02,
    other units); part of a hold (2); two pictures that he cannot pay in full (4.5, all he has)."""
    ledger.clock_to("2031-03-01T10:00:00Z")
    ann = ledger.account(200)
    bob = ledger.account()
    deduct(ledger, bob, amount=66)
    expect(ledger.post(f"/v1/accounts/{bob}/grants", {"amount": "16.52"}), 201)
    pictures = deduct(ledger, ann, feature="text_to_image", quantity=4)
    deduct(ledger, ann, feature="image", options=["hd"])
    ledger.clock_to("2031-03-02T10:00:00Z")
    deduct(ledger, ann, feature="video", units={"seconds": 8})
    deduct(ledger, ann, feature="chat", units={"input_tokens": 1000, "output_tokens": 0})
    hold = expect(ledger.post(f"/v1/accounts/{bob}/holds",
                              {"feature": "audio", "units": {"seconds": 80},
                               "expires_in": "1h"}), 201)
    expect(ledger.post(f"/v1/holds/{hold['id']}/captures",
                       {"units": {"seconds": 40}, "final": True}), 201)
    ledger.clock_to("2031-03-03T10:00:00Z")
    third = deduct(ledger, bob, amount=7)["seq"]
    deduct(ledger, bob, feature="storage", units={"gigabytes": 2, "months": 1})
    part = expect(ledger.post(f"/v1/accounts/{bob}/holds",
                              {"feature": "text_to_image", "expires_in": "1h"}), 201)
    expect(ledger.post(f"/v1/holds/{part['id']}/captures", {"amount": 2, "final": True}), 201)
    partial = deduct(ledger, bob, feature="text_to_image", quantity=2, allow_partial=True)
    check(partial["amount"] == 4.5, f"{partial}")
    expect(ledger.post(f"/v1/deductions/{pictures['id']}/refunds", {"amount": 5}), 201)
    return ann, bob, third


def unlimited_use(ledger):
    """Three pictures that a plan covers: 15, and would be 24. Nothing is taken."""
    everything = plan(ledger, unlimited=True, credits=0)
    carl = ledger.account()
    expect(ledger.post(path(carl, "change"), {"plan": everything}), 200)
    deduct(ledger, carl, feature="text_to_image", quantity=3)
    return carl


def what_if(options, daemon, *words, code=0):
    got, out, said = replay(options.bin, "what-if", daemon.data, *words)
    check(got == code, f"{words}: {got} {out[-300:]} {said[-500:]}")
    return json.loads(out) if "--json" in words and code == 0 else out + said


def figures(thing):
    return thing["was"], thing["would_be"], thing["difference"]


def same_prices(options, daemon, folder, as_served):
    for catalog in (EXAMPLE, as_served):
        found = what_if(options, daemon, "--catalog", catalog, "--json")
        check(found["total"]["difference"] == 0 and found["total"]["was"] > 80, f"{found['total']}")
        check(found["no_price"] == [] and found["waived"]["difference"] == 0, f"{found}")
        check(all(row["difference"] == 0 for row in found["accounts"] + found["features"]),
              f"{found}")


def other_prices(options, daemon, other, ann, bob):
    found = what_if(options, daemon, "--catalog", other, "--json")
    rows = {row["account"]: figures(row) for row in found["accounts"]}
    check(rows[ann] == (66.503, 75.103, 8.6), f"{rows[ann]}")
    check(rows[bob] == (82.52, 80.52, -2), f"{rows[bob]}")
    check(figures(found["total"]) == (149.023, 155.623, 6.6), f"{found['total']}")
    check([row["account"] for row in found["accounts"][:2]] == [ann, bob], "the largest first")
    check(figures(found["refunds"]) == (5, 8, 3), f"{found['refunds']}")
    check(figures(found["waived"]) == (15, 24, 9), f"{found['waived']}")
    check((found["amounts_given"]["uses"], found["not_priced"]["uses"]) == (3, 3), f"{found}")
    reasons = {(why["feature"], why["reason"], why.get("name"), why.get("fault"), why["kept"])
               for why in found["no_price"]}
    check(reasons == {("chat", "feature_inactive", None, None, 0.003),
                      ("storage", "units_invalid", "gigabytes", "unknown", 0.02),
                      ("video", "units_invalid", "seconds", "beyond", 50)}, f"{reasons}")
    features = {row["feature"]: figures(row) for row in found["features"]}
    check(features["text_to_image"] == (21.5, 30.5, 9), f"{features}")
    check(features["audio"] == (3, 1, -2) and features[None] == (73, 73, 0), f"{features}")
    days = {row["day"]: figures(row) for row in found["days"]}
    check(days["2031-03-01"] == (87.5, 99.1, 11.6), f"{days}")
    check(days["2031-03-03"] == (8.52, 5.52, -3), f"{days}")
    check(found["beyond_available"] == 0 and found["balances_simulated"] is False, f"{found}")


def periods(options, daemon, other, third):
    """By moment and by number the same; the use that the third day gives back is before it."""
    by_time = what_if(options, daemon, "--catalog", other, "--json", "--from", "2031-03-03")
    by_seq = what_if(options, daemon, "--catalog", other, "--json", "--from", str(third))
    check(figures(by_time["total"]) == figures(by_seq["total"]) == (8.52, 8.52, 0),
          f"{by_time['total']} {by_seq['total']}")
    second = what_if(options, daemon, "--catalog", other, "--json", "--from", "2031-03-02",
                     "--to", "2031-03-03")
    check(figures(second["total"]) == (53.003, 51.003, -2), f"{second['total']}")
    none = what_if(options, daemon, "--catalog", other, "--json", "--to", "2031-01-01")
    check(figures(none["total"]) == (0, 0, 0) and none["accounts"] == [], f"{none}")


def spellings(options, daemon, other, ann):
    text = what_if(options, daemon, "--catalog", other, "--top", "1")
    for words in ("No balance is simulated", "priced anew", "149.023000", "+6.600000",
                  "video: units_invalid seconds (beyond)", "By account, less refunds (1 of 3)"):
        check(words in text, f"no {words!r} in {text}")
    csv = what_if(options, daemon, "--catalog", other, "--format", "csv").split("\n")
    check(csv[0] == "account,uses,was,would_be,difference,waived_was,waived_would_be", csv[0])
    check(csv[1] == f"{ann},4,66.503,75.103,8.6,0,0" and len(csv) == 5, f"{csv}")


def charts(options, daemon, folder, other):
    """XML, whatever the file's name is; a pair of bars for each day, month or year."""
    name = os.path.join(folder, 'a<b>&"c\'.toml')
    os.link(other, name)
    chart = os.path.join(folder, "chart.svg")
    what_if(options, daemon, "--catalog", name, "--chart", chart)
    svg = ElementTree.parse(chart).getroot()
    check(svg.tag == SVG + "svg" and svg.get("viewBox"), f"{svg.attrib}")
    check('a<b>&"c\'.toml' in svg.find(SVG + "title").text, "the title names the file")
    bars = [group for group in svg.findall(SVG + "g")]
    check([len(bar.findall(SVG + "rect")) for bar in bars] == [2, 2, 2], "three days, two bars")
    check(bars[0].find(SVG + "title").text == "2031-03-01: was 87.5, would be 99.1",
          bars[0].find(SVG + "title").text)
    words = [text.text for text in svg.iter(SVG + "text")]
    for word in ("credits", "day (UTC)", "was charged", "would be charged", "2031-03-02"):
        check(word in words, f"no {word} in {words}")
    with open(chart, encoding="utf-8") as file:
        text = file.read()
    check("prefers-color-scheme:dark" in text, "no colours for the dark")
    # The namespace is a name, not a link: nothing is fetched.
    check(text.count("http") == 1 and "<script" not in text and "url(" not in text, "links")
    what_if(options, daemon, "--catalog", other, "--chart", chart, "--to", "2")
    words = [one.text for one in ElementTree.parse(chart).getroot().iter(SVG + "text")]
    check("Nothing was used in this period." in words, f"{words}")


def every_catalog(options, daemon):
    """Those of the five systems are read, and have no price for what is not theirs."""
    for name in sorted(os.listdir(CATALOGS)):
        if not name.endswith(".toml"):
            continue
        found = what_if(options, daemon, "--catalog", os.path.join(CATALOGS, name), "--json")
        uses = found["total"]["uses"]
        check(uses == sum(found[kind]["uses"]
                          for kind in ("priced_anew", "amounts_given", "not_priced")), f"{found}")
        check(found["total"]["was"] == 149.023, f"{name}: {found['total']}")


def wrong_use(options, daemon, folder):
    bad = os.path.join(folder, "bad.toml")
    with open(bad, "w", encoding="utf-8") as file:
        file.write('[[features]]\nkey = "image"\ncredits = "x"\n')
    said = what_if(options, daemon, "--catalog", bad, code=2)
    check("bad.toml: #/features/0/credits" in said and "line 3" in said, said)
    for words in (["--catalog", os.path.join(folder, "none.toml")], [],
                  ["--catalog", EXAMPLE, "--from", "soon"],
                  ["--catalog", EXAMPLE, "--from", "9", "--to", "3"],
                  ["--catalog", EXAMPLE, "--chart", os.path.join(folder, "none", "chart.svg")]):
        what_if(options, daemon, *words, code=2)


def run(options):
    daemon = Daemon(options.bin, words=("--test-clock", "--catalog", EXAMPLE))
    with tempfile.TemporaryDirectory() as folder:
        try:
            ledger = Ledger(daemon.start())
            ann, bob, third = use_everything(ledger)
            unlimited_use(ledger)
            as_served = os.path.join(folder, "served.json")
            with open(as_served, "wb") as file:
                file.write(ledger.get("/v1/catalog").body)
            other = os.path.join(folder, "other.toml")
            with open(other, "w", encoding="utf-8") as file:
                file.write(OTHER)
            live = what_if(options, daemon, "--catalog", other, "--json", "--live")
            check(live["total"]["was"] == 149.023, f"{live['total']}")
            check(daemon.stop() == 0, "the daemon did not stop in good order")
            same_prices(options, daemon, folder, as_served)
            other_prices(options, daemon, other, ann, bob)
            periods(options, daemon, other, third)
            spellings(options, daemon, other, ann)
            charts(options, daemon, folder, other)
            every_catalog(options, daemon)
            wrong_use(options, daemon, folder)
        finally:
            daemon.remove()


if __name__ == "__main__":
    main(run)
