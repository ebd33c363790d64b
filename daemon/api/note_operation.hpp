// What a provider told, on its way to the ledger: the commands that it asks for and the note of the
// notification, all together or none of them; where they are refused, the note alone, which says
// why. Belongs to its call; `execute` runs on the ledger thread.
#pragma once

#include <functional>
#include <string>

#include "daemon/api/call.hpp"
#include "daemon/payments/payment_commands.hpp"

namespace creditd::daemon {

/// One notification as it came, and as it was read.
struct Told {
    std::string provider;
    ProviderNews news;
    std::string raw;         // kept with the note; empty where it is kept already
    NotificationHint hint;   // of whoever has looked at it
    std::string unreadable;  // why the news could not be read: then they say nothing
};

struct NoteResult {
    enum class Kind : std::uint8_t { applied, ignored, quarantined, known, unavailable };
    Kind kind = Kind::unavailable;
    std::string reason;  // of what was ignored or quarantined
    Seq seq{};
    Unavailable unavailable = Unavailable::none;
};
std::string_view name_of(NoteResult::Kind kind);

class NoteOperation final : public Operation {
public:
    using Then = std::function<void(const NoteResult&)>;
    /// `then` runs on the call's io thread, once what was done is durable.
    NoteOperation(Call& call, Told told, Then then);

    void execute(const LedgerTurn& turn) override;
    void complete() override;
    bool is_one_block() const override { return true; }
    void start();

private:
    void gather();
    bool is_known(const State& state) const;
    bool is_of_earlier_subscription(const State& state) const;
    void note_alone(const LedgerTurn& turn, NotificationOutcome outcome, std::string reason);

    Call& call_;
    Told told_;
    Then then_;
    AtomicBatch batch_;  // the note comes last
    NoteResult result_;
    bool is_stale_ = false;
};

/// Notes it, and then answers as `then` does.
void note(Call& call, Told told, NoteOperation::Then then);

}  // namespace creditd::daemon
