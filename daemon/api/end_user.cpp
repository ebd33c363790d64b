#include "daemon/api/end_user.hpp"

#include "daemon/api/body.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/auth/end_users.hpp"
#include "daemon/basics/http_text.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

constexpr Duration token_lifetime_min = Duration::seconds(10);
constexpr Duration token_lifetime_max = Duration::days(1);
constexpr Duration token_lifetime_default = Duration::seconds(15 * 60);

/// A browser's EventSource cannot set headers: a stream, and nothing else, takes the token from its
/// address. API keys are not looked for there, since addresses end up in logs.
std::optional<std::string> token_in_query(const Call& call) {
    const bool is_stream =
        call.match.route != nullptr && call.match.route->id == RouteId::account_stream;
    if (!is_stream || call.request().has(http::Header::authorization)) return std::nullopt;
    const auto parameters = QueryParameters::parse(call.request().query);
    if (!parameters) return std::nullopt;
    for (const auto& [name, value] : parameters->list()) {
        if (name == "token") return value;
    }
    return std::nullopt;
}

Duration read_lifetime(ObjectReader& reader) {
    const auto ttl = reader.duration("ttl", optional_field, token_lifetime_max);
    if (ttl && *ttl < token_lifetime_min) reader.fail("ttl", "must be at least 10s");
    return ttl.value_or(token_lifetime_default);
}

void respond_with_token(Call& call, const BalanceView& view, Duration lifetime) {
    // No token outlives the key that asked for it.
    const Timestamp expires_at =
        std::min(call.api().clock.wall() + lifetime, call.caller.expires_at);
    call.header_lines += "Cache-Control: no-store\r\n";
    JsonWriter json(call.begin_json(201));
    json.begin_object();
    json.text("token", call.api().end_users->tokens().make(view.account, expires_at));
    json.text("account", view.account);
    json.timestamp("expires_at", expires_at);
    json.integer("seq", view.seq.value);
    json.end_object();
    call.finish();
}

}  // namespace

std::optional<Caller> find_end_user(const Call& call) {
    const Api& api = call.api();
    if (api.end_users == nullptr) return std::nullopt;
    std::string scratch;
    const auto shown = api_key_of(call.request().header(http::Header::authorization), scratch);
    const auto in_query = token_in_query(call);
    if (!shown && !in_query) return std::nullopt;
    auto user = api.end_users->find(in_query ? *in_query : *shown, api.clock.wall());
    if (!user) return std::nullopt;
    // The prefix is what handlers look at; that it is the whole id is seen to by may_see_account.
    return Caller{"end_user", end_user_bit, std::move(user->account), user->expires_at};
}

bool may_see_account(const Call& call) {
    return call.caller.scopes != end_user_bit || call.parameter() == call.caller.account_prefix;
}

void handle_create_token(Call& call) {
    const auto lifetime = read_body(
        call, [](ObjectReader& reader, const ParseContext&) { return read_lifetime(reader); });
    if (!lifetime) return;
    auto view = std::make_shared<std::optional<BalanceView>>();
    inspect(
        call,
        [&call, view](const LedgerTurn& turn) {
            *view = view_balance(turn, call.parameter(), call.caller.account_prefix);
        },
        [&call, view, lifetime = *lifetime] {
            if (!*view) call.respond_problem(ProblemCode::account_not_found);
            else if (call.api().end_users == nullptr) {
                call.respond_unavailable(Unavailable::overloaded);
            } else {
                respond_with_token(call, **view, lifetime);
            }
        });
}

}  // namespace creditd::daemon
