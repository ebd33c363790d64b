"""System A, a photo booth: a package of three credits by QR payment, one credit a picture, and the
two mistakes of old: credits added at each look at an order, and two pictures for one credit."""

import re

from scenario_kit import check, each_of, expect, run_scenario, unique

PRICE = {"amount": 500000, "currency": "IDR"}  # 5 000 rupiah, in minor units


def paid(order):
    return {"provider": "midtrans", "id": order, **PRICE}


def one_package(system):
    shown = system.read("/v1/packages/photos-3")
    check((shown["credits"], shown["price"]) == (3, PRICE), f"{shown}")
    user = system.user(name="budi", metadata={"username": "Budi"})
    check(system.balance(user)["available"] == 0, "credits that nobody gave")
    bought = system.buy(user, package="photos-3", payment=paid("ORDER-0123456789ab"))
    check((bought["amount"], bought["available"]) == (3, 3), f"{bought}")
    wrong = {**paid(unique("ORDER")), "amount": 5000}
    refused = system.buy(user, 400, package="photos-3", payment=wrong)
    check(refused["errors"][0]["pointer"] == "#/payment/amount", f"{refused}")


def the_number_of_credits_is_a_setting(system):
    package = {"name": "5 photos", "credits": 5, "price": PRICE}
    expect(system.put("/v1/packages/photos-3", package), 200)
    user = system.user()
    bought = system.buy(user, package="photos-3", payment=paid(unique("ORDER")))
    check(bought["amount"] == 5, f"{bought}")
    expect(system.put("/v1/packages/photos-3", {**package, "name": "3 photos", "credits": 3}), 200)


def a_payment_counts_once(system):
    """Twelve look at the order and hear the notification at the same time, then again and again."""
    user = system.user()
    order = {"package": "photos-3", "payment": paid("ORDER-ba9876543210")}
    path = f"/v1/accounts/{user}/purchases"
    answers = each_of(system, 12, lambda ledger, _: ledger.post(path, order))
    check(sorted(a.status for a in answers) == [200] * 11 + [201], f"{answers}")
    first = next(a.json() for a in answers if a.status == 201)
    for answer in answers:
        if answer.status == 200:
            check(answer.json() == {**first, "duplicate": True}, f"{answer}")
    for _ in range(5):
        check(expect(system.post(path, order), 200)["duplicate"] is True, "a later poll")
    same_key = [system.post(path, order, key="notification-1") for _ in range(2)]
    check(same_key[1].headers.get("idempotent-replayed") == "true", f"{same_key}")
    check(system.balance(user)["available"] == 3, "credits were added more than once")
    check(len(system.history(user, "?type=purchase")) == 1, "one purchase")
    # The same order for somebody else, or for another amount, is nobody's.
    expect(system.post(f"/v1/accounts/{system.user()}/purchases", order), 409, "payment_conflict")
    other = {**order, "payment": {**order["payment"], "amount": 1000000}}
    expect(system.post(path, other), 409, "payment_conflict")


def checked_before_the_work(system):
    user = system.user()
    system.grant(user, 1)
    check(system.price(user, "face_swap")["sufficient"] is True, "one is enough for one")
    two = system.price(user, "ar", quantity=2)
    check((two["sufficient"], two["required"], two["available"]) == (False, 2, 1), f"{two}")
    system.use(user, "face_swap")
    refused = system.use(user, "ar", 402, "insufficient_credits")
    check((refused["required"], refused["available"], refused["shortfall"]) == (1, 0, 1),
          f"{refused}")
    check(refused["top_up_url"] == "https://booth.example/pay", f"where to pay: {refused}")
    check(system.balance(user)["available"] == 0, "a refusal took something")


def two_pictures_never_share_a_credit(system):
    user = system.user()
    system.buy(user, package="photos-3", payment=paid(unique("ORDER")))
    path = f"/v1/accounts/{user}/deductions"
    answers = each_of(system, 12, lambda ledger, i: ledger.post(
        path, {"feature": ("face_swap", "ar")[i % 2]}))
    check(sorted(a.status for a in answers) == [201] * 3 + [402] * 9, f"{answers}")
    check(sorted(a.json()["balance"]["after"] for a in answers if a.status == 201) == [0, 1, 2],
          "each picture has its credit")
    check(system.balance(user)["balance"] == 0, "overdrawn")
    # A picture that is asked for again, by the same key, is the same picture.
    system.grant(user, 2)
    again = each_of(system, 8, lambda ledger, _: ledger.post(path, {"feature": "ar"}, key="shot-1"))
    check(len({a.body for a in again}) == 1 and system.balance(user)["balance"] == 1, f"{again}")


def a_picture_and_its_deduction_are_one(system):
    user = system.user()
    system.grant(user, 4)
    made = {}
    for feature, folder in (("face_swap", "results"), ("ar", "ar_results")):
        key = unique("shot")
        taken = system.use(user, feature, key=key, metadata={"template": "astronaut"})
        name = re.fullmatch(rf"{folder}/{user}/{user}_(\d{{14}})_[0-9a-f]{{8}}\.png",
                            taken["resource"])
        check(name, f"{taken}")
        check(name[1] == re.sub(r"\D", "", taken["created_at"])[:14], f"{taken}")
        check((taken["amount"], taken["feature"]) == (1, feature), f"{taken}")
        # Asked for again, it is the same picture, and no other name is drawn.
        again = system.use(user, feature, key=key, metadata={"template": "astronaut"})
        check(again == taken, f"{again}")
        shown = system.read(f"/v1/transactions/{taken['id']}")
        for field in ("account", "feature", "resource", "metadata", "amount"):
            check(shown[field] == taken[field], f"{field}: {shown}")
        found = system.history(user, f"?resource={taken['resource']}")
        check([entry["id"] for entry in found] == [taken["id"]], f"{found}")
        made[feature] = taken
    check(made["ar"]["available"] == 2, "the credits that remain")
    own = f"results/{user}/{user}_20261121120000_0a1b2c3d.png"
    check(system.use(user, "face_swap", resource=own)["resource"] == own, "a name of one's own")
    listed_by_type(system, user, made, own)


def listed_by_type(system, user, made, own):
    def pictures(query=""):
        data = system.read(f"/v1/accounts/{user}/resources{query}")["data"]
        return [(entry["type"], entry["resource"]) for entry in data]

    swaps = [("face_swap", own), ("face_swap", made["face_swap"]["resource"])]
    arts = [("ar", made["ar"]["resource"])]
    check(pictures() == [swaps[0], arts[0], swaps[1]], f"{pictures()}")
    check(pictures("?type=face_swap") == swaps, f"{pictures('?type=face_swap')}")
    check(pictures("?type=ar") == arts, f"{pictures('?type=ar')}")
    check(pictures("?limit=1") == swaps[:1], "a page")
    entry = system.read(f"/v1/accounts/{user}/resources?type=ar")["data"][0]
    check((entry["transaction"], entry["amount"], entry["metadata"]) ==
          (made["ar"]["id"], 1, {"template": "astronaut"}), f"{entry}")
    broke = system.user()
    system.use(broke, "face_swap", 402, "insufficient_credits")
    none = system.read(f"/v1/accounts/{broke}/resources")["data"]
    check(none == [] == system.history(broke, "?type=deduction"), "a picture without a deduction")


def names_differ_where_many_are_made(system):
    user = system.user()
    system.grant(user, 50)
    at = f"/v1/accounts/{user}/deductions"
    taken = each_of(system, 10, lambda ledger, _: [
        expect(ledger.post(at, {"feature": "ar"}), 201)["resource"] for _ in range(5)])
    check(len({name for names in taken for name in names}) == 50, f"{taken}")


def a_picture_is_explained(system):
    user = system.user()
    system.grant(user, 1)
    taken = system.use(user, "face_swap")
    at = f"/v1/transactions/{taken['id']}/explain"
    told = system.read(at)
    check(told["burned"][0]["grant"] == taken["burned"][0]["grant"], f"{told}")
    check(told["transaction"]["id"] == taken["id"], f"{told}")
    text = system.get(at, headers={"Accept": "text/plain"})
    check(text.headers["content-type"].startswith("text/plain"), f"{text}")
    for words in (taken["id"], "face_swap", taken["resource"], taken["burned"][0]["grant"]):
        check(words in text.body.decode() and words in told["text"], f"no {words}: {text}")


def own_credits_and_an_administrators(system):
    user = system.user(name="sari", metadata={"username": "Sari"})
    own = system.with_key(system.key("ledger:read", account_prefix="sari")["secret"])
    seen = expect(own.get("/v1/accounts/sari"), 200)
    check((seen["available"], seen["metadata"]) == (0, {"username": "Sari"}), f"{seen}")
    expect(own.get("/v1/accounts/budi"), 404, "account_not_found")
    expect(own.post("/v1/accounts/sari/grants", {"amount": 3}), 403, "insufficient_scope")
    given = system.grant(user, 3, reason="a booth that was out of paper")
    check((given["kind"], given["available"]) == ("admin", 3), f"{given}")
    check(expect(own.get("/v1/accounts/sari"), 200)["available"] == 3, "at once")


if __name__ == "__main__":
    run_scenario("photo-booth", [
        one_package, the_number_of_credits_is_a_setting, a_payment_counts_once,
        checked_before_the_work, two_pictures_never_share_a_credit,
        a_picture_and_its_deduction_are_one, names_differ_where_many_are_made,
        a_picture_is_explained, own_credits_and_an_administrators])
