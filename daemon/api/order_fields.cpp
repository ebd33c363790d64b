#include "daemon/api/order_fields.hpp"

#include <algorithm>
#include <array>

#include "daemon/api/orders.hpp"
#include "daemon/payments/payment_commands.hpp"
#include "replay/sha256.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

constexpr std::size_t order_id_bytes = 6;  // of the hexadecimal part
constexpr std::array<std::pair<std::string_view, Interval>, 2> intervals{
    {{"month", Interval::month}, {"year", Interval::year}}};
constexpr std::array<std::string_view, 3> providers{"stripe", "midtrans", "manual"};
constexpr std::array<std::string_view, 7> statuses{"pending",  "settled",  "failed",  "expired",
                                                   "canceled", "refunded", "disputed"};

template <class Text>
std::string text_of(const std::optional<Text>& text) {
    return text ? std::string(*text) : std::string();
}

/// The same key asks for the same order.
std::string id_by_key(std::string_view key) {
    const auto digest = replay::digest128('O', key);
    return "ORDER-" + replay::to_hex(std::span(digest.bytes).first(order_id_bytes));
}

std::string read_url(ObjectReader& reader, std::string_view name) {
    const auto url = reader.text(name, {.min_bytes = 8, .max_bytes = limits::text_bytes_max});
    if (!url) return {};
    const bool is_web = url->starts_with("https://") || url->starts_with("http://");
    if (!is_web) reader.fail(name, "must be an http or https URL");
    return std::string(*url);
}

void read_goods(ObjectReader& reader, const ParseContext& context, PlaceOrder& command) {
    command.package = text_of(reader.id("package"));
    command.plan = text_of(reader.id("plan"));
    command.amount = reader.amount("amount", context.decimals).value_or(Credits{});
    const int given = reader.has("package") + reader.has("plan") + reader.has("amount");
    if (given != 1) reader.fail("package", "give either a package, or a plan, or an amount");
    const auto interval = reader.enumeration<Interval>("interval", intervals);
    if (interval && command.plan.empty()) reader.fail("interval", "belongs to a plan");
    command.interval = interval.value_or(Interval::month);
    command.price = reader.money("price").value_or(Money{});
    if (command.price.minor > 0 && command.amount.is_zero()) {
        reader.fail("price", "belongs to an amount; what the catalog sells has its price there");
    }
}

/// What Midtrans would refuse when it is asked for the picture.
void check_for_midtrans(ObjectReader& reader, const PlaceOrder& command) {
    constexpr std::size_t id_bytes_max = 50;
    const auto may_stand = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_~.").contains(c);
    };
    if (command.id.size() > id_bytes_max || !std::ranges::all_of(command.id, may_stand)) {
        reader.fail("order_id", "Midtrans takes at most 50 letters, digits, -, _, ~ and .");
    }
    const bool is_rupiah = command.price.currency == Currency::of("IDR");
    if (command.price.minor > 0 && (!is_rupiah || command.price.minor % 100 != 0)) {
        reader.fail("price", "Midtrans takes whole IDR: a multiple of 100 minor units");
    }
}

void write_money(JsonWriter& json, std::string_view name, const Money& money) {
    json.begin_object(name);
    json.integer("amount", money.minor);
    json.text("currency", money.currency.text());
    json.end_object();
}

void write_time(JsonWriter& json, std::string_view name, Timestamp time) {
    if (time == Timestamp{}) json.null(name);
    else json.timestamp(name, time);
}

}  // namespace

OrderAsk read_order_ask(ObjectReader& reader, const ParseContext& context, std::string_view key) {
    OrderAsk ask;
    PlaceOrder& command = ask.command;
    command.account = text_of(reader.id("account", required_field));
    const auto id = reader.id("order_id");
    command.id = id ? std::string(*id) : id_by_key(key);
    command.digest = order_digest_of(command.id);
    read_goods(reader, context, command);
    const auto provider = reader.text("provider", {.required = true, .min_bytes = 1});
    command.provider = text_of(provider);
    const bool is_known =
        std::find(providers.begin(), providers.end(), command.provider) != providers.end();
    if (provider && !is_known) {
        reader.fail("provider", "must be \"stripe\", \"midtrans\" or \"manual\"");
    }
    if (command.provider == "midtrans") check_for_midtrans(reader, command);
    ask.name = text_of(reader.text("name", {.min_bytes = 1, .max_bytes = 200}));
    ask.success_url = read_url(reader, "success_url");
    ask.cancel_url = read_url(reader, "cancel_url");
    return ask;
}

std::string_view name_of(OrderStatus status) { return statuses[static_cast<std::size_t>(status)]; }

std::optional<OrderStatus> order_status_of(std::string_view name) {
    const auto found = std::find(statuses.begin(), statuses.end(), name);
    if (found == statuses.end()) return std::nullopt;
    return static_cast<OrderStatus>(found - statuses.begin());
}

void render_order(std::string& out, const Event& event, unsigned decimals, std::optional<Seq> seq) {
    const Order& order = std::get<OrderSet>(event.body).order;
    JsonWriter json(out);
    json.begin_object();
    json.text("order_id", order.id);
    json.text("account", event.account);
    json.text("status", name_of(order.status));
    json.text("provider", order.provider);
    json.text_or_null("package", order.package);
    json.text_or_null("plan", order.plan);
    if (order.plan.empty()) json.null("interval");
    else json.text("interval", order.interval == Interval::year ? "year" : "month");
    json.credits("credits", order.credits, decimals);
    json.credits("bonus", order.bonus, decimals);
    write_money(json, "price", order.price);
    json.text_or_null("reference", order.reference);
    json.text_or_null("pay_url", order.pay_url);
    json.text_or_null("qr_url", order.qr_url);
    write_time(json, "pay_until", order.pay_until);
    json.text_or_null("payment_id", order.payment_id);
    json.timestamp("created_at", order.placed_at);
    write_time(json, "settled_at", order.settled_at);
    if (seq) json.integer("seq", seq->value);
    json.end_object();
}

}  // namespace creditd::daemon
