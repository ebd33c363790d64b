// A journal of random events with a database for the followers beside it, and everything that can
// be restarted. The events themselves are kept: they are what the followers are compared with.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "replay/database.hpp"
#include "replay/followers/account_index.hpp"
#include "replay/followers/families.hpp"
#include "replay/followers/history_index.hpp"
#include "replay/followers/key_index.hpp"
#include "replay/followers/merkle_index.hpp"
#include "replay/followers/usage_index.hpp"
#include "replay/memory_journal.hpp"
#include "replay/rocksdb_journal.hpp"
#include "schemas/event_codec.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {

namespace followers = replay::followers;

template <class T, class E>
T must(std::expected<T, E>&& result, const char* what) {
    if constexpr (std::is_void_v<T>) {
        if (result) return;
    } else {
        if (result) return std::move(*result);
    }
    if constexpr (std::is_same_v<E, replay::JournalError>) {
        throw std::runtime_error(std::string(what) + ": " + result.error().detail);
    } else {
        throw std::runtime_error(std::string(what) + ": " + result.error());
    }
}

inline Digest digest_of(std::uint64_t number) {
    Digest digest;
    for (std::size_t i = 0; i < 8; ++i) {
        digest.bytes[i] = static_cast<std::uint8_t>(followers::spread(number) >> (8 * i));
        digest.bytes[8 + i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return digest;
}

/// Ids whose order is not that of the numbers.
inline std::string account_id(AccountNo no) {
    return (no.value % 3 == 0 ? "org:" : "user:") + std::to_string(no.value * 7919 % 1000) + "." +
           std::to_string(no.value);
}

/// A personal part that holds only this.
std::string encode_resource(const std::string& resource);

enum class Backend { memory, rocksdb };

/// One set of followers, as the daemon has them.
struct Followers {
    std::unique_ptr<followers::KeyIndex> keys;
    std::unique_ptr<followers::HistoryIndex> history;
    std::unique_ptr<followers::AccountIndex> accounts;
    std::unique_ptr<followers::UsageIndex> usage;
    std::unique_ptr<followers::MerkleIndex> merkle;
    std::vector<followers::Follower*> all() const {
        return {keys.get(), history.get(), accounts.get(), usage.get(), merkle.get()};
    }
};

class World {
public:
    explicit World(Backend backend, std::size_t run_entries = 40, unsigned seed = 1)
        : random(seed), backend_(backend) {
        runs.folder = folder_.path() / "runs";
        runs.entries = run_entries;
        runs.events = 3 * run_entries;
        runs.step_entries = 16;
        open_database();
        open_followers();
    }

    replay::Journal& journal() { return *journal_; }
    const replay::Journal& journal() const { return *journal_; }
    replay::Database& database() { return *database_; }
    const std::vector<Event>& events() const { return events_; }
    const std::map<Seq, std::string>& resources() const { return resources_; }

    /// The process dies and starts again, followers included.
    void restart() {
        close_followers();
        journal_.reset();
        database_.reset();
        open_database();
        open_followers();
    }
    /// Only the followers, whatever they are at: what they hold in memory is lost.
    void restart_followers() {
        close_followers();
        open_followers();
    }
    void close_followers() { indexes = {}; }
    void open_followers() {
        indexes.keys = must(followers::KeyIndex::open(*database_, {runs, 64}), "keys");
        indexes.history = must(followers::HistoryIndex::open(*database_, runs), "history");
        indexes.accounts = must(followers::AccountIndex::open(*database_, runs), "accounts");
        indexes.usage = must(followers::UsageIndex::open(*database_, runs), "usage");
        indexes.merkle = must(followers::MerkleIndex::open(*database_, *journal_, runs), "merkle");
    }

    /// Appends `events` in blocks of random sizes, giving them their numbers and times.
    void append(std::vector<Event> events, std::size_t block_events_max = 7) {
        auto next = events.begin();
        while (next != events.end()) {
            const std::size_t left = static_cast<std::size_t>(events.end() - next);
            const std::size_t count = std::min(left, 1 + random() % block_events_max);
            append_block(std::span(next, count));
            next += static_cast<std::ptrdiff_t>(count);
        }
    }
    /// Appends events that are complete, as one block.
    void append_as_they_are(std::span<const Event> events);
    Seq end() const { return Seq{events_.size()}; }

    /// The next event's number, and a random event of some account or none.
    std::vector<Event> random_events(std::size_t count);

    /// Feeds all followers with what they have not consumed, up to `to`, without a thread.
    void feed(Seq to);
    void feed() { feed(end()); }
    /// Lets every follower do what it has to do.
    void finish_work() {
        for (followers::Follower* follower : indexes.all()) {
            while (must(follower->work(), "work")) {
            }
        }
    }

    replay::MemoryStore& store() { return *store_; }
    std::uint32_t account_count() const { return account_count_; }

    /// Has RocksDB merge all runs of every family.
    void merge_runs();

    Followers indexes;
    followers::RunOptions runs;
    std::mt19937_64 random;

private:
    void open_database();
    void append_block(std::span<Event> events);
    Event random_event(Seq seq);
    Event random_deduction(const std::string& account, std::uint32_t no);

    const Backend backend_;
    TemporaryFolder folder_;
    std::shared_ptr<replay::MemoryStore> store_ = std::make_shared<replay::MemoryStore>();
    std::unique_ptr<replay::Database> database_;
    std::unique_ptr<replay::Journal> journal_;
    std::vector<Event> events_;
    std::map<Seq, std::string> resources_;
    std::uint32_t account_count_ = 0;
    schemas::EventEncoder encoder_;
    std::uint64_t key_count_ = 0;
};

}  // namespace creditd::tests
