#include "daemon/api/stripe_subscription.hpp"

#include "daemon/api/loaded_event.hpp"
#include "daemon/api/payments.hpp"
#include "daemon/api/reads.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

/// Orders that are looked at for one that was paid at Stripe.
constexpr std::size_t orders_looked_at = 100;

/// One such command on its way to Stripe. Lives as long as somebody calls it back.
class StripeFirst : public std::enable_shared_from_this<StripeFirst> {
public:
    StripeFirst(Call& call, CommandBody body, std::function<void()> then)
        : call_(call), body_(std::move(body)), then_(std::move(then)) {}

    void start() {
        inspect(
            call_, [self = shared_from_this()](const LedgerTurn& turn) { self->look(turn.state); },
            [self = shared_from_this()] { self->find_session(); });
    }

private:
    void look(const State& state) {
        if (!call_.parameter().starts_with(call_.caller.account_prefix)) return;
        const auto no = state.accounts.find(call_.parameter());
        if (!no) return;
        const Subscription* const running = state.accounts.get(*no).running_subscription();
        const bool is_closed = state.accounts.get(*no).closed();
        if (running == nullptr || running->source != SubscriptionSource::provider || is_closed) {
            return;
        }
        account_ = *no;
        interval_ = running->interval;
        const auto* const change = std::get_if<ChangeSubscription>(&body_);
        if (change == nullptr) return;
        interval_ = change->interval.value_or(interval_);
        const auto& plans = state.catalog().plans;
        const auto plan = plans.find(change->plan);
        if (plan == plans.end() || !plan->second.set.active) return;
        for (const PlanPrice& price : plan->second.set.prices) {
            if (price.interval == interval_) price_ = price.price;
        }
    }

    void find_session() {
        if (account_.is_none()) return then_();
        auto session = std::make_shared<std::optional<std::string>>();
        call_.read([&api = call_.api(), session,
                    account = account_] { *session = latest_session(api, account, true); },
                   [self = shared_from_this(), session] {
                       if (!*session)
                           return self->call_.respond_unavailable(Unavailable::overloaded);
                       if ((*session)->empty()) return self->then_();
                       self->ask_session(**session);
                   });
    }

    void ask_session(const std::string& session) {
        call_.fetch(call_.payments().stripe.calls.get_checkout_session(session),
                    [self = shared_from_this()](const HttpResult& answer) {
                        const auto read = read_checkout_session(answer);
                        if (!read) return self->fail(read.error());
                        if (read->subscription.empty()) return self->then_();
                        self->subscription_ = read->subscription;
                        self->ask();
                    });
    }

    void ask() {
        const StripeCalls& calls = call_.payments().stripe.calls;
        const std::string key = key_at_stripe(call_);
        if (const auto* cancel = std::get_if<CancelSubscription>(&body_)) {
            return send(cancel->at_period_end ? calls.cancel_at_period_end(subscription_, true, key)
                                              : calls.cancel_now(subscription_));
        }
        if (std::holds_alternative<ResumeSubscription>(body_)) {
            return send(calls.cancel_at_period_end(subscription_, false, key));
        }
        change_plan();
    }

    // Stripe bills a new price from now on, or not at all: there is no change in advance.
    void change_plan() {
        const auto& change = std::get<ChangeSubscription>(body_);
        if (change.at_period_end) {
            return call_.respond_problem(ProblemCode::subscription_source,
                                         "Stripe bills this subscription: its plan can be changed "
                                         "now, but not in advance.");
        }
        if (price_.minor == 0) return then_();  // the ledger says what is wrong with the plan
        call_.fetch(call_.payments().stripe.calls.get_subscription(subscription_),
                    [self = shared_from_this()](const HttpResult& answer) {
                        const auto today = read_subscription(answer);
                        if (!today) return self->fail(today.error());
                        const auto& plan = std::get<ChangeSubscription>(self->body_).plan;
                        const PlanChangeAsk ask{plan, self->interval_, self->price_};
                        self->send(self->call_.payments().stripe.calls.change_plan(
                            *today, ask, key_at_stripe(self->call_)));
                    });
    }

    void send(HttpRequest request) {
        call_.fetch(std::move(request), [self = shared_from_this()](const HttpResult& answer) {
            const auto done = read_subscription(answer);
            // What is gone at Stripe is canceled there.
            const bool is_gone = !done && done.error().status == 404 &&
                                 std::holds_alternative<CancelSubscription>(self->body_);
            if (done || is_gone) self->then_();
            else self->fail(done.error());
        });
    }

    void fail(const CallError& error) {
        call_.respond_problem(ProblemCode::provider_failed, error.message);
    }

    Call& call_;
    CommandBody body_;
    std::function<void()> then_;
    AccountNo account_ = AccountNo::none();
    Interval interval_{};
    Money price_{};
    std::string subscription_;
};

bool is_asked_of_stripe(const CommandBody& body) {
    return std::holds_alternative<CancelSubscription>(body) ||
           std::holds_alternative<ChangeSubscription>(body) ||
           std::holds_alternative<ResumeSubscription>(body);
}

}  // namespace

std::string key_at_stripe(const Call& call) {
    if (!call.key.empty()) return "creditd-" + replay::to_hex(replay::sha256(call.key).bytes);
    std::array<std::uint8_t, 16> drawn{};
    call.api().random.fill(drawn);
    return "creditd-" + replay::to_hex(drawn);
}

std::optional<std::string> latest_session(const Api& api, AccountNo account, bool is_plan) {
    if (!catch_up(api, api.engine.durable())) return std::nullopt;
    replay::followers::PaymentFilter filter;
    filter.account = account;
    const auto found = api.payments->index.orders(filter, Seq{}, orders_looked_at);
    if (!found) return std::nullopt;
    for (const auto& listed : found->listed) {
        const auto loaded = load_event(api, listed.latest);
        if (!loaded) return std::nullopt;
        const Order& order = std::get<OrderSet>(loaded->event.body).order;
        const bool is_wanted = order.provider == "stripe" && order.is_paid() &&
                               !order.reference.empty() && (!is_plan || !order.plan.empty());
        if (is_wanted) return order.reference;
    }
    return std::string();
}

void at_stripe_first(Call& call, const CommandBody& body, std::function<void()> then) {
    if (!call.payments().stripe.can_call || !is_asked_of_stripe(body)) return then();
    std::make_shared<StripeFirst>(call, body, std::move(then))->start();
}

}  // namespace creditd::daemon
