// A ledger in memory for the replay benchmarks: accounts with one grant each, then deductions under
// UUID keys, written to a journal in memory as the daemon would have written them.
// Owned and used by one thread.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/execute.hpp"
#include "replay/memory_journal.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::replay {

inline std::string encoded_claim(Epoch epoch, Seq seq, Timestamp time) {
    Event event;
    event.seq = seq;
    event.time = time;
    event.body = EpochClaimed{epoch};
    schemas::EventEncoder encoder;
    return std::string(encoder.encode(event));
}

inline std::string account_id(std::size_t number) { return fmt::format("user-{:08}", number); }

/// A ledger as the daemon makes one: state, events, and the journal with them.
class Ledger {
public:
    /// Wide ones keep neither events nor a journal: a snapshot needs the state alone.
    explicit Ledger(bool is_wide) : is_wide_(is_wide) {
        CREDITD_ASSERT(journal_.open().has_value());
        const ChainId chain{LedgerId{{1, 2, 3}}, 0};
        CREDITD_ASSERT(journal_.claim(chain, now_, encoded_claim).has_value());
        tip_ = journal_.tip();
        Event claim;
        claim.seq = Seq{1};
        claim.time = tip_.time;
        claim.body = EpochClaimed{Epoch{1}};
        take(claim);
        take(open_ledger(*state_, chain.ledger.bytes, 6, now_));
    }

    void add_account(std::size_t number) {
        PutAccount put;
        put.account = account_id(number);
        run(put);
        GrantCredits grant;
        grant.account = put.account;
        grant.amount = Credits{1'000'000'000};
        grant.kind = GrantKind::signup;
        grant.expiry.in = Duration::days(365);
        run(grant);
    }
    void deduct(std::size_t number) {
        DeductCredits deduct;
        deduct.account = account_id(number);
        deduct.price.amount = Credits{1'500'000};
        run(deduct);
    }
    void finish() {
        seal();
        write();
    }

    State& state() { return *state_; }
    const Journal& journal() const { return journal_; }
    /// As if the journal ended with the state's last event.
    ChainTip tip_of_state() const {
        return {tip_.chain, state_->head.epoch, state_->head.seq, tip_.hash, state_->head.time};
    }
    const std::vector<Event>& events() const { return events_; }

private:
    static constexpr std::size_t write_blocks = 16;

    CommandMeta meta() {
        CommandMeta made;
        made.key = fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", random_() & 0xffffffff,
                               random_() & 0xffff, random_() & 0xfff, random_() & 0xfff,
                               random_() & 0xffffffffffff);
        for (auto& byte : made.key_digest.bytes) byte = static_cast<std::uint8_t>(random_());
        made.fingerprint = made.key_digest;
        made.actor = "key_bench";
        return made;
    }
    void run(CommandBody body) {
        now_ = now_ + Duration{10};
        out_.clear();
        Command command{meta(), std::move(body), {}};
        command.evidence.as_of = state_->head.seq;
        CREDITD_ASSERT(execute(*state_, command, now_, Policy{}, out_).kind == OutcomeKind::done);
        state_->window.trim(state_->head.seq);
        for (const DecidedEvent& one : out_) append(one.event);
    }
    void take(const Event& event) {
        apply(*state_, event);
        if (event.seq > tip_.seq) return append(event);
        if (!is_wide_) events_.push_back(event);
    }
    void append(const Event& event) {
        if (is_wide_) return;
        events_.push_back(event);
        if (builder_.is_empty()) builder_.begin(event.seq);
        builder_.append(encoder_.encode(event));
        last_time_ = event.time;
        if (builder_.is_full()) seal();
    }
    void seal() {
        if (builder_.is_empty()) return;
        blocks_.push_back(builder_.seal(tip_, last_time_));
        tip_ = blocks_.back().tip;
        if (blocks_.size() >= write_blocks) write();
    }
    void write() {
        if (blocks_.empty()) return;
        CREDITD_ASSERT(journal_.append(blocks_, {}) == AppendOutcome::committed);
        blocks_.clear();
    }

    bool is_wide_;
    MemoryJournal journal_{std::make_shared<MemoryStore>()};
    std::unique_ptr<State> state_ = std::make_unique<State>();
    std::vector<Event> events_;
    std::vector<DecidedEvent> out_;
    std::mt19937_64 random_{42};
    schemas::EventEncoder encoder_;
    BlockBuilder builder_;
    ChainTip tip_{};
    std::vector<SealedBlock> blocks_;
    Timestamp now_{1'700'000'000'000'000};
    Timestamp last_time_{};
};

}  // namespace creditd::replay
