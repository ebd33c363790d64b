#include "daemon/api/parse_command.hpp"

#include <algorithm>
#include <array>

#include "catalog/feature_keys.hpp"
#include "catalog/price_json.hpp"
#include "daemon/api/ids.hpp"
#include "daemon/api/routes.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

constexpr std::array<std::pair<std::string_view, GrantKind>, 8> grant_kinds{{
    {"signup", GrantKind::signup},
    {"plan", GrantKind::plan},
    {"purchase", GrantKind::purchase},
    {"bonus", GrantKind::bonus},
    {"promo", GrantKind::promo},
    {"referral", GrantKind::referral},
    {"admin", GrantKind::admin},
    {"refund", GrantKind::refund},
}};
constexpr std::array<std::pair<std::string_view, OnExpiry>, 2> on_expiry_names{{
    {"release", OnExpiry::release},
    {"capture", OnExpiry::capture},
}};

// Equal objects make equal text, however their keys were ordered: the fingerprint covers it.
constexpr JsonCopyLimits sorted_copy{.sorted_keys = true};

std::string text_of(std::optional<std::string_view> value) {
    return value ? std::string(*value) : std::string{};
}

/// metadata, description, reason, dry_run: the same for everything that moves credits.
void read_common(ObjectReader& reader, const ParseContext& context, ParsedCommand& parsed) {
    reader.object_copy("metadata", parsed.personal.metadata, sorted_copy);
    parsed.personal.description = text_of(reader.text("description"));
    parsed.personal.reason = text_of(reader.text("reason"));
    if (!parsed.personal.reason.empty() && !context.is_administrator) {
        reader.fail("reason", "only an administrator may give a reason");
    }
    parsed.dry_run = reader.boolean("dry_run").value_or(false);
}

// Whether it lies in the future is for core to say: the repeat of a request that is known by its
// key may come long after.
ExpiryRequest read_expiry(ObjectReader& reader) {
    ExpiryRequest expiry;
    expiry.at = reader.timestamp("expires_at");
    expiry.in = reader.duration("expires_in");
    if (expiry.at && expiry.in) {
        reader.fail("expires_in", "give expires_at or expires_in, not both");
    }
    return expiry;
}

CommandBody read_account(ObjectReader& reader, std::string_view account,
                         const ParseContext& context, ParsedCommand& parsed) {
    PutAccount body;
    body.account = account;
    if (const auto parent = reader.id("parent")) body.parent = std::string(*parent);
    if (const auto limit = reader.raw("credit_limit")) {
        // Unlike other amounts it may be zero: that takes the limit away.
        if (limit->text() == "0") {
            body.credit_limit = Credits{};
        } else {
            body.credit_limit = reader.amount("credit_limit", context.decimals);
        }
    }
    parsed.personal.name = text_of(reader.text("name"));
    reader.object_copy("metadata", parsed.personal.metadata, sorted_copy);
    reader.object_copy("labels", parsed.personal.labels, sorted_copy);
    parsed.personal.reason = text_of(reader.text("reason"));
    body.has_profile = !parsed.personal.is_empty();
    return body;
}

CommandBody read_grant(ObjectReader& reader, std::string_view account,
                       const ParseContext& context) {
    GrantCredits body;
    body.account = account;
    body.amount = reader.amount("amount", context.decimals, required_field).value_or(Credits{});
    body.kind = reader.enumeration<GrantKind>("kind", grant_kinds).value_or(GrantKind::admin);
    body.priority =
        static_cast<std::uint16_t>(reader.integer("priority", 0, limits::grant_priority_max)
                                       .value_or(limits::grant_priority_default));
    body.effective_at = reader.timestamp("effective_at");
    body.expiry = read_expiry(reader);
    if (body.effective_at && body.expiry.at && *body.expiry.at <= *body.effective_at) {
        reader.fail("expires_at", "must lie after effective_at");
    }
    body.features = read_feature_keys(reader);
    body.cost = reader.money("cost").value_or(Money{});
    return body;
}

CommandBody read_purchase(ObjectReader& reader, std::string_view account,
                          const ParseContext& context) {
    PurchaseCredits body;
    body.account = account;
    body.amount = reader.amount("amount", context.decimals).value_or(Credits{});
    body.package = text_of(reader.id("package"));
    if (reader.has("amount") == reader.has("package")) {
        reader.fail(reader.has("amount") ? "package" : "amount",
                    "give either an amount or a package");
    }
    body.expiry = read_expiry(reader);
    const auto payment = reader.object("payment", required_field);
    if (!payment) return body;
    ObjectReader payment_reader(*payment, context.errors);
    body.provider = text_of(payment_reader.id("provider", required_field));
    body.payment_id = text_of(payment_reader.text(
        "id", {.required = true, .min_bytes = 1, .max_bytes = limits::id_bytes_max * 2}));
    body.payment = payment_reader.money_fields(required_field).value_or(Money{});
    payment_reader.finish();
    body.payment_digest = replay::digest128('p', body.provider, body.payment_id);
    return body;
}

PriceRequest read_price(ObjectReader& reader, const ParseContext& context) {
    PriceRequest price;
    price.amount = reader.amount("amount", context.decimals);
    price.feature = text_of(reader.id("feature"));
    if (reader.has("amount") == reader.has("feature")) {
        reader.fail(reader.has("amount") ? "feature" : "amount",
                    "give either an amount or a feature");
    }
    price.quantity = reader.integer("quantity", 1, 1'000'000'000).value_or(1);
    if (reader.has("quantity") && price.feature.empty()) {
        reader.fail("quantity", "belongs to a feature, not to an amount");
    }
    price.units = read_units(reader, context.errors);
    price.options = read_options(reader);
    if (price.feature.empty() && !(price.units.empty() && price.options.empty())) {
        reader.fail(price.units.empty() ? "options" : "units",
                    "belong to a feature, not to an amount");
    }
    price.user = text_of(reader.id("user"));
    price.model = text_of(reader.id("model"));
    return price;
}

CommandBody read_deduction(ObjectReader& reader, std::string_view account,
                           const ParseContext& context, ParsedCommand& parsed) {
    DeductCredits body;
    body.account = account;
    body.price = read_price(reader, context);
    body.allow_partial = reader.boolean("allow_partial").value_or(false);
    parsed.personal.resource = text_of(reader.text("resource"));
    return body;
}

CommandBody read_hold(ObjectReader& reader, std::string_view account, const ParseContext& context) {
    PlaceHold body;
    body.account = account;
    body.price = read_price(reader, context);
    body.expires_in =
        reader.duration("expires_in", required_field, Duration::seconds(limits::hold_seconds_max))
            .value_or(Duration{});
    body.on_expiry =
        reader.enumeration<OnExpiry>("on_expiry", on_expiry_names).value_or(OnExpiry::release);
    return body;
}

CommandBody read_capture(ObjectReader& reader, std::string_view hold, const ParseContext& context) {
    CaptureHold body;
    body.hold = parse_hold_id(hold).value_or(HoldId{});
    body.amount = reader.amount("amount", context.decimals);
    body.final = reader.boolean("final").value_or(false);
    body.units = read_units(reader, context.errors);
    if (reader.has("amount") && reader.has("units")) {
        reader.fail("units", "give an amount or units, not both");
    }
    return body;
}

CommandBody read_extension(ObjectReader& reader, std::string_view hold,
                           const ParseContext& context) {
    ExtendHold body;
    body.hold = parse_hold_id(hold).value_or(HoldId{});
    body.amount = reader.amount("amount", context.decimals);
    body.expires_in =
        reader.duration("expires_in", {}, Duration::seconds(limits::hold_seconds_max));
    if (!reader.has("amount") && !reader.has("expires_in")) {
        reader.fail("expires_in", "give an amount, expires_in, or both");
    }
    return body;
}

CommandBody read_transfer(ObjectReader& reader, const ParseContext& context) {
    TransferCredits body;
    body.from = text_of(reader.id("from", required_field));
    body.to = text_of(reader.id("to", required_field));
    body.amount = reader.amount("amount", context.decimals, required_field).value_or(Credits{});
    if (!body.from.empty() && body.from == body.to) {
        reader.fail("to", "must be another account than from");
    }
    return body;
}

std::uint32_t read_scopes(ObjectReader& reader) {
    std::uint32_t scopes = 0;
    const auto list = reader.array("scopes", {.required = true, .min_items = 1});
    if (!list) return scopes;
    for (const JsonValue value : *list) {
        const auto scope = value.kind() == JsonKind::string ? scope_of(value.text()) : std::nullopt;
        if (!scope) {
            reader.fail("scopes",
                        "must be of admin, ledger:write, ledger:read, catalog:write, audit:read, "
                        "webhooks:write, payments:write");
            return scopes;
        }
        scopes |= bit_of(*scope);
    }
    return scopes;
}

CommandBody read_api_key(ObjectReader& reader) {
    CreateApiKey body;
    body.name = text_of(reader.text("name", {.required = true, .min_bytes = 1}));
    body.scopes = read_scopes(reader);
    body.account_prefix = text_of(reader.id("account_prefix"));
    body.expires_in = reader.duration("expires_in");
    return body;
}

/// An account's id in a path: one that is not valid names no account.
std::string account_of(std::string_view target) {
    return is_valid_id(target) ? std::string(target) : std::string{};
}

}  // namespace

ParsedCommand parse_command(CommandKind kind, ObjectReader& reader, std::string_view target,
                            const ParseContext& context) {
    ParsedCommand parsed;
    switch (kind) {
        case CommandKind::account:
            parsed.body = read_account(reader, target, context, parsed);
            return parsed;
        case CommandKind::api_key: parsed.body = read_api_key(reader); return parsed;
        case CommandKind::close: parsed.body = CloseAccount{account_of(target)}; break;
        case CommandKind::reopen: parsed.body = ReopenAccount{account_of(target)}; break;
        case CommandKind::forget: parsed.body = ForgetAccount{account_of(target)}; break;
        case CommandKind::grant:
            parsed.body = read_grant(reader, account_of(target), context);
            break;
        case CommandKind::purchase:
            parsed.body = read_purchase(reader, account_of(target), context);
            break;
        case CommandKind::deduct:
            parsed.body = read_deduction(reader, account_of(target), context, parsed);
            break;
        case CommandKind::refund:
            parsed.body =
                RefundDeduction{DeductionId{parse_transaction_id(target).value_or(Seq{}).value},
                                reader.amount("amount", context.decimals)};
            break;
        case CommandKind::revoke:
            parsed.body = RevokeGrant{parse_grant_id(target).value_or(GrantId{}),
                                      reader.amount("amount", context.decimals)};
            break;
        case CommandKind::hold: parsed.body = read_hold(reader, account_of(target), context); break;
        case CommandKind::capture: parsed.body = read_capture(reader, target, context); break;
        case CommandKind::extend: parsed.body = read_extension(reader, target, context); break;
        case CommandKind::release:
            parsed.body = ReleaseHold{parse_hold_id(target).value_or(HoldId{})};
            break;
        case CommandKind::transfer: parsed.body = read_transfer(reader, context); break;
        default: parsed.body = read_arrangement(kind, reader, target, context);
    }
    read_common(reader, context, parsed);
    return parsed;
}

std::optional<CommandKind> operation_kind(std::string_view op) {
    static constexpr std::array<std::pair<std::string_view, CommandKind>, 11> kinds{{
        {"deduct", CommandKind::deduct},
        {"grant", CommandKind::grant},
        {"account", CommandKind::account},
        {"purchase", CommandKind::purchase},
        {"refund", CommandKind::refund},
        {"revoke", CommandKind::revoke},
        {"hold", CommandKind::hold},
        {"capture", CommandKind::capture},
        {"extend", CommandKind::extend},
        {"release", CommandKind::release},
        {"transfer", CommandKind::transfer},
    }};
    for (const auto& [name, kind] : kinds) {
        if (name == op) return kind;
    }
    return std::nullopt;
}

}  // namespace creditd::daemon
