#include "replay/tool/claim.hpp"

#include <time.h>

#include "core/assert.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::replay::tool {
namespace {

Timestamp wall_clock() {
    timespec now{};
    const int failed = clock_gettime(CLOCK_REALTIME, &now);
    CREDITD_ASSERT(failed == 0);
    return Timestamp{std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000};
}

std::string encode_claim(Epoch epoch, Seq seq, Timestamp time) {
    Event event;
    event.seq = seq;
    event.time = time;
    event.body = EpochClaimed{epoch};
    schemas::EventEncoder encoder;
    return std::string(encoder.encode(event));
}

}  // namespace

std::expected<ChainTip, JournalError> claim_next_epoch(Journal& journal, const ChainId& chain) {
    return journal.claim(chain, wall_clock(), encode_claim);
}

}  // namespace creditd::replay::tool
