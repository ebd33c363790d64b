#include "daemon/api/feed_reads.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/api/account_view.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/feed_event.hpp"
#include "daemon/api/feed_stream.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/auth/jwt.hpp"
#include "daemon/basics/http_text.hpp"
#include "replay/followers/history_walk.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

constexpr std::int64_t page_events_max = 1'000;
constexpr std::size_t page_events_default = 100;
/// One batch looks at no more events, and grows no longer.
constexpr std::uint64_t scanned_max = 20'000;
constexpr std::size_t text_bytes_max = 512 * 1024;

constexpr std::array<std::string_view, 2> offered{"application/json", "text/event-stream"};

struct FeedQuestion {
    FeedFilter filter;
    std::optional<Seq> after;
    std::size_t limit = page_events_default;
    std::string account;  // by id; empty: all
    bool is_stream = false;
    bool shows_balance = false;
    Seq now{};
    std::optional<BalanceView> balance;  // where it is of one account
    FeedBatch batch;
};

bool is_wanted(const FeedFilter& filter, const Event& event) {
    const std::string_view name = feed_name(event);
    if (name.empty() || !event.account.starts_with(filter.account_prefix)) return false;
    return filter.types.empty() || std::ranges::find(filter.types, name) != filter.types.end();
}

/// Looks at events one after the other, as far as the batch may grow.
class FeedReader {
public:
    FeedReader(const Api& api, const FeedFilter& filter, std::size_t limit,
               const FeedRenderer& render)
        : api_(api), filter_(filter), limit_(limit), render_(render) {}

    FeedBatch batch;

    bool is_full() const {
        return batch.count >= limit_ || scanned_ >= scanned_max ||
               batch.text.size() >= text_bytes_max;
    }
    /// False: it could not be read.
    bool look(Seq seq) {
        ++scanned_;
        const auto event = reader_lookup(api_).event(seq);
        batch.is_readable = event && *event;
        if (!batch.is_readable) return false;
        if (is_wanted(filter_, **event)) batch.is_readable = take(**event);
        if (!batch.is_readable) return false;
        batch.position = seq;
        batch.balances = (*event)->balances;
        if (const auto* moved = std::get_if<SubscriptionMoved>(&(*event)->body)) {
            batch.unlimited = moved->step != SubscriptionStep::ended &&
                              moved->subscription.unlimited && moved->subscription.features.empty();
        }
        return true;
    }

private:
    bool take(const Event& event) {
        const auto personal = load_personal(api_, event.personal_hash ? event.seq : Seq{});
        if (!personal) return false;
        render_(batch.text, EventRecord(event, *personal), api_.engine.decimals(), batch.count);
        ++batch.count;
        return true;
    }

    const Api& api_;
    const FeedFilter& filter_;
    const std::size_t limit_;
    const FeedRenderer& render_;
    std::uint64_t scanned_ = 0;
};

void look_at_all(FeedReader& reader, Seq after, Seq durable) {
    for (Seq seq = after.next(); seq <= durable; seq = seq.next()) {
        if (reader.is_full()) {
            reader.batch.has_more = true;
            return;
        }
        if (!reader.look(seq)) return;
    }
    reader.batch.position = durable;
}

void look_at_account(const Api& api, FeedReader& reader, AccountNo no, Seq after, Seq durable) {
    const auto newest = replay::followers::newest_of(api.history, no);
    reader.batch.is_readable = newest.has_value();
    if (!newest) return;
    if (!*newest || **newest <= after) {
        reader.batch.position = durable;
        return;
    }
    const auto seqs = replay::followers::next_seqs(api.history, no, after, **newest);
    reader.batch.is_readable = seqs.has_value();
    if (!seqs) return;
    for (const Seq seq : *seqs) {
        if (reader.is_full() || !reader.look(seq)) break;
    }
    reader.batch.has_more = reader.batch.position < **newest;
}

void render_in_list(std::string& out, const EventRecord& record, unsigned decimals,
                    std::size_t before) {
    if (before > 0) out += ',';
    render_feed_event(out, record, decimals);
}

/// `a,b` of names that there are.
std::vector<std::string> read_types(QueryReader& reader) {
    std::vector<std::string> types;
    for (const std::string_view name : reader.list("types")) {
        if (!is_feed_name(name)) {
            reader.fail("types", "must be names of events, separated by commas");
            return types;
        }
        types.emplace_back(name);
    }
    return types;
}

std::optional<Seq> read_position(std::optional<std::int64_t> after) {
    if (!after) return std::nullopt;
    return Seq{static_cast<std::uint64_t>(*after)};
}

/// A browser that comes back says where it was. False: answered already with 400.
bool read_last_event_id(Call& call, FeedQuestion& question) {
    const std::string_view text = call.request().header(http::Header::last_event_id);
    if (text.empty()) return true;
    std::uint64_t seq = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), seq);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) {
        FieldErrors errors;
        errors.add("#/header/Last-Event-ID", "must be the id of an event of this stream");
        respond_field_errors(call, errors);
        return false;
    }
    question.after = Seq{seq};
    return true;
}

FeedQuestion read_parameters(const Call& call, QueryReader& reader, bool of_account) {
    FeedQuestion question;
    question.filter.account_prefix = call.caller.account_prefix;
    question.after = read_position(reader.integer("after", 0, INT64_MAX));
    question.filter.types = read_types(reader);
    if (of_account) {
        question.account = call.parameter();
        reader.text("token", {.max_bytes = jwt_bytes_max});  // was read before: see end_user.cpp
        question.is_stream = question.shows_balance = true;
        return question;
    }
    if (const auto account = reader.id("account")) question.account = *account;
    const auto limit = reader.integer("limit", 1, page_events_max);
    if (limit) question.limit = static_cast<std::size_t>(*limit);
    question.is_stream = negotiate(call.request().header(http::Header::accept), offered) == 1;
    return question;
}

/// Nothing: answered already.
std::shared_ptr<FeedQuestion> read_question(Call& call, bool of_account) {
    auto question = read_query(
        call, [&](QueryReader& reader) { return read_parameters(call, reader, of_account); });
    if (!question) return nullptr;
    if (question->is_stream && !read_last_event_id(call, *question)) return nullptr;
    return std::make_shared<FeedQuestion>(std::move(*question));
}

void respond_with_page(Call& call, const FeedBatch& batch) {
    const std::string position = std::to_string(batch.position.value);
    JsonWriter json(call.begin_json(200));
    json.begin_object();
    json.raw("data", '[' + batch.text + ']');
    json.boolean("has_more", batch.has_more);
    if (batch.has_more) json.text("next_cursor", position);
    else json.null("next_cursor");
    json.integer("seq", batch.position.value);
    json.end_object();
    call.finish();
}

void answer(Call& call, const std::shared_ptr<FeedQuestion>& question) {
    if (!question->account.empty() && !question->balance) {
        call.respond_problem(ProblemCode::account_not_found);
        return;
    }
    if (question->is_stream && call.request().is_head()) {
        call.begin_text(200, "text/event-stream");
        call.finish();
        return;
    }
    if (question->is_stream) {
        FeedStream::Start start;
        start.filter = question->filter;
        start.position = std::min(question->after.value_or(question->now), question->now);
        if (question->shows_balance) start.balance = question->balance;
        start.expires_at = call.caller.expires_at;
        FeedStream::open(call, std::move(start));
        return;
    }
    const Api& api = call.api();
    call.read(
        [&api, question] {
            question->batch = read_feed(api, question->filter, question->after.value_or(Seq{}),
                                        question->limit, render_in_list);
        },
        [&call, question] {
            if (question->batch.is_readable) respond_with_page(call, question->batch);
            else call.respond_unavailable(Unavailable::overloaded);
        });
}

void ask(Call& call, const std::shared_ptr<FeedQuestion>& question) {
    inspect(
        call,
        [&call, question](const LedgerTurn& turn) {
            question->now = turn.state.head.seq;
            if (question->account.empty()) return;
            question->balance = view_balance(turn, question->account, call.caller.account_prefix);
            if (question->balance) {
                question->filter.account = *turn.state.accounts.find(question->account);
            }
        },
        [&call, question] { answer(call, question); });
}

}  // namespace

FeedBatch read_feed(const Api& api, const FeedFilter& filter, Seq after, std::size_t limit,
                    const FeedRenderer& render) {
    FeedReader reader(api, filter, limit, render);
    const Seq durable = api.engine.durable();
    after = std::min(after, durable);
    reader.batch.position = after;
    if (filter.account.is_none()) {
        look_at_all(reader, after, durable);
    } else if (catch_up(api, durable)) {
        look_at_account(api, reader, filter.account, after, durable);
    } else {
        reader.batch.is_readable = false;
    }
    return std::move(reader.batch);
}

void handle_list_events(Call& call) {
    if (const auto question = read_question(call, false)) ask(call, question);
}

void handle_account_stream(Call& call) {
    if (const auto question = read_question(call, true)) ask(call, question);
}

}  // namespace creditd::daemon
