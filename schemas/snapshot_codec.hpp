// Snapshot records as bytes: one chunk of accounts, or the rest of the ledger (snapshot.fbs). What
// can be computed is not stored: when accounts fall due, the index of ids, the window.
// The file around the records, its checksums and its hash are replay's; records are decoded only
// after their checksum, so that what is left to find here is damage by a program.
// An encoder belongs to one thread; decoding changes nothing but what is passed in.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/state.hpp"
#include "schemas/codec_error.hpp"

namespace creditd::schemas {

class SnapshotEncoder {
public:
    SnapshotEncoder();
    ~SnapshotEncoder();
    SnapshotEncoder(SnapshotEncoder&&) noexcept;
    SnapshotEncoder& operator=(SnapshotEncoder&&) noexcept;

    /// Accounts that follow each other from `first`, at most limits::chunk_accounts; `terms` is the
    /// table of their grants' terms. The bytes are valid until the next call.
    std::string_view encode_chunk(AccountNo first, std::span<const Account> accounts,
                                  const TermsTable& terms);
    /// What is not in accounts; `account_count` says how many there are.
    std::string_view encode_ledger(const LedgerHead& head, const Catalog& catalog,
                                   const Redemptions& redemptions, std::size_t account_count);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

struct LedgerImage {
    LedgerHead head;
    Catalog catalog;
    Redemptions redemptions;
    std::size_t account_count = 0;
    bool operator==(const LedgerImage&) const = default;
};

[[nodiscard]] std::expected<LedgerImage, CodecError> decode_ledger(std::string_view bytes);

/// Appends the chunk's accounts to `out`, interning their terms. A chunk that does not begin with
/// account `first` is refused. After an error `out` and `terms` hold anything.
[[nodiscard]] std::expected<void, CodecError> decode_chunk(std::string_view bytes, AccountNo first,
                                                           TermsTable& terms,
                                                           std::vector<Account>& out);

/// Loading: the rest of the ledger into a fresh state; returns how many accounts must follow.
[[nodiscard]] std::expected<std::size_t, CodecError> restore_ledger(std::string_view bytes,
                                                                    State& state);
/// Loading: the next chunk into the state, chunks in order. Asserts that ids are new.
[[nodiscard]] std::expected<void, CodecError> restore_chunk(std::string_view bytes, State& state);

}  // namespace creditd::schemas
