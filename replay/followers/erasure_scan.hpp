// Which personal parts are to be erased, once some accounts are to be forgotten: found by looking
// at every event up to that, in order, twice. The first pass takes the accounts' own events, and
// learns which orders and payments are theirs; the second one what payment providers have sent
// about those, which no account owns: by the names in the event, or else by those in what was sent.
// Pure, but for what it remembers; no thread of its own.
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
    Seq seq{};  // of the event that says so, the last one that is meant
};

class ErasureScan {
public:
    using Result = std::expected<void, schemas::CodecError>;

    /// At least one; of an account that is named twice the later counts.
    explicit ErasureScan(const std::vector<ErasureWish>& wishes);

    /// The last event that can be meant.
    Seq last() const { return last_; }
    /// Pass one and, where `needs_second_pass`, pass two: each event, in order. `bytes` are the
    /// event's own.
    Result look_first(const schemas::EventView& view, std::string_view bytes);
    Result look_second(const schemas::EventView& view, std::string_view bytes);
    bool needs_second_pass() const { return has_notifications_; }

    /// The events whose personal parts have been found since this was asked last.
    std::vector<Seq> take_found() { return std::exchange(found_, {}); }
    /// Likewise those of pass two that name nobody: their parts have to be looked into.
    std::vector<Seq> take_suspects() { return std::exchange(suspects_, {}); }
    /// Does this personal part, of the event `seq`, name an account, an order or a payment that is
    /// meant? As a whole string of JSON; too short names are not looked for.
    bool is_named_in(std::string_view part, Seq seq) const;

private:
    bool is_wanted(AccountNo no, Seq seq) const;
    bool is_wanted(std::string_view account, Seq seq) const;
    void add_copies(const schemas::EventView& view, bool is_wanted);
    Result learn(std::string_view bytes);
    void learn_name(const std::string& name, Seq until);

    std::map<AccountNo, Seq> numbers_;
    std::map<std::string, Seq, std::less<>> ids_;
    Seq last_{};
    std::map<std::string, Seq> orders_;    // of those accounts, and until when
    std::map<std::string, Seq> payments_;  // likewise, as the provider calls them
    bool has_notifications_ = false;
    // The events of one command have copies of one part: with one of them all are meant, whoever
    // they belong to.
    Hash256 run_hash_{};
    std::vector<Seq> run_;
    bool is_run_wanted_ = false;
    std::vector<Seq> found_;
    std::vector<Seq> suspects_;
    std::map<std::string, Seq> quoted_;  // names as they stand in JSON, and until when
    Event scratch_;
};

}  // namespace creditd::replay::followers
