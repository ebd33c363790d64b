// From a data folder to a ledger that may be served: database, journal, head check, indexes,
// recovery, claim. Runs once at start, on the main thread; every step that fails says what is
// wrong and what may be done about it.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "core/state.hpp"
#include "daemon/basics/config.hpp"
#include "daemon/basics/random.hpp"
#include "daemon/engine/clock.hpp"
#include "replay/database.hpp"
#include "replay/files.hpp"
#include "replay/followers/account_images.hpp"
#include "replay/followers/account_index.hpp"
#include "replay/followers/history_index.hpp"
#include "replay/followers/key_index.hpp"
#include "replay/followers/merkle_index.hpp"
#include "replay/followers/payment_index.hpp"
#include "replay/followers/personal_eraser.hpp"
#include "replay/followers/usage_index.hpp"
#include "replay/journal.hpp"

namespace creditd::daemon {

/// Everything that was opened. Members are in the order in which they depend on each other.
struct OpenedLedger {
    /// As one pass over the journal feeds them.
    std::vector<replay::followers::Follower*> followers() const {
        return {keys.get(),     history.get(), accounts.get(), usage.get(),
                payments.get(), merkle.get(),  eraser.get()};
    }

    replay::DataFolder folder;
    std::shared_ptr<replay::Database> database;
    std::unique_ptr<replay::Journal> journal;
    std::unique_ptr<replay::followers::KeyIndex> keys;
    std::unique_ptr<replay::followers::HistoryIndex> history;
    std::unique_ptr<replay::followers::AccountIndex> accounts;
    std::unique_ptr<replay::followers::UsageIndex> usage;
    std::unique_ptr<replay::followers::PaymentIndex> payments;
    std::unique_ptr<replay::followers::AccountImages> images;
    std::unique_ptr<replay::followers::MerkleIndex> merkle;
    std::unique_ptr<replay::followers::PersonalEraser> eraser;
    std::unique_ptr<State> state;
    Seq recovered{};  // the last event before this start
};

/// Why the daemon does not start. `exit_code`: 1, or 3 for damaged data.
struct StartError {
    std::string message;
    int exit_code = 1;
};

/// What opening depends on.
struct OpenContext {
    const Config& config;
    const Clock& clock;
    Random& random;
    unsigned recovery_threads = 2;  // 0: everything on the calling thread
    std::size_t window_generation_keys = limits::window_generation_keys;
    std::uint64_t key_filter_capacity = replay::followers::KeyFilter::first_capacity_default;
    /// The same as `clock`, where the ledger is to have a clock for tests.
    TestClock* test_clock = nullptr;
};

/// The steps from an opened database and journal on: head check, indexes, recovery, claim, head.
std::expected<void, StartError> open_ledger(OpenedLedger& ledger, const OpenContext& context);

std::expected<OpenedLedger, StartError> open_ledger_folder(const Config& config, const Clock& clock,
                                                           Random& random,
                                                           TestClock* test_clock = nullptr);

}  // namespace creditd::daemon
