#include "daemon/payments/midtrans_news.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "daemon/payments/foreign_json.hpp"
#include "replay/sha256.hpp"
#include "text/time_text.hpp"

namespace creditd::daemon {
namespace {

using Told = decltype(ProviderNews::told);
constexpr std::size_t fraction_digits_max = 2;
constexpr std::string_view id_of_chargeback = "chargeback";

struct Notice {
    ForeignObject object;
    std::string status;
    std::string status_code;
    std::string fraud;  // empty: not said, as in the status of a QRIS payment
    Money gross;
};

std::int64_t amount_of(const ForeignObject& object, std::string_view name) {
    const std::string text = object.scalar(name);
    const auto minor = idr_minor(text);
    if (!minor) object.fail(name, "must be an amount of IDR with at most two decimals");
    return minor.value_or(0);
}

/// What was given back so far: the sum that Midtrans tells, or that of the single refunds, if that
/// is more; all of it where a whole refund names no amount.
std::int64_t refunded(const Notice& notice) {
    const bool is_told = notice.object.has("refund_amount");
    std::int64_t total = is_told ? amount_of(notice.object, "refund_amount") : 0;
    std::int64_t listed = 0;
    for (const ForeignObject& refund : notice.object.objects("refunds")) {
        if (!refund.has("refund_amount")) continue;
        listed += std::min(amount_of(refund, "refund_amount"), notice.gross.minor);
        listed = std::min(listed, notice.gross.minor);
    }
    total = std::max(total, listed);
    if (total == 0 && !is_told && notice.status == "refund") return notice.gross.minor;
    return total;
}

PaymentTold payment(const Notice& notice) {
    PaymentNews news;
    news.provider = midtrans_provider;
    news.payment_id = notice.object.required_id("order_id");
    news.payment_digest = replay::digest128('p', news.provider, news.payment_id);
    news.paid = true;
    news.amount = notice.gross;
    return {std::move(news)};
}

Told told_by_settled(const Notice& notice) {
    if (notice.status_code != "200") {
        return NothingTold{"Paid, says the status; its code says something else."};
    }
    const bool needs_fraud_status = notice.object.text("payment_type") == "credit_card";
    if (notice.fraud != "accept" && (needs_fraud_status || !notice.fraud.empty())) {
        return NothingTold{"Midtrans has not accepted the payment yet."};
    }
    return payment(notice);
}

Told told_by_refunded(const Notice& notice) {
    PaymentTold told = payment(notice);
    told.payment.refunded_minor = refunded(notice);
    return told;
}

Told told_by_charged_back(const Notice& notice) {
    PaymentTold told = payment(notice);
    told.payment.disputes.push_back({std::string(id_of_chargeback), DisputeStatus::lost});
    return told;
}

/// After a settlement it is a reversal: all of the money has gone back.
Told told_by_denied(const Notice& notice) {
    if (!notice.object.has("settlement_time")) return OrderTold{OrderStatus::failed};
    PaymentTold told = payment(notice);
    told.payment.refunded_minor = notice.gross.minor;
    return told;
}

Told told_by_failed(const Notice&) { return OrderTold{OrderStatus::failed}; }
Told told_by_canceled(const Notice&) { return OrderTold{OrderStatus::canceled}; }
Told told_by_expired(const Notice&) { return OrderTold{OrderStatus::expired}; }
Told told_by_open(const Notice&) { return NothingTold{"The order waits for its payment."}; }

struct StatusReader {
    std::string_view status;
    Told (*read)(const Notice& notice);
};

constexpr std::array status_readers{
    StatusReader{"settlement", told_by_settled},
    StatusReader{"capture", told_by_settled},
    StatusReader{"refund", told_by_refunded},
    StatusReader{"partial_refund", told_by_refunded},
    StatusReader{"chargeback", told_by_charged_back},
    StatusReader{"partial_chargeback", told_by_charged_back},
    StatusReader{"deny", told_by_denied},
    StatusReader{"failure", told_by_failed},
    StatusReader{"cancel", told_by_canceled},
    StatusReader{"expire", told_by_expired},
    StatusReader{"pending", told_by_open},
    StatusReader{"authorize", told_by_open},
};

Told told_by(const Notice& notice) {
    for (const StatusReader& reader : status_readers) {
        if (reader.status == notice.status) return reader.read(notice);
    }
    return NothingTold{"A status that creditd does not act on."};
}

/// All that a later notification of the same order could say differently.
std::string id_of(const Notice& notice) {
    std::string id = notice.object.required_id("order_id");
    id.append("/").append(notice.status).append("/");
    id.append(notice.object.scalar("refund_amount")).append("/");
    id.append(notice.object.id("transaction_id")).append("/").append(notice.status_code);
    if (!notice.fraud.empty()) id.append("/").append(notice.fraud);
    return id;
}

std::optional<Timestamp> time_of(const ForeignObject& object) {
    for (const std::string_view name : {"settlement_time", "transaction_time"}) {
        const std::string text = object.text(name);
        if (text.empty()) continue;
        const auto moment = midtrans_moment(text);
        if (!moment) object.fail(name, "must be a moment, YYYY-MM-DD HH:MM:SS");
        return moment;
    }
    return std::nullopt;
}

void read_notice(const ForeignObject& object, ProviderNews& news) {
    Notice notice{object,
                  object.required_text("transaction_status"),
                  object.scalar("status_code"),
                  object.text("fraud_status"),
                  {amount_of(object, "gross_amount"), Currency::of("IDR")}};
    if (object.currency("currency").value_or(notice.gross.currency) != notice.gross.currency) {
        object.fail("currency", "must be IDR");
    }
    news.notification = id_of(notice);
    news.type = notice.status;
    news.at = time_of(object);
    news.goods.order = object.id("order_id");
    news.told = told_by(notice);
}

}  // namespace

std::optional<std::int64_t> idr_minor(std::string_view text) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string digits(whole);
    std::size_t fraction_digits = 0;
    if (point != std::string_view::npos) {
        const std::string_view fraction = text.substr(point + 1);
        fraction_digits = fraction.size();
        digits.append(fraction);
        if (fraction.empty()) return std::nullopt;
    }
    if (whole.empty() || fraction_digits > fraction_digits_max) return std::nullopt;
    digits.append(fraction_digits_max - fraction_digits, '0');
    if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    std::int64_t minor = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
    if (result.ec != std::errc{} || minor > limits::money_minor_max) return std::nullopt;
    return minor;
}

std::optional<Timestamp> midtrans_moment(std::string_view text) {
    constexpr std::size_t bytes = 19;  // YYYY-MM-DD HH:MM:SS
    constexpr std::size_t blank = 10;
    if (text.size() != bytes || text[blank] != ' ') return std::nullopt;
    std::string rfc3339(text);
    rfc3339[blank] = 'T';
    return parse_timestamp(rfc3339 + "+07:00");
}

std::expected<ProviderNews, FieldError> read_midtrans_news(JsonValue body) {
    if (!body.is_object()) return std::unexpected(FieldError{"#", "must be an object"});
    FieldErrors errors;
    ProviderNews news;
    read_notice(ForeignObject(body, errors), news);
    if (!errors.empty()) return std::unexpected(errors.list().front());
    return news;
}

std::expected<ProviderNews, FieldError> read_midtrans_news(std::string_view body) {
    JsonDocument document;
    const auto root = document.parse(body);
    if (!root) return std::unexpected(root.error());
    return read_midtrans_news(*root);
}

}  // namespace creditd::daemon
