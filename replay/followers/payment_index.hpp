// Orders and notifications of payment providers, for lists and for finding one: which event says
// how it stands, and as much as filters need. Family `payments`:
//
//   'o' ‖ ~u64 placed                 → u64 latest event ‖ u8 status      orders, newest first
//   'a' ‖ u32 account ‖ ~u64 placed   → the same                          those of an account
//   'd' ‖ 16 bytes of the digest      → the same                          an order by its id
//   'i' ‖ ~u64 received               → u64 latest event ‖ u8 outcome     notifications
//
// Integers are big-endian. Written by the follower thread; pages are read by any.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "replay/followers/sorted_run.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {
class Database;
}  // namespace creditd::replay

namespace creditd::replay::followers {

/// An order or a notification: the event that made it, and the latest about it.
struct ListedPayment {
    Seq first{};
    Seq latest{};
    bool operator==(const ListedPayment&) const = default;
};
struct PaymentPage {
    std::vector<ListedPayment> listed;  // newest first
    bool has_more = false;
    Seq last{};  // go on before this one; where none fits the filter, it is further on
};

/// Which of them are wanted.
struct PaymentFilter {
    std::optional<AccountNo> account;    // orders only
    std::optional<std::uint8_t> status;  // of an order, or outcome of a notification
};

class PaymentIndex final : public RunFollower {
public:
    static std::expected<std::unique_ptr<PaymentIndex>, FollowerFailure> open(Database& database,
                                                                              RunOptions options);

    /// At most `limit` orders that were placed before `before` (0: the newest), as of `consumed`.
    std::expected<PaymentPage, JournalError> orders(const PaymentFilter& filter, Seq before,
                                                    std::size_t limit) const;
    /// Likewise of notifications, by the event that received them.
    std::expected<PaymentPage, JournalError> notifications(const PaymentFilter& filter, Seq before,
                                                           std::size_t limit) const;
    /// The latest event about the order with this digest, as of `consumed`.
    std::expected<std::optional<Seq>, JournalError> find_order(const Digest& digest) const;
    /// The latest event about the notification that `received` made.
    std::expected<std::optional<Seq>, JournalError> find_notification(Seq received) const;

protected:
    void gather(std::span<const FollowedEvent> events) override;
    std::size_t open_entries() const override;
    void close_run(Seq to) override;
    bool write_entries(RunWriter& writer, std::size_t entries) override;
    void drop_closing() override;

private:
    struct Latest {
        Seq seq{};
        std::uint8_t status = 0;
    };
    using Run = std::map<std::string, Latest, std::less<>>;

    PaymentIndex(Database& database, RunOptions options);
    std::expected<PaymentPage, JournalError> page(const std::string& prefix,
                                                  std::optional<std::uint8_t> status, Seq before,
                                                  std::size_t limit) const;
    std::expected<std::optional<Seq>, JournalError> find(const std::string& key) const;
    /// Adds the next of the family's, at most `count`, to `found`, which has newer ones.
    std::expected<void, JournalError> read_stored(const std::string& prefix,
                                                  const std::string& after, std::size_t count,
                                                  Run& found) const;

    mutable std::mutex mutex_;
    Run open_;
    Run closing_;
    Run::const_iterator next_;  // to be written; follower thread only
    std::string value_;
};

}  // namespace creditd::replay::followers
