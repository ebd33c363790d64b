"""Orders that are paid by QR code at Midtrans: a page may ask a thousand times, notifications may
come twice, late, out of order or forged; what Midtrans' status says happens, and once."""

import itertools
import json
import os
import time

from contract_kit import check, expect, unique
from end_users_kit import HERE
from payments_kit import at_once, node, run_shop

BOOTH = os.path.join(HERE, "..", "..", "conf", "catalogs", "photo-booth.toml")
PHOTOS, RUPIAH = 3, 5000


def charged(shop, account=None):
    account = account or shop.account()
    return account, shop.order(account, provider="midtrans", package="photos-3")


def tell(shop, *notifications):
    for notification in notifications:
        said = shop.midtrans.deliver(shop.hook("midtrans"), notification)
        check(said == 200, f"{said} to {notification}")


def status_calls(shop, order):
    at = f"/v2/{order['order_id']}/status"
    return [r for r in shop.midtrans.requests if r.path == at]


def the_booth(shop):
    with open(BOOTH, "rb") as file:
        answer = shop.client.call("PUT", "/v1/catalog", file.read(),
                                  headers={"Content-Type": "application/toml"})
    expect(answer, 200)
    sold, = expect(shop.get("/v1/packages"), 200)["data"]
    check((sold["id"], sold["credits"]) == ("photos-3", PHOTOS), f"{sold}")


def charge_and_picture(shop):
    account, key = shop.account(), unique()
    body = {"account": account, "package": "photos-3", "provider": "midtrans"}
    order = expect(shop.post("/v1/orders", body, key), 201)
    known = shop.midtrans.orders[order["order_id"]]
    check(known["gross_amount"] == f"{RUPIAH}.00", f"{known}")
    check(order["price"] == {"amount": RUPIAH * 100, "currency": "IDR"}, f"{order}")
    check(order["qr_url"] == known["actions"][0]["url"] and order["pay_url"] is None, f"{order}")
    check(order["reference"] == known["transaction_id"] and order["pay_until"], f"{order}")
    asked = [r for r in shop.midtrans.requests if r.path == "/v2/charge"]
    again = expect(shop.post("/v1/orders", body, key), 201)
    check(again["reference"] == order["reference"], f"{again}")
    check(len([r for r in shop.midtrans.requests if r.path == "/v2/charge"]) == len(asked),
          "a second charge")
    sent = json.loads(asked[-1].body)
    check(sent["item_details"][0]["name"] == "photos-3", f"{sent}")
    check(len(shop.midtrans.orders) == 1 and shop.status(order) == "pending", "not paid yet")
    dollars = shop.package(10)
    answer = shop.post("/v1/orders", {**body, "package": dollars})
    check(400 <= answer.status <= 502, f"Midtrans takes rupiah: {answer}")


def asked_a_thousand_times(shop):
    account, order = charged(shop)
    at = f"/v1/orders/{order['order_id']}"
    began, before = time.monotonic(), len(status_calls(shop, order))

    def poll(number):
        client, seen = shop.daemon.client(), []
        for turn in range(125):
            if number == 0 and turn == 60:
                shop.midtrans.pay(order["order_id"])
            seen.append(expect(client.call("GET", at), 200)["status"])
        return seen
    seen = at_once(8, poll)
    calls = len(status_calls(shop, order)) - before
    allowed = 1 + int((time.monotonic() - began) / 2)
    check(1 <= calls <= allowed, f"{calls} calls to Midtrans, {allowed} allowed")
    for one in seen:
        check(one == sorted(one), f"settled, and then pending again: {one}")
    shop.soon(lambda: shop.status(order) == "settled", "the page to hear of it")
    check(shop.available(account) == PHOTOS and len(shop.purchases(account)) == 1, "once")
    calls = len(status_calls(shop, order))
    for _ in range(10):
        shop.status(order)
    check(len(status_calls(shop, order)) == calls, "nothing more is asked")
    tell(shop, shop.midtrans.notification(order["order_id"]))
    check(shop.available(account) == PHOTOS, "the notification comes late")
    print(f"1 000 polls, {calls} calls to Midtrans")


def notified(shop):
    account, order = charged(shop)
    name = order["order_id"]
    pending = shop.midtrans.notification(name)
    paid = shop.midtrans.pay(name)
    heard = node("midtrans_client.js", {"do": "notification", "key": shop.midtrans.key,
                                        "base_url": shop.midtrans.base_url, "notification": paid})
    check(heard["transaction_status"] == "settlement", f"Midtrans' own client: {heard}")
    said = at_once(10, lambda _: shop.midtrans.deliver(shop.hook("midtrans"), paid))
    check(said == [200] * 10, f"{said}")
    tell(shop, paid, pending, pending, paid)
    check(shop.status(order) == "settled" and shop.available(account) == PHOTOS, "once")
    shop.restart("kill")
    tell(shop, paid, pending)
    check(shop.available(account) == PHOTOS and len(shop.purchases(account)) == 1, "still once")
    told = node("midtrans_client.js", {"do": "status", "key": shop.midtrans.key, "order": name,
                                       "base_url": shop.midtrans.base_url})
    check(told["transaction_status"] == "settlement", f"{told}")
    check(shop.shown(order)["payment_id"] == name, f"{shop.shown(order)}")


def forged(shop):
    account, order = charged(shop)
    name, kept = order["order_id"], shop.inbox()
    pending = shop.midtrans.notification(name)
    for change in ({"signature_key": "0" * 128}, {"signature_key": ""}, {"status_code": "200"},
                   {"gross_amount": "1.00"}, {"order_id": "ORDER-other"}):
        said = shop.midtrans.deliver(shop.hook("midtrans"), {**pending, **change})
        check(said == 400, f"{said} to {change}")
    check(shop.midtrans.deliver(shop.hook("midtrans"), []) == 400, "an array")
    check(shop.inbox() == kept, "something of it was kept")
    # Rightly signed, since the signature does not cover the status; but the status says otherwise.
    for change in ({"transaction_status": "settlement"}, {"transaction_status": "capture"},
                   {"transaction_status": "settlement", "fraud_status": "accept",
                    "transaction_id": "00000000-0000-4000-8000-999999999999"}):
        tell(shop, {**pending, **change})
        check(shop.available(account) == 0 and shop.status(order) == "pending", f"{change}")
    paid = shop.midtrans.pay(name)
    tell(shop, {**paid, "transaction_status": "expire"})
    check(shop.available(account) == PHOTOS, "the status says that it is paid")
    tell(shop, {**paid, "transaction_status": "refund"}, {**paid, "transaction_status": "deny"})
    check(shop.available(account) == PHOTOS and shop.status(order) == "settled", "and stays so")


def expired_and_denied(shop):
    for status, state in (("expire", "expired"), ("deny", "failed"), ("cancel", "canceled")):
        account, order = charged(shop)
        name = order["order_id"]
        ended = shop.midtrans.change(name, status)
        tell(shop, ended, ended)
        check(shop.status(order) == state and shop.available(account) == 0, f"{status}")
        tell(shop, shop.midtrans.pay(name), ended)
        check(shop.status(order) == "settled" and shop.available(account) == PHOTOS,
              f"money after {status}: {shop.shown(order)}")


def found_expired_by_asking(shop):
    _, order = charged(shop)
    shop.midtrans.expire(order["order_id"])
    shop.soon(lambda: shop.status(order) == "expired", "the order's end, by its status")


def refunded(shop):
    """The notifications of a payment and its two refunds, in every order; each asks for the status,
    which is the last one from the first of them on."""
    for order_of_news in itertools.permutations(range(3)):
        account, order = charged(shop)
        name = order["order_id"]
        news = [shop.midtrans.pay(name), shop.midtrans.refund(name, 2000),
                shop.midtrans.refund(name, 3000)]
        for number in order_of_news:
            tell(shop, news[number], news[number])
        check(shop.status(order) == "refunded" and shop.available(account) == 0,
              f"{order_of_news}: {shop.shown(order)}")
        check(len(shop.purchases(account)) == 1, f"{order_of_news}")


def refunded_in_steps(shop):
    account, order = charged(shop)
    name = order["order_id"]
    for news, left in ((shop.midtrans.pay(name), PHOTOS), (None, 1.5), (None, 0)):
        tell(shop, news or shop.midtrans.refund(name, 2500))
        check(shop.available(account) == left, f"{shop.balance(account)}, not {left}")
    check(shop.status(order) == "refunded", f"{shop.shown(order)}")
    account, order = charged(shop)
    tell(shop, shop.midtrans.pay(order["order_id"]))
    expect(shop.post(f"/v1/accounts/{account}/deductions", {"amount": PHOTOS}), 201)
    tell(shop, shop.midtrans.change(order["order_id"], "chargeback"))
    check(shop.status(order) == "disputed" and shop.available(account) == -PHOTOS, "owed")


def status_is_down(shop):
    account, order = charged(shop)
    paid, at = shop.midtrans.pay(order["order_id"]), shop.hook("midtrans")
    for failure in (500, 503, 429, "cut"):
        shop.midtrans.fail(100, failure)
        check(shop.midtrans.deliver(at, paid) == 502, f"{failure}: Midtrans is to try again")
        check(expect(shop.get(f"/v1/orders/{order['order_id']}"), 200)["status"] == "pending",
              "the page gets its answer all the same")
        check(shop.available(account) == 0, f"{failure}")
    shop.midtrans.fail(0)
    tell(shop, paid)
    check(shop.available(account) == PHOTOS and shop.status(order) == "settled", "then fine")
    nowhere = shop.midtrans.notification(order["order_id"])
    known = shop.midtrans.orders.pop(order["order_id"])
    check(shop.midtrans.deliver(at, nowhere) == 502, "Midtrans knows no such order")
    shop.midtrans.orders[order["order_id"]] = known


def ended_by_an_administrator(shop):
    account, order = charged(shop)
    at = f"/v1/orders/{order['order_id']}"
    check(expect(shop.post(f"{at}/cancel"), 200)["status"] == "canceled", "canceled")
    shop.soon(lambda: shop.midtrans.orders[order["order_id"]]["transaction_status"] == "expire",
              "the charge's end at Midtrans")
    check(shop.status(order) == "canceled" and shop.available(account) == 0, "as it was")


if __name__ == "__main__":
    run_shop([the_booth, charge_and_picture, asked_a_thousand_times, notified, forged,
              expired_and_denied, found_expired_by_asking, refunded, refunded_in_steps,
              status_is_down, ended_by_an_administrator])
