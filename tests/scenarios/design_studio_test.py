"""System B, a design studio: six credits once, six features of one credit, subscribers unlimited
but counted, and every refusal with its status and the field that it is about."""

from scenario_kit import check, each_of, expect, run_scenario, unique

FEATURES = ("interior", "exterior", "sketch", "furnish", "remove", "video")


def pointers(problem):
    return [error["pointer"] for error in problem["errors"]]


def six_credits_once(system):
    name = unique("designer")
    made = each_of(system, 8, lambda ledger, _: ledger.put(f"/v1/accounts/{name}", {"name": "Ada"}))
    check(sorted(a.status for a in made) == [200] * 7 + [201], f"initialised at once: {made}")
    shown = system.shown(name)
    check((shown["available"], shown["totals"]["granted"]) == (6, 6), f"{shown}")
    check(shown["subscription"]["plan"] == "free", f"{shown}")
    check(shown["subscription"]["status"] == "active", f"{shown}")
    grants = [(grant["kind"], grant["amount"]) for grant in shown["grants"]]
    check(grants == [("signup", 6)], f"{grants}")
    check(shown["grants"][0]["effective_at"] == shown["created_at"], "granted when it was made")
    expect(system.put(f"/v1/accounts/{name}", {"name": "Ada L."}), 200)
    check(system.balance(name)["available"] == 6, "six again")


def every_feature_costs_one(system):
    user = system.user()
    for number, feature in enumerate(FEATURES, 1):
        used = system.use(user, feature, metadata={"generation_id": f"gen-{number}",
                                                   "style": {"name": "bauhaus", "seed": 7}})
        check((used["amount"], used["available"]) == (1, 6 - number), f"{used}")
        check(used["metadata"]["generation_id"] == f"gen-{number}", f"{used}")
    plain = system.use(user, "video", 402, "insufficient_credits")
    check((plain["required"], plain["available"]) == (1, 0), f"{plain}")
    check(plain["top_up_url"] == "https://studio.example/upgrade", f"{plain}")
    history = system.history(user, "?type=deduction")
    check([t["feature"] for t in history] == list(reversed(FEATURES)), f"{history}")
    check(history[0]["metadata"] == {"generation_id": "gen-6",
                                     "style": {"name": "bauhaus", "seed": 7}}, f"{history[0]}")
    check(all("created_at" in t and t["amount"] == 1 for t in history), "history")
    shown = system.shown(user)
    check((shown["available"], shown["totals"]["consumed"]) == (0, 6), f"{shown}")


def a_use_is_validated_without_making_it(system):
    user = system.user()
    check(system.price(user, "sketch")["sufficient"] is True, "six are enough for one")
    check(system.price(user, "sketch", quantity=7)["sufficient"] is False, "not for seven")
    at = f"/v1/accounts/{user}/deductions"
    tried = expect(system.post(at, {"feature": "sketch", "dry_run": True}), 201)
    check((tried["amount"], tried["balance"]["after"]) == (1, 5), f"{tried}")
    expect(system.post(at, {"feature": "sketch", "quantity": 7, "dry_run": True}), 402,
           "insufficient_credits")
    check(system.balance(user)["available"] == 6, "a dry run took something")
    check(system.history(user, "?type=deduction") == [], "a dry run was recorded")


def subscribers_are_unlimited_and_counted(system):
    user = system.user()
    system.use(user, "interior", quantity=6)
    system.use(user, "interior", 402, "insufficient_credits")
    at = f"/v1/accounts/{user}/subscription"
    changed = expect(system.post(f"{at}/change", {"plan": "pro"}), 200)
    check(changed["subscription"]["plan"] == "pro", f"{changed}")
    # The next request already.
    used = system.use(user, "interior", metadata={"generation_id": "gen-1"})
    check((used["amount"], used["delta"], used["waived"], used["available"]) == (0, 0, 1, 0),
          f"{used}")
    quote = system.price(user, "video", quantity=100)
    check((quote["sufficient"], quote["required"], quote["waived"]) == (True, 0, 100), f"{quote}")
    for feature in FEATURES:
        system.use(user, feature)
    check(system.balance(user)["unlimited"] is True, "unlimited")
    usage = system.usage(user, "?group_by=feature")
    uses = {row["feature"]: (row["uses"], row["consumed"], row["waived"]) for row in usage["data"]}
    check(uses["interior"] == (3, 6, 2), f"{uses}")
    check(all(uses[feature] == (1, 0, 1) for feature in FEATURES[1:]), f"{uses}")
    check((usage["total"]["uses"], usage["total"]["waived"]) == (8, 7), f"{usage}")
    check(len(system.history(user, "?type=deduction")) == 8, "every use is recorded")
    back = expect(system.post(f"{at}/change", {"plan": "free"}), 200)
    check(back["subscription"]["plan"] == "free", f"{back}")
    system.use(user, "interior", 402, "insufficient_credits")
    check(system.balance(user)["unlimited"] is False, "no longer")


def what_is_left_outlasts_a_subscription(system):
    user = system.user()
    system.use(user, "exterior", quantity=2)
    at = f"/v1/accounts/{user}/subscription"
    expect(system.post(f"{at}/change", {"plan": "pro"}), 200)
    system.use(user, "exterior", quantity=50)
    system.advance(advance="70d")
    check(system.balance(user)["available"] == 4, "the six are not renewed")
    ended = expect(system.post(f"{at}/cancel", {"at_period_end": True}), 200)
    check(ended["subscription"]["cancel_at_period_end"] is True, f"{ended}")
    check(system.balance(user)["unlimited"] is True, "until the period ends")
    system.advance(advance="32d")
    shown = system.shown(user)
    check((shown["unlimited"], shown["available"]) == (False, 4), f"{shown}")
    check(shown["subscription"]["status"] == "canceled", f"{shown}")
    system.use(user, "exterior", quantity=5, status=402, code="insufficient_credits")
    check(system.use(user, "exterior", quantity=4)["available"] == 0, "the four")


def who_may_do_what(system):
    user = system.user(name="mine")
    at = f"/v1/accounts/{user}"
    nobody, wrong = system.with_key(None), system.with_key("crd_nonsense")
    for stranger in (nobody, wrong):
        expect(stranger.get(at), 401, "unauthorized")
        expect(stranger.post(f"{at}/deductions", {"feature": "video"}), 401, "unauthorized")
    own = system.with_key(system.key("ledger:read", account_prefix="mine")["secret"])
    check(expect(own.get(f"{at}/balance"), 200)["available"] == 6, "one's own credits")
    for path, body in ((f"{at}/grants", {"amount": 5}), (f"{at}/deductions", {"feature": "video"}),
                       (f"{at}/subscription/change", {"plan": "pro"})):
        expect(own.post(path, body), 403, "insufficient_scope")
    expect(own.put("/v1/features/video", {"credits": 0}), 403, "insufficient_scope")
    expect(own.get(f"/v1/accounts/{system.user()}"), 404, "account_not_found")
    for kind in ("admin", "promo"):
        given = system.grant(user, 5, kind=kind)
        check(given["kind"] == kind, f"{given}")
    check(system.balance(user)["available"] == 16, "two grants")


def errors_name_the_field(system):
    at = f"/v1/accounts/{system.user()}"
    for path, body, pointer in (
            ("deductions", {"feature": 7}, "#/feature"),
            ("deductions", {}, "#/amount"),
            ("deductions", {"feature": "video", "quantity": 0}, "#/quantity"),
            ("deductions", {"feature": "video", "metadata": "x"}, "#/metadata"),
            ("deductions", {"feature": "video", "generation": 1}, "#/generation"),
            ("grants", {"kind": "gift", "amount": 1}, "#/kind"),
            ("grants", {}, "#/amount"),
            ("subscription/change", {"plan": True}, "#/plan")):
        problem = expect(system.post(f"{at}/{path}", body), 400)
        check(pointer in pointers(problem), f"{path} {body}: {problem}")
    expect(system.post(f"{at}/grants", {"amount": -1}), 400, "amount_range")
    expect(system.post(f"{at}/deductions", {"feature": "garden"}), 404, "feature_not_found")
    expect(system.post(f"{at}/subscription/change", {"plan": "gold"}), 404, "plan_not_found")
    check(system.balance(at.rsplit("/", maxsplit=1)[-1])["available"] == 6, "nothing was taken")


def two_at_once_never_spend_one_credit_twice(system):
    user = system.user()
    at = f"/v1/accounts/{user}/deductions"
    answers = each_of(system, 16, lambda ledger, i: ledger.post(at, {"feature": FEATURES[i % 6]}))
    check(sorted(a.status for a in answers) == [201] * 6 + [402] * 10, f"{answers}")
    left = sorted(a.json()["available"] for a in answers if a.status == 201)
    check(left == [0, 1, 2, 3, 4, 5], f"{left}")


if __name__ == "__main__":
    run_scenario("design-studio", [
        six_credits_once, every_feature_costs_one, a_use_is_validated_without_making_it,
        subscribers_are_unlimited_and_counted, what_is_left_outlasts_a_subscription,
        who_may_do_what, errors_name_the_field, two_at_once_never_spend_one_credit_twice])
