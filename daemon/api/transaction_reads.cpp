#include <algorithm>
#include <array>

#include "daemon/api/ids.hpp"
#include "daemon/api/list_query.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/basics/http_text.hpp"
#include "text/json_writer.hpp"
#include "text/time_text.hpp"

namespace creditd::daemon {
namespace {

using replay::followers::HistoryFilter;
using replay::followers::KindSet;

/// An export is one answer of at most so many lines; the Link header leads to the rest.
constexpr std::size_t csv_lines_max = 10'000;

/// The seq that an answer shows: the command's last event. A transfer's first event is followed by
/// the one that ends its command.
Seq last_seq_of(const Event& event) {
    return std::holds_alternative<TransferredOut>(event.body) ? event.seq.next() : event.seq;
}

KindSet all_transactions() {
    KindSet kinds = 0;
    for (std::size_t i = 0; i < std::variant_size_v<EventBody>; ++i) {
        if (!transaction_type_of_kind(i).empty()) kinds |= KindSet{1} << i;
    }
    return kinds;
}

std::optional<KindSet> kinds_of_type(std::string_view type) {
    KindSet kinds = 0;
    for (std::size_t i = 0; i < std::variant_size_v<EventBody>; ++i) {
        if (transaction_type_of_kind(i) == type) kinds |= KindSet{1} << i;
    }
    if (kinds == 0 && type != "subscription") return std::nullopt;
    return kinds;
}

struct TransactionList {
    ListQuery query;
    HistoryFilter filter;
    std::optional<Timestamp> from;
    std::optional<Timestamp> to;
    bool as_csv = false;
    std::string account;
    AccountNo no = AccountNo::none();
    ListPage page;
    bool is_readable = true;
};

bool text_matches(const std::optional<std::string>& wanted, std::string_view value) {
    return !wanted || *wanted == value;
}

const Usage* usage_of(const EventBody& body) {
    if (const auto* deducted = std::get_if<CreditsDeducted>(&body)) return &deducted->usage;
    if (const auto* captured = std::get_if<HoldCaptured>(&body)) return &captured->usage;
    if (const auto* placed = std::get_if<HoldPlaced>(&body)) return &placed->usage;
    return nullptr;
}

/// The index finds texts by a hash; the event itself decides.
bool is_match(const HistoryFilter& filter, const LoadedEvent& loaded) {
    static const Usage no_usage;
    const Usage* const found = usage_of(loaded.event.body);
    const Usage& usage = found == nullptr ? no_usage : *found;
    std::string_view feature = usage.feature;
    if (const auto* refused = std::get_if<CommandRefused>(&loaded.event.body)) {
        feature = refused->feature;
    }
    return text_matches(filter.feature, feature) && text_matches(filter.user, usage.user) &&
           text_matches(filter.model, usage.model) &&
           text_matches(filter.resource, loaded.personal.resource);
}

std::expected<bool, replay::JournalError> confirm(const Api& api, const HistoryFilter& filter,
                                                  Seq seq) {
    const auto loaded = load_event(api, seq);
    if (!loaded) {
        return std::unexpected(
            replay::JournalError{replay::JournalFault::damaged, "an event cannot be read", seq});
    }
    // Whose resource was forgotten is in the index all the same.
    if (filter.has_resource && loaded->personal.resource.empty()) return false;
    return is_match(filter, *loaded);
}

void bound_by_time(const Api& api, TransactionList& list) {
    if (list.from) {
        const auto seq = reader_lookup(api).seq_at(*list.from);
        if (!seq) list.is_readable = false;
        else list.filter.from = *seq;
    }
    if (list.to) {
        const auto seq = reader_lookup(api).seq_at(*list.to);
        if (!seq) list.is_readable = false;
        else list.filter.to = *seq;
    }
}

Seq before_of(const ListQuery& query) {
    const auto seq = parse_transaction_id(query.after);
    return seq.value_or(Seq{UINT64_MAX});
}

/// What a use made.
void render_resource(std::string& out, const LoadedEvent& loaded, unsigned decimals) {
    static const Usage no_usage;
    const Usage* const found = usage_of(loaded.event.body);
    const Usage& usage = found == nullptr ? no_usage : *found;
    JsonWriter json(out);
    json.begin_object();
    json.text("resource", loaded.personal.resource);
    json.text_or_null("type", usage.feature);
    json.text("transaction", transaction_text(loaded.event.seq));
    json.text_or_null("user", usage.user);
    json.text_or_null("model", usage.model);
    json.credits("amount", loaded.event.balances.before - loaded.event.balances.after, decimals);
    loaded.personal.metadata.empty() ? json.null("metadata")
                                     : json.raw("metadata", loaded.personal.metadata);
    json.timestamp("created_at", loaded.event.time);
    json.end_object();
}

void read_page(const Api& api, TransactionList& list) {
    list.page.seq = api.engine.durable();
    list.is_readable = catch_up(api, list.page.seq);
    bound_by_time(api, list);
    if (!list.is_readable) return;
    list.filter.skip = (list.query.page - 1) * list.query.limit;
    // The indexes may be further already: the page ends where it says.
    const Seq before = std::min(before_of(list.query), list.page.seq.next());
    const auto page = api.history.page(list.no, list.filter, before, list.query.limit,
                                       [&](Seq seq) { return confirm(api, list.filter, seq); });
    list.is_readable = page.has_value();
    if (!page) return;
    list.page.has_more = page->has_more;
    list.page.last = transaction_text(page->next);
    if (list.as_csv) append_csv_header(list.page.data);
    for (const Seq seq : page->seqs) {
        const auto loaded = load_event(api, seq);
        list.is_readable = list.is_readable && loaded.has_value();
        if (!loaded) return;
        const unsigned decimals = api.engine.decimals();
        if (list.as_csv) {
            append_csv_line(list.page.data, loaded->record(), decimals);
        } else {
            list.page.add([&](std::string& out) {
                if (list.filter.has_resource) {
                    render_resource(out, *loaded, decimals);
                } else {
                    render_transaction(out, loaded->record(), decimals, last_seq_of(loaded->event));
                }
            });
        }
    }
}

void respond_with_csv(Call& call, const TransactionList& list) {
    if (list.page.has_more) call.header_lines += next_link(call, list.page.last);
    call.begin_text(200, "text/csv; charset=utf-8; header=present") += list.page.data;
    call.finish();
}

void respond_with(Call& call, const TransactionList& list) {
    if (!list.is_readable) call.respond_unavailable(Unavailable::overloaded);
    else if (list.as_csv) respond_with_csv(call, list);
    else respond_with_list(call, list.page);
}

bool wants_csv(const Call& call) {
    static constexpr std::array<std::string_view, 2> offered{"application/json", "text/csv"};
    return negotiate(call.request().header(http::Header::accept), offered) == 1;
}

std::optional<std::string> text_filter(const ListQuery& query, std::string_view name) {
    const auto value = query.filter(name);
    return value ? std::optional{std::string(*value)} : std::nullopt;
}

/// Reads the filters; false: answered already with 400.
bool read_filters(Call& call, TransactionList& list) {
    list.filter.kinds = all_transactions();
    if (const auto type = list.query.filter("type")) {
        const auto kinds = kinds_of_type(*type);
        if (!kinds) {
            call.respond_problem(ProblemCode::invalid_request,
                                 "Query parameter 'type' is not a transaction type.");
            return false;
        }
        list.filter.kinds = *kinds;
    }
    list.filter.feature = text_filter(list.query, "feature");
    list.filter.user = text_filter(list.query, "user");
    list.filter.model = text_filter(list.query, "model");
    list.filter.resource = text_filter(list.query, "resource");
    for (const auto& [name, bound] : {std::pair{"from", &list.from}, std::pair{"to", &list.to}}) {
        const auto text = list.query.filter(name);
        if (!text) continue;
        *bound = parse_timestamp(*text);
        if (*bound) continue;
        call.respond_problem(ProblemCode::invalid_request,
                             "Query parameter '" + std::string(name) +
                                 "' must be an RFC 3339 time such as 2026-01-31T00:00:00Z.");
        return false;
    }
    return true;
}

}  // namespace

namespace {

/// Finds the account, reads the page, answers.
void respond_with_page_of(Call& call, const std::shared_ptr<TransactionList>& list) {
    list->account = call.parameter();
    const Api& api = call.api();
    inspect(
        call,
        [&call, list](const LedgerTurn& turn) {
            if (!list->account.starts_with(call.caller.account_prefix)) return;
            list->no = turn.state.accounts.find(list->account).value_or(AccountNo::none());
        },
        [&call, &api, list] {
            if (list->no.is_none()) {
                call.respond_problem(ProblemCode::account_not_found);
                return;
            }
            call.read([&api, list] { read_page(api, *list); },
                      [&call, list] { respond_with(call, *list); });
        });
}

}  // namespace

void handle_list_transactions(Call& call) {
    auto list = std::make_shared<TransactionList>();
    list->as_csv = wants_csv(call);
    auto query = read_list_query(
        call, {"type", "feature", "user", "model", "resource", "from", "to", "page"},
        list->as_csv ? csv_lines_max : limits::page_entries_max);
    if (!query) return;
    list->query = std::move(*query);
    if (list->as_csv && !list->query.has_limit) list->query.limit = csv_lines_max;
    if (!read_filters(call, *list)) return;
    respond_with_page_of(call, list);
}

// By the index alone: only uses that made something are looked at.
void handle_list_resources(Call& call) {
    auto query = read_list_query(call, {"type", "user", "page"});
    if (!query) return;
    auto list = std::make_shared<TransactionList>();
    list->query = std::move(*query);
    list->filter.kinds = replay::followers::kind_set(
        {schemas::EventKind::credits_deducted, schemas::EventKind::hold_captured});
    list->filter.has_resource = true;
    list->filter.feature = text_filter(list->query, "type");
    list->filter.user = text_filter(list->query, "user");
    respond_with_page_of(call, list);
}

void handle_get_transaction(Call& call) {
    const auto seq = transaction_seq(call.parameter());
    if (!seq || *seq > call.api().engine.durable()) {
        call.respond_problem(ProblemCode::transaction_not_found);
        return;
    }
    auto found = std::make_shared<std::optional<LoadedEvent>>();
    call.read([&call, found, seq] { *found = load_event(call.api(), *seq); },
              [&call, found] {
                  if (!*found) return call.respond_unavailable(Unavailable::overloaded);
                  const bool is_visible =
                      !transaction_type((*found)->event).empty() &&
                      (*found)->event.account.starts_with(call.caller.account_prefix);
                  if (!is_visible) {
                      call.respond_problem(ProblemCode::transaction_not_found);
                      return;
                  }
                  render_transaction(call.begin_json(200), (*found)->record(), call.decimals(),
                                     last_seq_of((*found)->event));
                  call.finish();
              });
}

}  // namespace creditd::daemon
