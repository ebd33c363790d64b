#include "tests/fuzz/support.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/conservation.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::tests {

void require(bool holds, const char* sentence) {
    if (holds) return;
    std::fprintf(stderr, "finding: it does not hold that %s\n", sentence);
    std::abort();
}

std::string_view FuzzInput::take(std::size_t bytes) {
    const std::string_view taken = left_.substr(0, bytes);
    left_.remove_prefix(taken.size());
    return taken;
}

std::uint8_t FuzzInput::byte() {
    const std::string_view taken = take(1);
    return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken[0]);
}

std::string_view FuzzInput::sized() {
    const std::size_t low = byte();
    return take(low + (std::size_t{byte()} << 8));
}

std::string_view FuzzInput::line() {
    const std::string_view taken = take(std::min(left_.find('\n'), left_.size()));
    take(1);
    return taken;
}

void require_sound(const State& state, std::string_view after) {
    for (std::size_t i = 0; i < state.accounts.count(); ++i) {
        const auto broken = broken_rule(state, AccountNo{static_cast<std::uint32_t>(i)});
        if (broken) {
            const std::string text = std::string(*broken) + ", after " + std::string(after);
            std::fprintf(stderr, "account %zu: %s\n", i, text.c_str());
        }
        require(!broken, "every account keeps its rules");
    }
}

void require_round_trip(const Event& event) {
    schemas::EventEncoder encoder;
    const std::string bytes(encoder.encode(event));
    Event again;
    require(schemas::decode_event(bytes, again).has_value(), "what was encoded can be decoded");
    require(again == event, "the decoded event is the encoded one");
    require(encoder.encode(again) == bytes, "an event has one spelling");
    require(schemas::EventView::of(bytes).has_value(), "an event that decodes can be viewed");
}

}  // namespace creditd::tests
