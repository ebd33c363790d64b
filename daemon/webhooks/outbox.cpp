#include "daemon/webhooks/outbox.hpp"

#include <charconv>

#include "core/assert.hpp"
#include "replay/text_lines.hpp"

namespace creditd::daemon {
namespace {

/// As many failures one after the other, and the receiver is taken to be away: the first message
/// that it takes again brings all others at once, whenever they would have been due.
constexpr unsigned away_after = 10;

/// Takes the next number off the front of `line`.
template <class Number>
bool take_number(std::string_view& line, Number& number) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const bool is_good = replay::parse_number(line.substr(0, end), number);
    line.remove_prefix(std::min(end + 1, line.size()));
    return is_good;
}

}  // namespace

Seq first_position(const Endpoint& endpoint) {
    std::uint64_t seq = 0;
    const std::string_view digits = std::string_view(endpoint.id).substr(3);
    std::from_chars(digits.data(), digits.data() + digits.size(), seq);
    return Seq{seq};
}

// --- as text -------------------------------------------------------------------------------------
// `1 POSITION`, then a line `ACCOUNT AFTER FAILURES NEXT_TRY` for each account that is not done.
std::string Outbox::print() const {
    std::string text = "1 " + std::to_string(position_.value) + '\n';
    for (const auto& [account, lane] : lanes_) {
        text += std::to_string(account.value) + ' ' + std::to_string(lane.last.value) + ' ' +
                std::to_string(lane.failures) + ' ' + std::to_string(lane.next_try.value) + '\n';
    }
    return text;
}

std::optional<Outbox> Outbox::parse(std::string_view text, OutboxLimits limits) {
    std::string_view head = replay::take_line(text);
    unsigned version = 0;
    Outbox outbox(Seq{}, limits);
    if (!take_number(head, version) || version != 1) return std::nullopt;
    if (!take_number(head, outbox.position_.value) || !head.empty()) return std::nullopt;
    while (!text.empty()) {
        std::string_view line = replay::take_line(text);
        AccountNo account{};
        Lane lane;
        lane.is_behind = true;
        const bool is_good = take_number(line, account.value) &&
                             take_number(line, lane.last.value) &&
                             take_number(line, lane.failures) &&
                             take_number(line, lane.next_try.value) && line.empty();
        if (!is_good || lane.last > outbox.position_) return std::nullopt;
        const auto [at, is_new] = outbox.lanes_.emplace(account, std::move(lane));
        if (!is_new) return std::nullopt;
        outbox.settle(at);
    }
    return outbox;
}

// --- reading the log -----------------------------------------------------------------------------

void Outbox::add(std::vector<WebhookMessage> messages, Seq looked_to) {
    CREDITD_ASSERT(looked_to >= position_);
    position_ = looked_to;
    for (WebhookMessage& message : messages) {
        const auto [at, is_new] = lanes_.try_emplace(message.account);
        Lane& lane = at->second;
        if (lane.is_behind) continue;  // it is read when its turn has come
        if (is_new) lane.last = Seq{message.seq.value - 1};
        lane.waiting.push_back(std::move(message));
        ++held_;
        if (is_new) settle(at);
    }
}

std::optional<Outbox::Refill> Outbox::refill() const {
    if (behind_.empty() || held_ >= limits_.messages_max) return std::nullopt;
    return Refill{*behind_.begin(), lanes_.at(*behind_.begin()).last};
}

void Outbox::refilled(AccountNo account, std::vector<WebhookMessage> messages, Seq looked_to) {
    const auto at = lanes_.find(account);
    CREDITD_ASSERT(at != lanes_.end() && at->second.waiting.empty());
    Lane& lane = at->second;
    behind_.erase(account);
    if (lane.failures > 0) retries_.erase({lane.next_try, account});
    lane.is_behind = looked_to < position_;
    for (WebhookMessage& message : messages) {
        if (message.seq > position_) break;
        lane.waiting.push_back(std::move(message));
        ++held_;
        if (lane.failures == 0) continue;
        // Of what fails only the first is kept, and nothing joins it: it may wait for long.
        lane.is_behind = true;
        break;
    }
    if (lane.waiting.empty()) lane.last = std::max(lane.last, std::min(looked_to, position_));
    settle(at);
}

// --- attempts ------------------------------------------------------------------------------------

/// Puts a lane that nobody works on where it belongs, or ends it.
void Outbox::settle(Lanes::iterator at) {
    const auto& [account, lane] = *at;
    CREDITD_ASSERT(!lane.is_in_flight);
    if (lane.waiting.empty() && !lane.is_behind) {
        lanes_.erase(at);
        return;
    }
    if (lane.waiting.empty()) behind_.insert(account);
    if (lane.failures > 0) retries_.insert({lane.next_try, account});
    else if (!lane.waiting.empty()) ready_.push_back(account);
}

const WebhookMessage* Outbox::begin_attempt(AccountNo account) {
    Lane& lane = lanes_.at(account);
    CREDITD_ASSERT(!lane.is_in_flight && !lane.waiting.empty());
    lane.is_in_flight = true;
    ++in_flight_;
    return &lane.waiting.front();
}

const WebhookMessage* Outbox::next(Timestamp now) {
    // A receiver that is away is asked by one message at a time.
    const bool is_away = failed_in_a_row_ >= away_after;
    if (in_flight_ >= (is_away ? 1 : limits_.in_flight_max)) return nullptr;
    for (const auto& retry : retries_) {
        if (retry.first > now) break;
        const AccountNo account = retry.second;
        if (behind_.contains(account)) continue;  // it could not be read
        retries_.erase(retry);
        return begin_attempt(account);
    }
    if (ready_.empty()) return nullptr;
    const AccountNo account = ready_.front();
    ready_.pop_front();
    return begin_attempt(account);
}

unsigned Outbox::failures(AccountNo account) const {
    const auto at = lanes_.find(account);
    return at == lanes_.end() ? 0 : at->second.failures;
}

Outbox::Lanes::iterator Outbox::awaited(AccountNo account, Seq seq) {
    const auto at = lanes_.find(account);
    if (at == lanes_.end() || !at->second.is_in_flight) return lanes_.end();
    return at->second.waiting.front().seq == seq ? at : lanes_.end();
}

void Outbox::end_attempt(Lane& lane) {
    lane.is_in_flight = false;
    --in_flight_;
}

void Outbox::delivered(AccountNo account, Seq seq) {
    const auto at = awaited(account, seq);
    if (at == lanes_.end()) return;
    Lane& lane = at->second;
    end_attempt(lane);
    // What others took says nothing of a message that fails: only one that had failed itself does.
    const bool is_back = failed_in_a_row_ >= away_after && lane.failures > 0;
    lane.failures = 0;
    lane.last = seq;
    lane.waiting.pop_front();
    --held_;
    settle(at);
    if (is_back) hurry_retries();
    failed_in_a_row_ = 0;
}

bool Outbox::failed(AccountNo account, Seq seq, Timestamp now, std::optional<Duration> retry_after,
                    double spread) {
    const auto at = awaited(account, seq);
    if (at == lanes_.end()) return true;
    Lane& lane = at->second;
    end_attempt(lane);
    ++failed_in_a_row_;
    ++lane.failures;
    held_ -= lane.waiting.size() - 1;
    lane.waiting.resize(1);
    lane.is_behind = true;
    const auto delay = retry_delay(lane.failures, spread, retry_after);
    lane.next_try = now + delay.value_or(pause_max);
    settle(at);
    return delay.has_value();
}

Timestamp Outbox::next_retry() const {
    return retries_.empty() ? Timestamp::never() : retries_.begin()->first;
}

void Outbox::hurry_retries() {
    std::set<std::pair<Timestamp, AccountNo>> hurried;
    for (const auto& [due, account] : retries_) {
        lanes_.at(account).next_try = Timestamp{};
        hurried.insert({Timestamp{}, account});
    }
    retries_ = std::move(hurried);
}

void Outbox::start_over() {
    for (const auto& [due, account] : retries_) {
        Lane& lane = lanes_.at(account);
        lane.failures = 0;
        if (!lane.waiting.empty()) ready_.push_back(account);
    }
    retries_.clear();
    failed_in_a_row_ = 0;
}

void Outbox::rewind(Seq after) {
    Lanes lanes = std::move(lanes_);
    const std::uint32_t round = round_ + 1;
    *this = Outbox(after, limits_);
    round_ = round;
    for (auto& [account, lane] : lanes) {
        if (lane.last >= after) continue;
        lane.waiting.clear();
        lane.is_behind = true;
        lane.is_in_flight = false;
        settle(lanes_.emplace(account, std::move(lane)).first);
    }
}

}  // namespace creditd::daemon
