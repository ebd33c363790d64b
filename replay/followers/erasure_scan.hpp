// Which personal parts are to be erased, once some accounts are to be forgotten: found by looking
// at every event before that, in order, twice. The first pass takes the accounts' own events, and
// learns which orders and payments are theirs; the second one what payment providers have sent
// about those, which no account owns. Pure, but for what it remembers; no thread of its own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/event.hpp"
#include "schemas/codec_error.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::replay::followers {

/// An account that is to be forgotten, as it was at one event.
struct ErasureWish {
    AccountNo no = AccountNo::none();
    std::string account;
    Seq seq{};  // of the event that says so: what comes after it stays
};

class ErasureScan {
public:
    using Result = std::expected<void, schemas::CodecError>;

    /// At least one; of an account that is named twice the later counts.
    explicit ErasureScan(const std::vector<ErasureWish>& wishes);

    /// Everything that can be meant lies before this one.
    Seq end() const { return end_; }
    /// Pass one and, where `needs_second_pass`, pass two: each event, in order. `bytes` are the
    /// event's own.
    Result look_first(const schemas::EventView& view, std::string_view bytes);
    Result look_second(const schemas::EventView& view, std::string_view bytes);
    bool needs_second_pass() const { return has_notifications_; }

    /// The events whose personal parts have been found since this was asked last.
    std::vector<Seq> take_found() { return std::exchange(found_, {}); }

private:
    bool is_wanted(AccountNo no, Seq seq) const;
    bool is_wanted(std::string_view account, Seq seq) const;
    void add_copies(const schemas::EventView& view, bool is_wanted);
    Result learn(std::string_view bytes);

    std::map<AccountNo, Seq> numbers_;
    std::map<std::string, Seq, std::less<>> ids_;
    Seq end_{};
    std::map<std::string, Seq> orders_;    // of those accounts, and until when
    std::map<std::string, Seq> payments_;  // likewise, as the provider calls them
    bool has_notifications_ = false;
    // The events of one command have copies of one part: with one of them all are meant, whoever
    // they belong to.
    Hash256 run_hash_{};
    std::vector<Seq> run_;
    bool is_run_wanted_ = false;
    std::vector<Seq> found_;
    Event scratch_;
};

}  // namespace creditd::replay::followers
