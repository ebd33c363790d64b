// Answers that the log already holds: the repeat of a known key, and the first answer to a payment
// that came again. Read and rendered on a reader thread; the same bytes as the first time.
#pragma once

#include <string>

#include "daemon/api/call.hpp"
#include "daemon/api/render_event.hpp"

namespace creditd::daemon {

/// What a known key answers with.
struct RecordedAnswer {
    enum class Kind : std::uint8_t {
        answer,      // `body` and `status`
        refusal,     // a recorded refusal: `refusal`, `index`, `in_batch`
        key_reused,  // the key belongs to another request
        unreadable   // the log could not be read: nothing is known
    };
    Kind kind = Kind::unreadable;
    unsigned status = 0;
    Seq seq{};  // the command's last event
    std::string body;
    Refusal refusal;
    std::uint32_t index = 0;
    bool in_batch = false;
};

/// Reads the command whose last event is `last`. `fingerprint`: of the request that came now.
RecordedAnswer read_recorded(const Api& api, Seq last, const Digest& fingerprint);

/// The answer to a purchase, marked as a duplicate. `original` is the purchase's event.
RecordedAnswer read_duplicate_purchase(const Api& api, Seq original);

/// Answers the call with it; `replayed`: the request is the repeat of a known one.
void respond_recorded(Call& call, const RecordedAnswer& recorded, bool replayed);

/// `{"results":[…]}` of an atomic batch that was done. Reads the log where a payment in it was
/// known before: then on a reader thread.
void render_atomic_answer(std::string& out, std::span<const EventRecord> records, const Api& api);

}  // namespace creditd::daemon
