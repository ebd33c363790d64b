#include "daemon/payments/midtrans_calls.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/payments/midtrans_news.hpp"
#include "replay/proof/signed_note.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

constexpr std::int64_t minor_of_one_rupiah = 100;
constexpr std::int64_t minute_us = 60 * 1'000'000;
constexpr std::size_t order_bytes_max = 50;
constexpr std::size_t item_name_bytes_max = 50;
constexpr std::size_t idempotency_key_bytes_max = 46;
constexpr int http_in_process = 202;  // the same request is still being worked on
constexpr std::string_view order_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~.";

bool is_order_id(std::string_view text) {
    return !text.empty() && text.size() <= order_bytes_max &&
           text.find_first_not_of(order_characters) == std::string_view::npos;
}

std::optional<std::string> fault_of(const QrisAsk& ask) {
    if (!is_order_id(ask.order)) return "The order's id is none that Midtrans can take.";
    if (ask.price.currency != Currency::of("IDR")) return "Midtrans takes IDR only.";
    if (ask.price.minor <= 0 || ask.price.minor % minor_of_one_rupiah != 0) {
        return "Midtrans takes whole rupiah only.";
    }
    return std::nullopt;
}

/// A prefix of at most `bytes_max` that ends where a character of UTF-8 does.
std::string_view shortened(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t bytes = bytes_max;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
    return text.substr(0, bytes);
}

std::string charge_body(const QrisAsk& ask) {
    const std::int64_t rupiah = ask.price.minor / minor_of_one_rupiah;
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.text("payment_type", "qris");
    json.begin_object("transaction_details");
    json.text("order_id", ask.order);
    json.integer("gross_amount", rupiah);
    json.end_object();
    json.begin_array("item_details");
    json.begin_object();
    json.text("id", ask.order);
    json.integer("price", rupiah);
    json.integer("quantity", 1);
    json.text("name", shortened(ask.name, item_name_bytes_max));
    json.end_object();
    json.end_array();
    json.begin_object("qris");
    json.text("acquirer", "gopay");
    json.end_object();
    json.begin_object("custom_expiry");
    json.integer("expiry_duration", (ask.expires_in.value + minute_us - 1) / minute_us);
    json.text("unit", "minute");
    json.end_object();
    json.end_object();
    return body;
}

std::string order_path(std::string_view order, std::string_view what) {
    return "/v2/" + path_segment(order) + '/' + std::string(what);
}

/// What the body says the status is; that of HTTP where it says none.
int status_of(const HttpResult& result, const ForeignObject& answer) {
    FieldErrors ignored;
    const std::string code = ForeignObject(answer.value(), ignored).scalar("status_code");
    int status = 0;
    const auto parsed = std::from_chars(code.data(), code.data() + code.size(), status);
    const bool is_code = parsed.ec == std::errc{} && parsed.ptr == code.data() + code.size();
    return is_code && status >= 100 && status <= 999 ? status : result.status;
}

CallError error_of(const HttpResult& result, const ForeignObject& answer) {
    FieldErrors ignored;
    const int status = status_of(result, answer);
    std::string message = ForeignObject(answer.value(), ignored).text("status_message");
    if (message.empty()) message = "Midtrans answered " + std::to_string(result.status) + '.';
    return {status, std::to_string(status), std::move(message), may_retry(status),
            result.retry_after};
}

std::optional<CallError> refused_charge(const HttpResult& result, const ForeignObject& answer) {
    const int status = status_of(result, answer);
    const bool is_good = result.status < 300 && (status == 200 || status == 201);
    if (is_good && result.status != http_in_process) return std::nullopt;
    CallError error = error_of(result, answer);
    error.may_retry = error.may_retry || result.status == http_in_process;
    return error;
}

/// Whatever its code: where there is a transaction there is an answer.
std::optional<CallError> refused_status(const HttpResult& result, const ForeignObject& answer) {
    const bool is_known = answer.has("transaction_status");
    const bool is_unknown =  // said by Midtrans, not by whoever else stands at the address
        !is_known && answer.has("status_code") && status_of(result, answer) == 404;
    return is_known || is_unknown ? std::nullopt : std::optional(error_of(result, answer));
}

QrisCharge charge_of(const ForeignObject& answer) {
    QrisCharge charge;
    charge.transaction = answer.required_id("transaction_id");
    charge.order = answer.required_id("order_id");
    charge.qr_string = answer.text("qr_string");
    for (const ForeignObject& action : answer.objects("actions")) {
        const bool is_picture = action.text("name") == "generate-qr-code";
        if (is_picture) charge.qr_url = action.text("url");
    }
    if (charge.qr_string.empty() && charge.qr_url.empty()) {
        answer.fail("qr_string", "must be there, or an action generate-qr-code");
    }
    const std::string expiry = answer.text("expiry_time");
    charge.expires_at = midtrans_moment(expiry);
    if (!expiry.empty() && !charge.expires_at) {
        answer.fail("expiry_time", "must be a moment, YYYY-MM-DD HH:MM:SS");
    }
    return charge;
}

}  // namespace

HttpRequest MidtransCalls::request(std::string method, std::string_view path) const {
    HttpRequest request;
    request.method = std::move(method);
    request.url = provider_url(config_.base_url, path);
    std::string user(config_.server_key.reveal());
    user += ':';  // and no password
    request.headers = {"Authorization: Basic " + replay::proof::to_base64(user),
                       "Accept: application/json", "Content-Type: application/json"};
    explicit_bzero(user.data(), user.size());
    request.timeout = provider_call_timeout;
    request.body_bytes_max = provider_answer_bytes_max;
    return request;
}

std::expected<HttpRequest, std::string> MidtransCalls::charge_qris(const QrisAsk& ask) const {
    if (auto fault = fault_of(ask)) return std::unexpected(std::move(*fault));
    HttpRequest result = request("POST", "/v2/charge");
    // For five minutes the same answer comes again; later, code 406 for an order that is known.
    const std::string key = ask.order + "-charge";
    if (key.size() <= idempotency_key_bytes_max) {
        result.headers.push_back("Idempotency-Key: " + key);
    }
    if (!config_.notification_url.empty()) {
        result.headers.push_back("X-Override-Notification: " + config_.notification_url);
    }
    result.body = charge_body(ask);
    return result;
}

HttpRequest MidtransCalls::get_status(std::string_view order) const {
    return request("GET", order_path(order, "status"));
}

HttpRequest MidtransCalls::cancel(std::string_view order) const {
    return request("POST", order_path(order, "cancel"));
}

HttpRequest MidtransCalls::expire(std::string_view order) const {
    return request("POST", order_path(order, "expire"));
}

CallResult<QrisCharge> read_qris_charge(const HttpResult& result) {
    return read_answer(result, refused_charge, charge_of);
}

CallResult<std::optional<ProviderNews>> read_midtrans_status(const HttpResult& result) {
    return read_answer(result, refused_status,
                       [](const ForeignObject& answer) -> std::optional<ProviderNews> {
                           if (!answer.has("transaction_status")) return std::nullopt;
                           auto news = read_midtrans_news(*answer.value());
                           if (news) return std::move(*news);
                           const std::string_view pointer = news.error().pointer;
                           answer.fail(pointer.substr(std::min<std::size_t>(2, pointer.size())),
                                       news.error().detail);
                           return std::nullopt;
                       });
}

}  // namespace creditd::daemon
