#include "daemon/witnesses/witness_keeper.hpp"

#include <algorithm>

#include "daemon/basics/log.hpp"

namespace creditd::daemon {
namespace {

std::int64_t seconds_of(WitnessKeeper::Clock::duration length) {
    return std::chrono::duration_cast<std::chrono::seconds>(length).count();
}

}  // namespace

WitnessKeeper::WitnessKeeper(Parts parts)
    : parts_(std::move(parts)), asked_(parts_.witnesses.size()) {
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        asked_[i].size = parts_.heads.size_of(i);
        WitnessStats& stats = stats_.emplace_back();
        stats.name = parts_.witnesses[i].key.name;
        stats.cosigned_size = asked_[i].size;
    }
}

void WitnessKeeper::look(Clock::time_point now) {
    take_answers(now);
    begin_round(now);
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        if (!asked_[i].is_in_flight && asked_[i].next_at <= now && is_to_be_asked(i)) ask(i, now);
    }
    parts_.heads.give_up(now);
}

void WitnessKeeper::begin_round(Clock::time_point now) {
    auto newest = parts_.newest_head();
    if (!newest) {
        if (newest.error() != head_error_) {
            log_error("no_head_for_witnesses", {{"reason", newest.error()}});
        }
        head_error_ = newest.error();
        return;
    }
    head_error_.clear();
    if (!*newest) return;
    newest_size_ = leaves_of(*newest);
    if (round_ && (leaves_of(round_) == newest_size_ || !is_round_over(now))) return;
    round_ = std::move(*newest);
    round_at_ = now;
}

bool WitnessKeeper::is_round_over(Clock::time_point now) const {
    const Clock::duration age = now - round_at_;
    if (age < round_min) return false;
    if (age >= round_max) return true;
    const Head settled = parts_.heads.settled();
    if (settled && leaves_of(settled) >= leaves_of(round_)) return true;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        const bool is_waiting = asked_[i].next_at > now;
        if (asked_[i].is_in_flight || (is_to_be_asked(i) && !is_waiting)) return false;
    }
    return true;
}

bool WitnessKeeper::is_to_be_asked(std::size_t witness) const {
    // What it has cosigned beyond this head must be met by a later one.
    return round_ && asked_[witness].size <= leaves_of(round_) &&
           !parts_.heads.has(round_, witness);
}

void WitnessKeeper::ask(std::size_t witness, Clock::time_point now) {
    Asked& asked = asked_[witness];
    replay::proof::Proof proof;
    if (asked.size > 0 && asked.size < leaves_of(round_)) {
        auto made = parts_.consistency(asked.size, leaves_of(round_));
        if (!made) return fail(witness, "no proof for it: " + made.error(), {}, now);
        proof = std::move(*made);
    }
    asked.is_in_flight = true;
    parts_.send(add_checkpoint_request(parts_.witnesses[witness], asked.size, proof, round_->note),
                [this, witness, head = round_, from = asked.size](HttpResult result) {
                    {
                        const std::scoped_lock lock(mutex_);
                        answers_.push_back({witness, head, from, std::move(result)});
                    }
                    parts_.wake();
                });
}

void WitnessKeeper::take_answers(Clock::time_point now) {
    std::vector<Answer> answers;
    {
        const std::scoped_lock lock(mutex_);
        answers.swap(answers_);
    }
    for (const Answer& answer : answers) take(answer, now);
}

void WitnessKeeper::take(const Answer& answer, Clock::time_point now) {
    using Kind = WitnessAnswer::Kind;
    const Witness& witness = parts_.witnesses[answer.witness];
    Asked& asked = asked_[answer.witness];
    asked.is_in_flight = false;
    WitnessAnswer said =
        read_witness_answer(answer.result, witness, answer.head->checkpoint.text());
    switch (said.kind) {
        case Kind::cosigned: return take_cosignature(answer, std::move(said.line));
        case Kind::other_size: return take_size(answer, said, now);
        case Kind::refused: return note_failure(answer.witness, said.reason, pause_max, now);
        case Kind::disagrees:
            asked.size = 0;  // asked anew from where it says that it is
            return note_disagreement(answer.witness, "witness_knows_another_log", answer.from,
                                     said.reason, now);
        case Kind::failed: return fail(answer.witness, said.reason, answer.result, now);
    }
}

void WitnessKeeper::take_cosignature(const Answer& answer, std::string line) {
    Asked& asked = asked_[answer.witness];
    WitnessStats& stats = stats_[answer.witness];
    if (!asked.last_reason.empty()) log_info("witness_cosigns_again", {{"witness", stats.name}});
    asked = {.size = std::max(asked.size, leaves_of(answer.head))};
    stats.cosigned_size = asked.size;
    stats.disagrees = false;
    parts_.heads.add(answer.head, answer.witness, std::move(line));
}

/// It has cosigned up to another size than we said: ask from there, if that can be.
void WitnessKeeper::take_size(const Answer& answer, const WitnessAnswer& said,
                              Clock::time_point now) {
    Asked& asked = asked_[answer.witness];
    // Somebody may have been shown a newer head meanwhile, and have brought it there.
    const auto newest = parts_.newest_head();
    if (newest && *newest) newest_size_ = std::max(newest_size_, leaves_of(*newest));
    if (said.size > newest_size_) {
        asked.size = 0;
        return note_disagreement(
            answer.witness, "witness_is_ahead", said.size,
            "it has cosigned more than this log has: the ledger was put back to an older "
            "state, or another one goes on under the same key",
            now);
    }
    if (said.size == answer.from && answer.from == leaves_of(answer.head)) {
        return note_disagreement(answer.witness, "witness_knows_another_log", said.size,
                                 "it has cosigned another head of this size", now);
    }
    if (++asked.corrections > corrections_max) {
        asked.corrections = 0;
        return fail(answer.witness, "it names one size after the other", answer.result, now);
    }
    asked.size = said.size;
}

void WitnessKeeper::note_disagreement(std::size_t witness, const char* event, std::uint64_t size,
                                      const std::string& reason, Clock::time_point now) {
    WitnessStats& stats = stats_[witness];
    log_error(event, {{"witness", stats.name},
                      {"witness_size", size},
                      {"size", newest_size_},
                      {"reason", reason}});
    stats.disagrees = true;
    ++stats.failures;
    asked_[witness].corrections = 0;
    asked_[witness].last_reason = reason;
    asked_[witness].next_at = now + pause_max;
}

void WitnessKeeper::fail(std::size_t witness, const std::string& reason, const HttpResult& result,
                         Clock::time_point now) {
    Asked& asked = asked_[witness];
    asked.pause = std::clamp<Clock::duration>(2 * asked.pause, first_pause, pause_max);
    Clock::duration pause = asked.pause;
    if (result.retry_after) {
        const Clock::duration wanted = std::chrono::microseconds(result.retry_after->value);
        pause = std::clamp<Clock::duration>(wanted, pause, pause_max);
    }
    note_failure(witness, reason, pause, now);
}

void WitnessKeeper::note_failure(std::size_t witness, const std::string& reason,
                                 Clock::duration pause, Clock::time_point now) {
    Asked& asked = asked_[witness];
    WitnessStats& stats = stats_[witness];
    ++stats.failures;
    asked.next_at = now + pause;
    if (asked.last_reason == reason) return;  // said already
    log_warning("witness_failed",
                {{"witness", stats.name}, {"reason", reason}, {"again_in_s", seconds_of(pause)}});
    asked.last_reason = reason;
}

}  // namespace creditd::daemon
