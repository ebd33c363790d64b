"""System C, priced features for organisations: an administrator's price list that anybody reads, an
organisation's credits that its users spend, and usage by feature and by user."""

from scenario_kit import check, each_of, expect, expect_fields, run_scenario, unique

KEYS = {
    "Image Generation": ["seedream_image_to_image", "seedream_text_to_image"],
    "Video Generation": ["kling_image_to_video", "kling_multi_image_to_video",
                         "kling_text_to_video", "seedream_image_to_video",
                         "seedream_text_to_video"],
    "AI Voice": ["ai_voice_generation"],
    "Advanced Tools": ["kling_motion_control"],
    "Content Processing": ["face_swap", "fps_boost", "skin_enhancer"],
}


def organisation(system, credits):
    name = system.user(name=unique("Org"), labels={"kind": "organisation"})
    system.grant(name, credits)
    return name


def the_price_list(system):
    for category, keys in KEYS.items():
        listed = system.read(f"/v1/features?category={category.replace(' ', '%20')}")["data"]
        check(sorted(entry["key"] for entry in listed) == keys, f"{category}: {listed}")
        for entry in listed:
            expect_fields(entry, "key", "name", "category", "credits", "description", "active",
                          "created_at", "updated_at")
            check(entry["credits"] > 0 and entry["active"] is True, f"{entry}")
    check(len(system.read("/v1/features?limit=100")["data"]) == 12, "twelve keys")


def administrators_edit_it(system):
    path = "/v1/features/video_upscaler"
    expect(system.get(path), 404, "feature_not_found")
    body = {"name": "Upscaler", "category": "Content Processing", "credits": 9,
            "description": "A larger clip"}
    made = expect(system.put(path, body), 200)
    read = system.read(path)
    check(all(read[field] == value for field, value in body.items()), f"{read}")
    check(read["created_at"] == read["updated_at"], f"{read}")
    changed = expect(system.patch(path, {"credits": 11}), 200)
    check((changed["credits"], changed["name"]) == (11, "Upscaler"), f"{changed}")
    check(changed["price_book"] > made["price_book"], "a change has its version")
    after = system.read(path)
    check(after["updated_at"] > after["created_at"] == read["created_at"], f"{after}")
    check(expect(system.patch(path, {"active": False}), 200)["active"] is False, "inactive")
    check(system.delete(path).status == 204, "deleted")
    expect(system.get(path), 404, "feature_not_found")
    expect(system.delete(path), 404, "feature_not_found")
    wrong = expect(system.put(path, {"credits": -1}), 400)
    check(wrong["errors"][0]["pointer"] == "#/credits", f"{wrong}")
    for key in ("no%20spaces", "-dash"):
        expect(system.put(f"/v1/features/{key}", {"credits": 1}), 400, "invalid_request")
    reader = system.with_key(system.key("ledger:write")["secret"])
    for call in (lambda: reader.put(path, body), lambda: reader.patch(path, {"credits": 1}),
                 lambda: reader.delete(path)):
        expect(call(), 403, "insufficient_scope")


def anybody_reads_a_price(system):
    nobody = system.with_key(None)
    for keys in KEYS.values():
        for key in keys:
            shown = expect(nobody.get(f"/v1/pricing?key={key}"), 200)["features"]
            check([entry["key"] for entry in shown] == [key], f"{shown}")
            check(shown[0]["credits"] == system.read(f"/v1/features/{key}")["credits"], f"{shown}")
    check(len(expect(nobody.get("/v1/pricing"), 200)["features"]) == 12, "the whole list")
    expect(nobody.get("/v1/pricing?key=teleport"), 404, "feature_not_found")
    expect(nobody.get("/v1/features"), 401, "unauthorized")


def checked_deducted_refunded(system):
    org = organisation(system, 100)
    cost = system.read("/v1/features/kling_text_to_video")["credits"]
    quote = system.price(org, "kling_text_to_video")
    check((quote["sufficient"], quote["required"], quote["available"]) == (True, cost, 100),
          f"{quote}")
    used = system.use(org, "kling_text_to_video", user="ada", metadata={"job": "j-1"})
    check((used["amount"], used["available"], used["user"]) == (cost, 100 - cost, "ada"), f"{used}")
    back = system.refund(used)
    check((back["amount"], back["available"], back["deduction"]) == (cost, 100, used["id"]),
          f"{back}")
    again = expect(system.post(f"/v1/deductions/{used['id']}/refunds", {}), 422)
    check(again["code"] == "refund_exceeds_deduction", f"{again}")
    quote = system.price(org, "kling_text_to_video", quantity=3)
    check((quote["sufficient"], quote["available"]) == (False, 100), f"{quote}")
    refused = system.use(org, "kling_text_to_video", 402, "insufficient_credits", quantity=3,
                         user="ada")
    check(refused["required"] == 3 * cost, f"{refused}")
    check(system.balance(org)["available"] == 100, "all is back")


def a_failed_job_is_refunded_once(system):
    org = organisation(system, 60)
    used = system.use(org, "kling_motion_control", user="bo")
    at = f"/v1/deductions/{used['id']}/refunds"
    answers = each_of(system, 8, lambda ledger, _: ledger.post(at, {}))
    check(sorted(a.status for a in answers) == [201] + [422] * 7, f"{answers}")
    check(system.balance(org)["available"] == 60, "refunded more than once")


def unknown_and_inactive(system):
    org = organisation(system, 50)
    for call in ("deductions", "quotes"):
        at = f"/v1/accounts/{org}/{call}"
        expect(system.post(at, {"feature": "teleport", "user": "ada"}), 404, "feature_not_found")
        expect(system.patch("/v1/features/fps_boost", {"active": False}), 200)
        expect(system.post(at, {"feature": "fps_boost", "user": "ada"}), 422, "feature_inactive")
        expect(system.with_key(None).get("/v1/pricing?key=fps_boost"), 404, "feature_not_found")
        expect(system.patch("/v1/features/fps_boost", {"active": True}), 200)
    check(system.balance(org)["balance"] == 50, "something was deducted")
    check(system.history(org, "?type=deduction") == [], "something was recorded as used")


def users_of_an_organisation(system):
    org, other = organisation(system, 500), organisation(system, 500)
    for user, feature, times in (("ada", "face_swap", 3), ("ada", "fps_boost", 2),
                                 ("bo", "face_swap", 1)):
        for _ in range(times):
            system.use(org, feature, user=user)
    system.refund(system.use(org, "skin_enhancer", user="bo"))
    system.use(other, "face_swap", user="ada")
    swap, boost, skin = (system.read(f"/v1/features/{key}")["credits"]
                         for key in ("face_swap", "fps_boost", "skin_enhancer"))
    check(system.balance(org)["balance"] == 500 - 4 * swap - 2 * boost, "the organisation pays")
    check(system.balance(other)["balance"] == 500 - swap, "each its own")
    by_feature = {row["feature"]: (row["uses"], row["net"])
                  for row in system.usage(org, "?group_by=feature")["data"]}
    check(by_feature == {"face_swap": (4, 4 * swap), "fps_boost": (2, 2 * boost),
                         "skin_enhancer": (1, 0)}, f"{by_feature}")
    by_user = {row["user"]: (row["uses"], row["consumed"], row["refunded"])
               for row in system.usage(org, "?group_by=user")["data"]}
    check(by_user == {"ada": (5, 3 * swap + 2 * boost, 0), "bo": (2, swap + skin, skin)},
          f"{by_user}")
    both = {(row["user"], row["feature"]): row["uses"]
            for row in system.usage(org, "?group_by=user,feature")["data"]}
    check(both[("ada", "fps_boost")] == 2 and both[("bo", "face_swap")] == 1, f"{both}")
    members = system.read(f"/v1/accounts/{org}/members")["data"]
    check([row["user"] for row in members] == ["ada", "bo"], f"{members}")
    mine = system.history(org, "?user=bo&type=deduction")
    check([t["feature"] for t in mine] == ["skin_enhancer", "face_swap"], f"{mine}")


def tenants_are_apart(system):
    mine, theirs = organisation(system, 10), organisation(system, 10)
    own = system.with_key(system.key("ledger:write", account_prefix=mine)["secret"])
    expect(own.get(f"/v1/accounts/{mine}/balance"), 200)
    for path in (f"/v1/accounts/{theirs}", f"/v1/accounts/{theirs}/usage",
                 f"/v1/accounts/{theirs}/transactions"):
        expect(own.get(path), 404, "account_not_found")
    expect(own.post(f"/v1/accounts/{theirs}/deductions", {"feature": "face_swap"}), 404,
           "account_not_found")
    user = system.user(parent=mine)
    listed = system.read(f"/v1/accounts?parent={mine}")["data"]
    check([entry["account"] for entry in listed] == [user], f"{listed}")
    # The user's current organisation is another one now.
    expect(system.put(f"/v1/accounts/{user}", {"parent": theirs}), 200)
    listed = system.read(f"/v1/accounts?parent={theirs}")["data"]
    check([entry["account"] for entry in listed] == [user], f"{listed}")


def a_members_budget(system):
    system.advance_to_noon()
    org = organisation(system, 1000)
    at = f"/v1/accounts/{org}/budgets/bo-a-day"
    swap = system.read("/v1/features/face_swap")["credits"]
    expect(system.put(at, {"user": "bo", "limit": 2 * swap, "window": "day"}), 200)
    system.use(org, "face_swap", user="bo", quantity=2)
    refused = system.use(org, "face_swap", 402, "budget_exceeded", user="bo")
    check(refused["budget"] == "bo-a-day", f"{refused}")
    for user, sufficient in (("bo", False), ("ada", True)):
        quote = system.price(org, "face_swap", user=user)
        check(quote["sufficient"] is sufficient, f"{user}: {quote}")
    system.use(org, "face_swap", user="ada")
    system.advance(advance="1d")
    system.use(org, "face_swap", user="bo")


def an_old_price_stays_what_it_was(system):
    org = organisation(system, 100)
    old = system.use(org, "skin_enhancer", user="ada")
    expect(system.patch("/v1/features/skin_enhancer", {"credits": 7}), 200)
    new = system.use(org, "skin_enhancer", user="ada")
    check((old["amount"], new["amount"]) == (6, 7), f"{old} {new}")
    check(new["price_book"] > old["price_book"], f"{new}")
    check(system.refund(old)["amount"] == 6, "refunded is what was deducted")


if __name__ == "__main__":
    run_scenario("feature-pricing", [
        the_price_list, administrators_edit_it, anybody_reads_a_price, checked_deducted_refunded,
        a_failed_job_is_refunded_once, unknown_and_inactive, users_of_an_organisation,
        tenants_are_apart, a_members_budget, an_old_price_stays_what_it_was])
