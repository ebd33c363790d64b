"""The contract of prices: every kind of rule, the lines of an answer, what has no price, captures
by measure, and that an old price stays what it was."""

from contract_kit import check, expect, run_sections, unique


def priced(ledger, price):
    key = unique("feature")
    made = expect(ledger.put(f"/v1/features/{key}", {"price": price}), 200)
    check(made["credits"] is None and made["price"] is not None, f"{made}")
    return key


def lines_of(answer):
    return [(line["rule"], line["amount"]) for line in answer["lines"]]


def deduct(ledger, account, feature, **use):
    answer = expect(ledger.post(f"/v1/accounts/{account}/deductions", {"feature": feature, **use}),
                    201)
    check(abs(sum(amount for _, amount in lines_of(answer)) - answer["amount"]) < 1e-9, f"{answer}")
    return answer


def cost(ledger, account, feature, **use):
    """A quote and a deduction agree."""
    quote = expect(ledger.post(f"/v1/accounts/{account}/quotes", {"feature": feature, **use}), 200)
    answer = deduct(ledger, account, feature, **use)
    check(quote["required"] == answer["amount"], f"{quote} {answer}")
    check([(line["rule"], line["amount"]) for line in quote["lines"]] == lines_of(answer), "lines")
    return answer["amount"]


def per_unit(ledger):
    account = ledger.account(1000)
    audio = priced(ledger, {"per": [{"credits": 1, "unit": "seconds", "step": 15, "round": "up"}]})
    for seconds, credits in ((1, 1), (15, 1), ("15.5", 2), (45, 3), (46, 4)):
        check(cost(ledger, account, audio, units={"seconds": seconds}) == credits, f"{seconds} s")
    voice = priced(ledger, {"per": [{"credits": "0.5", "unit": "seconds", "step": 30}]})
    check(cost(ledger, account, voice, units={"seconds": 45}) == 0.75, "exact")
    storage = priced(ledger, {"per": [{"credits": 0.01, "unit": "gb", "times": "months"}]})
    check(cost(ledger, account, storage, units={"gb": 2.5, "months": 3}) == 0.075, "two units")
    tokens = priced(ledger, {"per": [
        {"credits": 3, "unit": "input_tokens", "step": 1000000},
        {"credits": 15, "unit": "output_tokens", "step": 1000000}]})
    used = deduct(ledger, account, tokens, units={"output_tokens": 800, "input_tokens": 1200})
    check(used["amount"] == 0.0156, f"{used}")
    check(used["units"] == {"input_tokens": 1200, "output_tokens": 800}, f"{used}")
    check(lines_of(used) == [("per input_tokens", 0.0036), ("per output_tokens", 0.012)], f"{used}")
    check(cost(ledger, account, audio, units={"seconds": 0}) == 0, "nothing used, nothing deducted")


def tiers_and_surcharges(ledger):
    account = ledger.account(1000)
    video = priced(ledger, {"tiers": [{"unit": "seconds", "tiers": [
        {"up_to": 5, "credits": 25}, {"up_to": 10, "credits": 50}]}]})
    for seconds, credits in ((3, 25), (5, 25), (8, 50), (10, 50)):
        check(cost(ledger, account, video, units={"seconds": seconds}) == credits, f"{seconds} s")
    refused = {"feature": video, "units": {"seconds": 11}}
    expect(ledger.post(f"/v1/accounts/{account}/deductions", refused), 422, "units_invalid")
    image = priced(ledger, {"flat": 1, "options": {"hd": {"percent": 50}, "4k": {"percent": 100},
                                                   "logo": {"credits": 2}}})
    both = deduct(ledger, account, image, options=["logo", "hd"], quantity=2)
    check(lines_of(both) == [("flat", 2), ("option hd", 1), ("option logo", 4)], f"{both}")
    check(both["options"] == ["hd", "logo"], f"{both}")
    clip = priced(ledger, {"flat": 5, "conditions": [{"unit": "seconds", "above": 5,
                                                      "percent": 100}]})
    check(cost(ledger, account, clip, units={"seconds": 5}) == 5, "at the edge")
    check(cost(ledger, account, clip, units={"seconds": 6}) == 10, "above it")
    bounded = priced(ledger, {"per": [{"credits": 1, "unit": "pages"}], "minimum": 3, "maximum": 9})
    check([cost(ledger, account, bounded, units={"pages": n}) for n in (1, 5, 50)] == [3, 5, 9],
          "bounds")


def refusals(ledger):
    account = ledger.account(100)
    at = f"/v1/accounts/{account}/deductions"
    flat = unique("flat")
    expect(ledger.put(f"/v1/features/{flat}", {"credits": 1}), 200)
    wrong = expect(ledger.post(at, {"feature": flat, "units": {"seconds": 1}}), 422,
                   "units_invalid")
    check(wrong["errors"][0]["pointer"] == "#/units/seconds", f"{wrong}")
    wrong = expect(ledger.post(at, {"feature": flat, "options": ["hd"]}), 422, "option_unknown")
    check(wrong["errors"] == [{"pointer": "#/options",
                               "detail": "has hd, which the feature's price has not"}], f"{wrong}")
    audio = priced(ledger, {"per": [{"credits": 1, "unit": "seconds"}]})
    key = unique("without-units")
    first = ledger.post(at, {"feature": audio}, key=key)
    wrong = expect(first, 422, "units_invalid")
    check(wrong["errors"] == [{"pointer": "#/units/seconds", "detail":
                               "is missing: the feature's price asks for it"}], f"{wrong}")
    check(ledger.post(at, {"feature": audio}, key=key).body == first.body, "told otherwise later")
    missing = ledger.post(f"/v1/accounts/{account}/quotes", {"feature": audio})
    check(expect(missing, 422, "units_invalid")["errors"] == wrong["errors"], f"{missing}")
    expect(ledger.post(at, {"feature": audio, "units": {"minutes": 1}}), 422, "units_invalid")
    for bad in ({"units": {"seconds": -1}}, {"units": {"seconds": "x"}}, {"units": []},
                {"units": {"seconds": 1.1234567}}, {"options": "hd"}, {"options": [1]}):
        check(ledger.post(at, {"feature": audio, **bad}).status == 400, f"{bad}")
    check(ledger.post(at, {"amount": 1, "units": {"seconds": 1}}).status == 400, "amount and units")
    check(ledger.balance(account)["balance"] == 100, "a refusal took something")


def wrong_rules(ledger):
    path = f"/v1/features/{unique('feature')}"
    wrong = (({"price": {}}, "#/price"), ({"price": {"flat": 1}, "credits": 1}, "#/price"),
             ({"price": {"per": [{"credits": 1}]}}, "#/price/per/0/unit"),
             ({"price": {"per": [{"credits": 0, "unit": "s"}]}}, "#/price/per/0/credits"),
             ({"price": {"per": [{"credits": 1, "unit": "s", "round": "off"}]}},
              "#/price/per/0/round"),
             ({"price": {"flat": 1, "options": {"hd": {}}}}, "#/price/options/hd"),
             ({"price": {"flat": 1, "options": {"hd": {"percent": -101}}}}, "#/price/options/hd"),
             ({"price": {"tiers": [{"unit": "s", "tiers": [{"credits": 1}, {"credits": 2}]}]}},
              "#/price/tiers/0/tiers"),
             ({"price": {"flat": 1, "minimum": 2, "maximum": 1}}, "#/price/maximum"),
             ({"price": {"flat": 1, "extra": 1}}, "#/price/extra"))
    for body, pointer in wrong:
        answer = ledger.put(path, body)
        pointers = [error["pointer"] for error in answer.json().get("errors", [])]
        check(answer.status == 400 and pointer in pointers, f"{body}: {answer}")


def holds_by_measure(ledger):
    account = ledger.account(100)
    audio = priced(ledger, {"per": [{"credits": 2, "unit": "seconds"}],
                            "options": {"hd": {"percent": 50}}})
    use = {"feature": audio, "units": {"seconds": 10}, "options": ["hd"], "expires_in": "1h"}
    hold = expect(ledger.post(f"/v1/accounts/{account}/holds", use), 201)
    check(hold["amount"] == 30 and hold["units"] == {"seconds": 10}, f"{hold}")
    at = f"/v1/holds/{hold['id']}/captures"
    expect(ledger.post(at, {"units": {"seconds": 11}}), 422, "capture_exceeds_hold")
    check(ledger.post(at, {"units": {"seconds": 1}, "amount": 1}).status == 400, "both")
    part = expect(ledger.post(at, {"units": {"seconds": 4}}), 201)
    check(part["amount"] == 12 and part["units"] == {"seconds": 4}, f"{part}")
    check(part["hold"]["remaining"] == 18, f"{part}")
    last = expect(ledger.post(at, {"units": {"seconds": 2}, "final": True}), 201)
    check((last["amount"], last["hold"]["status"], last["available"]) == (6, "captured", 82),
          f"{last}")
    plain = expect(ledger.post(f"/v1/accounts/{account}/holds", {"amount": 5, "expires_in": "1h"}),
                   201)
    expect(ledger.post(f"/v1/holds/{plain['id']}/captures", {"units": {"seconds": 1}}), 422,
           "units_invalid")


def price_books(ledger):
    account = ledger.account(100)
    audio = priced(ledger, {"per": [{"credits": 1, "unit": "seconds"}]})
    old = deduct(ledger, account, audio, units={"seconds": 2})
    shown = expect(ledger.get(f"/v1/features/{audio}"), 200)
    again = expect(ledger.put(f"/v1/features/{audio}", {"price": shown["price"]}), 200)
    check(again["price"] == shown["price"], "a price that is read can be given again")
    expect(ledger.put(f"/v1/features/{audio}", {"credits": 7}), 200)
    new = deduct(ledger, account, audio)
    check(new["amount"] == 7 and new["price_book"] > old["price_book"], f"{new}")
    kept = expect(ledger.get(f"/v1/transactions/{old['id']}"), 200)
    check((kept["lines"], kept["units"], kept["price_book"]) ==
          (old["lines"], old["units"], old["price_book"]), f"{kept}")


if __name__ == "__main__":
    run_sections([per_unit, tiers_and_surcharges, refusals, wrong_rules, holds_by_measure,
                  price_books])
