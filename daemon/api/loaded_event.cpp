#include "daemon/api/loaded_event.hpp"

#include "daemon/api/personal_fields.hpp"
#include "daemon/basics/log.hpp"

namespace creditd::daemon {
namespace {

constexpr auto catch_up_max = std::chrono::seconds(2);

void log_personal_not_read(Seq seq, std::string_view reason) {
    log_error("personal_part_not_read", {{"seq", seq.value}, {"reason", reason}});
}

}  // namespace

replay::EventLookup& reader_lookup(const Api& api) {
    thread_local const replay::Journal* journal = nullptr;
    thread_local std::unique_ptr<replay::EventLookup> lookup;
    if (journal != &api.journal) {
        journal = &api.journal;
        lookup = std::make_unique<replay::EventLookup>(api.journal);
    }
    return *lookup;
}

std::optional<LoadedEvent> load_event(const Api& api, Seq seq) {
    auto stored = reader_lookup(api).events(std::span(&seq, 1));
    if (!stored || stored->empty()) {
        log_error("event_not_read", {{"seq", seq.value},
                                     {"reason", stored ? "it is missing" : stored.error().detail}});
        return std::nullopt;
    }
    auto personal = personal_of(seq, stored->front().personal);
    if (!personal) return std::nullopt;
    return LoadedEvent{std::move(stored->front().event), std::move(*personal)};
}

std::optional<PersonalFields> personal_of(Seq seq, const std::optional<std::string>& stored) {
    auto personal = decode_personal_fields(stored);
    if (!personal) log_personal_not_read(seq, "it is damaged");
    return personal;
}

std::optional<PersonalFields> load_personal(const Api& api, Seq seq) {
    if (seq == Seq{}) return PersonalFields{};
    const auto stored = api.journal.read_personal(seq);
    if (stored) return personal_of(seq, *stored);
    log_personal_not_read(seq, stored.error().detail);
    return std::nullopt;
}

bool catch_up(const Api& api, Seq acknowledged) {
    return api.followers.wait_until(acknowledged, std::chrono::steady_clock::now() + catch_up_max);
}

}  // namespace creditd::daemon
