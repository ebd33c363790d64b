// Whom to ask for cosignatures, when, and from which size on: rounds, in each of which one head of
// the log is shown to every witness that has not cosigned it. A witness that fails is asked again
// later and later; one that knows another history of this log is told of loudly.
// One thread at a time; results of calls may come on any.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <expected>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/witnesses/cosigned_heads.hpp"
#include "daemon/witnesses/witness_protocol.hpp"

namespace creditd::daemon {

/// What is counted of one witness; any thread.
struct WitnessStats {
    std::string name;
    std::atomic<std::uint64_t> cosigned_size{0};
    std::atomic<std::uint64_t> failures{0};  // whatever was no cosignature, and no usable size
    std::atomic<bool> disagrees{false};      // knows another history, or a longer one
};

class WitnessKeeper {
public:
    using Clock = CosignedHeads::Clock;
    using Head = CosignedHeads::Head;
    using Error = replay::proof::ProofError;

    /// Between two rounds; a head that nobody waits for is signed as seldom.
    static constexpr std::chrono::seconds round_min{1};
    /// A round ends sooner: when nobody is left to wait for, or enough have cosigned.
    static constexpr std::chrono::seconds round_max{5};
    static constexpr std::chrono::seconds first_pause{1};
    static constexpr std::chrono::seconds pause_max{60};
    /// A witness may correct our notion of its size so often in a row.
    static constexpr unsigned corrections_max = 3;

    struct Parts {
        std::vector<Witness> witnesses;
        CosignedHeads& heads;
        /// Null while there is none yet.
        std::function<std::expected<Head, Error>()> newest_head;
        std::function<std::expected<replay::proof::Proof, Error>(std::uint64_t from,
                                                                 std::uint64_t to)>
            consistency;
        std::function<void(HttpRequest, HttpClient::Done)> send;
        /// Called on the thread of a result: `look` has something to do.
        std::function<void()> wake;
    };
    explicit WitnessKeeper(Parts parts);

    /// Does what there is to do now.
    void look(Clock::time_point now);

    const std::deque<WitnessStats>& stats() const { return stats_; }

private:
    struct Asked {
        std::uint64_t size = 0;  // of its newest head, as far as we know
        bool is_in_flight = false;
        Clock::time_point next_at{};
        Clock::duration pause{};  // the last one after a failure; none while all is well
        unsigned corrections = 0;
        std::string last_reason{};
    };
    struct Answer {
        std::size_t witness = 0;
        Head head;
        std::uint64_t from = 0;
        HttpResult result;
    };

    void take_answers(Clock::time_point now);
    void take(const Answer& answer, Clock::time_point now);
    void take_size(const Answer& answer, const WitnessAnswer& said, Clock::time_point now);
    void take_cosignature(const Answer& answer, std::string line);
    void note_disagreement(std::size_t witness, const char* event, std::uint64_t size,
                           const std::string& reason, Clock::time_point now);
    void note_failure(std::size_t witness, const std::string& reason, Clock::duration pause,
                      Clock::time_point now);
    void fail(std::size_t witness, const std::string& reason, const HttpResult& result,
              Clock::time_point now);
    void begin_round(Clock::time_point now);
    bool is_round_over(Clock::time_point now) const;
    bool is_to_be_asked(std::size_t witness) const;
    void ask(std::size_t witness, Clock::time_point now);

    const Parts parts_;
    std::deque<WitnessStats> stats_;
    std::vector<Asked> asked_;
    Head round_;  // the head of this round; null before the first
    Clock::time_point round_at_{};
    std::uint64_t newest_size_ = 0;  // of all that the log has signed
    std::string head_error_;

    std::mutex mutex_;  // of the answers alone
    std::vector<Answer> answers_;
};

}  // namespace creditd::daemon
