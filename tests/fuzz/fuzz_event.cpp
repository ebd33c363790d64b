// The bytes of events, as they stand in a block: refused, or an event that has one spelling. Then
// applied to a small state: an assertion may stop it, since these bytes may be a forgery; what is
// applied must leave every account sound. Also the bytes of a personal part.
#include <vector>

#include "core/apply.hpp"
#include "schemas/event_codec.hpp"
#include "schemas/personal.hpp"
#include "tests/fuzz/support.hpp"
#include "tests/support/ledger_world.hpp"

using namespace creditd;
using creditd::tests::AssertionFailed;
using creditd::tests::FuzzInput;
using creditd::tests::LedgerWorld;
using creditd::tests::require;

namespace {

void read_personal(std::string_view bytes) {
    schemas::PersonalPart part;
    if (!schemas::decode_personal(bytes, part)) return;
    schemas::PersonalPart again;
    require(schemas::decode_personal(schemas::encode_personal({}, part), again).has_value() &&
                again == part,
            "a personal part comes back as it was");
}

/// The view agrees with the decoded event.
void require_same_view(std::string_view bytes, const Event& event) {
    const auto view = schemas::EventView::of(bytes);
    require(view.has_value(), "an event that decodes can be viewed");
    require(view->seq == event.seq && view->time == event.time &&
                view->kind == schemas::kind_of(event.body) && view->account == event.account &&
                view->account_no == event.account_no && view->balances == event.balances &&
                view->has_origin == event.origin.has_value(),
            "the view and the event agree");
}

/// Puts the event at its place in the log, so that what it says is looked at, not where it stands.
void place(Event& event, const State& state) {
    event.seq = state.head.seq.next();
    event.time = std::max(event.time, state.head.time);
}

/// A ledger with three accounts, to which events may be added.
const State& small_state() {
    static const LedgerWorld* const world = [] {
        auto* const made = new LedgerWorld;
        for (const char* id : {"ada", "bob", "eve"}) made->put_account(id, 1000);
        made->grant("ada", 500);
        made->deduct("bob", 20);
        return made;
    }();
    return world->state();
}

void apply_all(State& state, const std::vector<Event>& events, bool keeps_places) {
    for (Event event : events) {
        if (!keeps_places) place(event, state);
        try {
            apply(state, event);
        } catch (const AssertionFailed&) {
            return;
        }
        tests::require_sound(state, name_of(schemas::kind_of(event.body)));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzInput input(data, size);
    const std::uint8_t choice = input.byte();
    if ((choice & 4) != 0) {
        read_personal(input.rest());
        return 0;
    }
    std::vector<Event> events;
    while (!input.is_empty()) {
        // A copy of its own, so that reading past it is seen.
        const std::vector<char> bytes = [&] {
            const std::string_view sized = input.sized();
            return std::vector<char>(sized.begin(), sized.end());
        }();
        const std::string_view text(bytes.data(), bytes.size());
        static_cast<void>(schemas::EventView::of(text));
        Event event;
        if (!schemas::decode_event(text, event)) continue;
        tests::require_round_trip(event);
        require_same_view(text, event);
        events.push_back(std::move(event));
    }
    if ((choice & 1) != 0) {
        State state;
        apply_all(state, events, (choice & 2) != 0);
    } else {
        State state(small_state());
        apply_all(state, events, false);
    }
    return 0;
}
