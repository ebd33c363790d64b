#include "tests/sim/clients.hpp"

#include <algorithm>
#include <array>

#include "tests/sim/reading_payments.hpp"

namespace creditd::sim {
namespace {

/// So many answers come first: then there are accounts.
constexpr std::uint64_t heard_before_payments = 20;

Failure failure(const char* check, const Ask& ask, const Answer& answer, const std::string& what) {
    return {check, what + ": " + ask.request.text() + " was answered " +
                       std::to_string(answer.status) + " " + answer.body};
}

/// Outcomes that the contract records under their key.
bool is_recorded(const Request& request, const Answer& answer, const Json& body) {
    if (request.is_read() || request.name == "batch") return false;
    // It is answered with the order as it stands by then.
    if (is_of_order(request) && answer.status < 300) return false;
    // Likewise where nothing was to be done.
    const bool is_of_subscription =
        is_of_arrangement(request) && request.path.find("/budgets/") == std::string::npos;
    if (is_of_subscription && answer.status < 300) return false;
    if (body.at("changes").text == "0") return false;  // the same catalog again
    const std::string& code = body.at("code").text;
    // An account that only the batch would have made cannot remember its refusal.
    const bool makes_accounts = request.body.find(R"("op":"account")") != std::string::npos;
    if (request.name == "atomic batch" && makes_accounts && answer.status >= 400) return false;
    if (answer.status == 402 || answer.status == 409 || answer.status == 422) {
        return code != "idempotency_key_reused";
    }
    // Releasing a hold that is closed already is nothing that happened.
    if (request.name == "release" && !body.has("balance")) return false;
    return answer.status >= 200 && answer.status < 300;
}

}  // namespace

Clients::Clients(std::uint64_t seed, const Swarm& swarm)
    : swarm_(swarm),
      rng_(Rng::of(seed, "clients")),
      workload_(seed, swarm),
      payments_(seed, swarm),
      arrangements_(seed, swarm) {}

Ask Clients::ask(Timestamp now) {
    Ask ask;
    if (heard_ > heard_before_payments && payments_.wants()) {
        ask.request = payments_.next(now, workload_.accounts());
        return ask;
    }
    if (heard_ > heard_before_payments && arrangements_.wants()) {
        ask.request = arrangements_.next(workload_.accounts());
        return ask;
    }
    const auto dice = rng_.below(100);
    if (dice < 12 && !unknown_.empty()) {
        if (auto known = ask_unknown()) return std::move(*known);
    }
    if (dice < 22) {
        if (auto again = ask_again()) return std::move(*again);
    }
    if (dice < 26 && swarm_.has(Fault::key_reuse) && !recorded_keys_.empty()) {
        ask.request = workload_.reuse(recorded_.at(rng_.pick(recorded_keys_)).request, now);
        return ask;
    }
    ask.request = workload_.next(now);
    return ask;
}

std::optional<Ask> Clients::ask_unknown() {
    if (unknown_.empty()) {
        auto news = payments_.next_news();
        if (!news) return std::nullopt;
        Ask ask;
        ask.request = std::move(*news);
        return ask;
    }
    Ask ask = std::move(unknown_.front());
    unknown_.pop_front();
    ask.is_gone = false;
    return ask;
}

std::optional<Ask> Clients::ask_again() {
    if (recorded_keys_.empty()) return std::nullopt;
    Ask ask;
    // Half of them recent: what has not reached the indexes yet.
    std::size_t place = rng_.below(recorded_keys_.size());
    if (rng_.chance(50))
        place =
            recorded_keys_.size() - 1 - place % std::min<std::size_t>(40, recorded_keys_.size());
    ask.request = recorded_.at(recorded_keys_[place]).request;
    return ask;
}

void Clients::stamp(Ask& ask, Timestamp now) {
    ask.acknowledged = acknowledged_;
    ask.heard = heard_;
    ask.is_revoked = workload_.is_revoked(ask.request.secret);
    ask.plea = judge_.sent(ask.request, now);
}

void Clients::lose(Ask ask) {
    const bool comes_again = ask.request.is_news && !ask.request.is_malformed;
    if (comes_again || !ask.request.is_read()) unknown_.push_back(std::move(ask));
}

void Clients::hear(const Ask& ask, const Answer& answer, Seq durable, Timestamp now) {
    static constexpr std::array<unsigned, 12> expected{200, 201, 204, 400, 401, 402,
                                                       403, 404, 409, 422, 429, 503};
    const bool asks_provider = ask.request.is_news || is_of_order(ask.request);
    const bool has_no_provider = asks_provider && answer.status == 502;
    if (std::ranges::find(expected, answer.status) == expected.end() && !has_no_provider) {
        throw failure("only statuses of the contract", ask, answer, "an unexpected status");
    }
    const Json body = answer.body.empty() ? Json{} : Json::parse(answer.body);
    const bool is_refused_now =
        answer.status == 503 || answer.status == 429 || answer.status == 502;
    if (answer.status == 401 && !workload_.may_be_revoked(ask.request.secret)) {
        throw failure("a key holds until it is revoked", ask, answer, "refused too early");
    }
    if (ask.request.is_malformed && answer.status != 400 && answer.status != 401 &&
        !is_refused_now) {
        throw failure("what is malformed is refused", ask, answer, "a field is there twice");
    }
    if (answer.status != 401 && ask.is_revoked) {
        throw failure("a revoked key opens nothing", ask, answer, "not refused");
    }
    ++heard_;
    check_numbers(ask, answer, body, durable);
    if (answer.status != 401 && answer.status != 403) {
        judge_.answered(ask.request, ask.plea, answer, body, now);
    }
    told_.hear(ask.request, answer.status, body, heard_, ask.heard);
    const auto known = recorded_.find(ask.request.key);
    if (is_refused_now) {
        if (known == recorded_.end()) lose(ask);
    } else if (known != recorded_.end()) {
        if (answer.status != 401) check_repeat(ask, answer, known->second);
    } else if (is_recorded(ask.request, answer, body)) {
        remember(ask, answer);
    }
    workload_.learn(ask.request, answer.status, body);
    payments_.learn(ask.request, answer.status, body);
}

void Clients::check_numbers(const Ask& ask, const Answer& answer, const Json& body, Seq durable) {
    const std::uint64_t seq = body.at("seq").number();
    if (seq == 0 || ask.request.is_dry_run) return;
    if (seq > durable.value) {
        throw failure("no answer shows what could be lost", ask, answer,
                      "durable up to " + std::to_string(durable.value));
    }
    // A repeat shows the old number; so does whoever reads a single old thing.
    const bool is_fresh = answer.status == 201 && !answer.is_replayed && !body.has("duplicate") &&
                          ask.request.name != "order";  // which may be there already
    const bool is_balance = ask.request.name == "balance" && answer.status == 200;
    if ((is_fresh && seq <= ask.acknowledged) || (is_balance && seq < ask.acknowledged)) {
        throw failure("numbers follow real time", ask, answer,
                      "asked when " + std::to_string(ask.acknowledged) + " was known");
    }
    acknowledged_ = std::max(acknowledged_, seq);
}

void Clients::check_repeat(const Ask& ask, const Answer& answer, const Recorded& first) const {
    if (ask.request.content() != first.request.content()) {
        const bool is_refused = answer.status >= 400;
        if (!is_refused) throw failure("one request for each key", ask, answer, "reused");
        return;
    }
    // The secret of an API key is shown once.
    const bool is_same = answer.status == first.answer.status &&
                         (answer.body == first.answer.body || ask.request.name == "create key");
    // Of two that were under way at once, either may be heard first.
    const bool is_later = ask.heard >= first.heard;
    if (!is_same || (is_later && !answer.is_replayed)) {
        throw failure(
            "the same answer for ever", ask, answer,
            "first it was " + std::to_string(first.answer.status) + " " + first.answer.body);
    }
}

void Clients::remember(const Ask& ask, const Answer& answer) {
    recorded_.emplace(ask.request.key, Recorded{ask.request, answer, heard_});
    recorded_keys_.push_back(ask.request.key);
}

}  // namespace creditd::sim
