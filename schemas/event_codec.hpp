// Events as bytes: core/event.hpp on one side, schemas/event.fbs on the other. `encode` is for the
// one who writes the journal, `decode_event` for replay, `EventView` for readers that look at a few
// fields of many events. Values only; an encoder belongs to one thread, the functions to any.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string_view>

#include "core/event.hpp"
#include "schemas/codec_error.hpp"
#include "schemas/event_kind.hpp"

namespace creditd::schemas {

class EventEncoder {
public:
    EventEncoder();
    ~EventEncoder();
    EventEncoder(EventEncoder&&) noexcept;
    EventEncoder& operator=(EventEncoder&&) noexcept;

    /// The event's bytes, valid until the next call. Once warm, it allocates only for lists of
    /// tables (itemised prices, refunds, transfers).
    /// Asserts every bound that `decode_event` checks for texts and lists, that a trace id is 32
    /// lower-case hexadecimal digits or empty, that an account has a number and the reverse, and
    /// that a deduction's amount is what was burned and its debt.
    std::string_view encode(const Event& event);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Reads one event, from any address. Verifies before it looks: at most limits::event_bytes_max
/// bytes, a sound FlatBuffer, nothing unknown, every number and text within its bounds; whether the
/// event fits the ledger is for `apply`. Reuses the capacity of `out`, of which every field is set;
/// after an error `out` holds anything.
[[nodiscard]] std::expected<void, CodecError> decode_event(std::string_view bytes, Event& out);

/// What many readers want of an event, without decoding it. The views are into the bytes given.
struct EventView {
    EventKind kind{};
    Seq seq{};
    Timestamp time{};
    AccountNo account_no = AccountNo::none();
    std::string_view account;
    Balances balances;

    bool has_origin = false;  // the last event of a command
    bool has_key = false;     // … that came under a key
    Seq first_seq{};          // of that command; `seq` where there is no origin
    Digest key_digest{};
    Digest fingerprint{};
    bool has_personal = false;
    Hash256 personal_hash{};  // all zero without a personal part

    bool has_payment = false;       // it is known under a digest of its own: see payment_digest
    Digest payment_digest{};        // of the payment, order or notification that it is about
    Seq about{};                    // order_set, notification_noted: the first event about it
    std::uint8_t about_status = 0;  // of the order, or the notification's outcome
    DeductionId refunded{};         // credits_refunded: the deduction; else 0
    GrantId revoked_whole{};        // grant_revoked, and nothing is left of the grant; else 0
    std::vector<GrantId> lost{};    // grants of which it loses something (core/losses.hpp)
    HoldId closed_hold{};  // hold_captured or hold_released, and the hold is closed; else 0

    std::string_view feature;  // of a deduction, hold, capture, refund or refusal
    std::string_view user;
    std::string_view model;
    Credits amount{};  // of a deduction, capture or refund
    Credits waived{};  // of a deduction or capture that an unlimited plan covered

    /// The same verification as `decode_event`, but only these fields are checked for bounds.
    [[nodiscard]] static std::expected<EventView, CodecError> of(std::string_view bytes);
};

}  // namespace creditd::schemas
