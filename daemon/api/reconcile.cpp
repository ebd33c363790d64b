// POST /v1/payments/reconcile: Stripe lists its events for 30 days; those that never arrived here
// are taken up as if they came now: one at a time and oldest first, though Stripe lists them newest
// first, because how a subscription stands is told by the last of them.
#include "daemon/api/body.hpp"
#include "daemon/api/inbox.hpp"
#include "daemon/api/note_operation.hpp"
#include "daemon/api/payments.hpp"
#include "daemon/api/provider_webhooks.hpp"
#include "daemon/api/writes.hpp"
#include "daemon/basics/wall_clock.hpp"
#include "daemon/payments/stripe_news.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

constexpr Duration since_default = Duration::days(1);
constexpr Duration since_max = Duration::days(30);  // as long as Stripe keeps them
constexpr std::uint64_t events_max = 10'000;        // of one call

class Reconciliation : public std::enable_shared_from_this<Reconciliation> {
public:
    Reconciliation(Call& call, Timestamp from) : call_(call), from_(from) {}

    void fetch_page() {
        const StripeSide& stripe = call_.payments().stripe;
        call_.fetch(
            stripe.calls.list_events(from_, last_),
            [self = shared_from_this()](const HttpResult& answer) { self->take_page(answer); });
    }

private:
    void take_page(const HttpResult& answer) {
        auto page = read_events(answer, call_.payments().stripe.rules);
        if (!page) {
            fail(page.error().message);
            return;
        }
        for (StripeListedEvent& entry : page->entries) entries_.push_back(std::move(entry));
        last_ = page->last;
        has_more_ = page->has_more && !last_.empty();
        if (has_more_ && entries_.size() < events_max) return fetch_page();
        take_next();
    }

    void fail(const std::string& message) {
        call_.respond_problem(ProblemCode::provider_failed, message);
    }

    void take_next() {
        if (entries_.empty()) return respond();
        StripeListedEvent entry = std::move(entries_.back());
        entries_.pop_back();
        ++seen_;
        if (!entry.news) ++unreadable_;
        note_stripe(call_, told_by(stripe_provider, entry.news, entry.body),
                    [self = shared_from_this()](const NoteResult* result, const CallError* error) {
                        if (result != nullptr) self->count(*result);
                        else self->fail(error->message);
                    });
    }

    void count(const NoteResult& result) {
        switch (result.kind) {
            case NoteResult::Kind::applied: ++applied_; break;
            case NoteResult::Kind::ignored: ++ignored_; break;
            case NoteResult::Kind::quarantined: ++quarantined_; break;
            case NoteResult::Kind::known: ++known_; break;
            case NoteResult::Kind::unavailable:
                call_.respond_unavailable(result.unavailable);
                return;
        }
        take_next();
    }

    void respond() {
        JsonWriter json(call_.begin_json(200));
        json.begin_object();
        json.timestamp("since", from_);
        json.integer("events", seen_);
        json.integer("known", known_);
        json.integer("applied", applied_);
        json.integer("ignored", ignored_);
        json.integer("quarantined", quarantined_);
        json.integer("unreadable", unreadable_);
        json.boolean("complete", !has_more_);
        json.end_object();
        call_.finish();
    }

    Call& call_;
    Timestamp from_;
    std::string last_;
    std::vector<StripeListedEvent> entries_;  // oldest last
    bool has_more_ = false;
    std::uint64_t seen_ = 0;
    std::uint64_t known_ = 0;
    std::uint64_t applied_ = 0;
    std::uint64_t ignored_ = 0;
    std::uint64_t quarantined_ = 0;
    std::uint64_t unreadable_ = 0;
};

}  // namespace

void handle_reconcile(Call& call) {
    const auto since = read_body(call, [](ObjectReader& reader, const ParseContext&) {
        return reader.duration("since", {}, since_max).value_or(since_default);
    });
    if (!since) return;
    if (!call.payments().stripe.can_call) {
        call.respond_problem(ProblemCode::invalid_request, "Stripe is not configured here.");
        return;
    }
    // By the machine's clock, which is the provider's.
    const Timestamp from{wall_clock_now().value - since->value};
    std::make_shared<Reconciliation>(call, from)->fetch_page();
}

}  // namespace creditd::daemon
