#include "daemon/app/upgrade_gate.hpp"

#include <fstream>

#include "daemon/basics/log.hpp"
#include "replay/sha256.hpp"
#include "replay/state_mark.hpp"

namespace creditd::daemon {
namespace {

using replay::MarkVerdict;

/// SHA-256 of the program's own file; all zero where it cannot be read, which is nobody's.
Hash256 hash_own_binary() {
    std::ifstream file("/proc/self/exe", std::ios::binary);
    replay::Sha256 hash;
    std::string piece(1u << 20, '\0');
    while (file) {
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        hash.update(std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount())));
    }
    return file.eof() ? hash.finish() : Hash256{};
}

const Hash256& own_binary() {
    static const Hash256 hash = hash_own_binary();
    return hash;
}

bool keep(const replay::DataFolder& folder, const replay::StateMark& mark) {
    const auto written = replay::write_state_mark(replay::state_mark_path(folder), mark);
    if (!written) log_error("state_mark_not_written", {{"reason", written.error().detail}});
    return written.has_value();
}

StartError refusal(const replay::StateMark& mark, const replay::MarkCheck& check,
                   const std::filesystem::path& path) {
    return {"the upgrade gate: creditd " + mark.version + " had the state " +
                replay::to_hex(mark.state.bytes) + " after event " +
                std::to_string(mark.seq.value) + ", and this program (" CREDITD_VERSION ") makes " +
                replay::to_hex(check.replayed.bytes) +
                " of the same events. It does not serve what it understands differently: go back "
                "to the former program, and look at what differs with 'creditd-replay diff'. "
                "Whoever knows better removes " +
                path.string(),
            3};
}

}  // namespace

std::expected<void, StartError> pass_upgrade_gate(const replay::DataFolder& folder,
                                                  const replay::Journal& journal,
                                                  unsigned threads) {
    auto mark = replay::read_state_mark(replay::state_mark_path(folder));
    if (!mark) return std::unexpected(StartError{mark.error().detail, 3});
    if (!*mark) return {};
    const auto progress = [](const replay::RecoveryProgress& at) {
        log_info("verifying_upgrade", {{"done", at.done}, {"total", at.total}});
    };
    const auto check = replay::check_state_mark(journal, **mark, own_binary(), threads, progress);
    if (!check) {
        const bool is_unread = check.error().fault == replay::JournalFault::io;
        return std::unexpected(StartError{check.error().detail, is_unread ? 1 : 3});
    }
    switch (check->verdict) {
        case MarkVerdict::own: return {};
        case MarkVerdict::different:
            return std::unexpected(refusal(**mark, *check, replay::state_mark_path(folder)));
        case MarkVerdict::foreign:
            log_warning("state_mark_passed_over",
                        {{"seq", (*mark)->seq}, {"reason", "its block is not of this log"}});
            return {};
        case MarkVerdict::same: break;
    }
    log_info("upgrade_verified",
             {{"from_version", (*mark)->version},
              {"version", CREDITD_VERSION},
              {"seq", (*mark)->seq},
              {"events", check->events},
              {"milliseconds", static_cast<std::int64_t>(check->seconds * 1'000)}});
    (*mark)->version = CREDITD_VERSION;
    (*mark)->binary = own_binary();
    keep(folder, **mark);
    return {};
}

void mark_state(const replay::DataFolder& folder, const replay::Journal& journal, Seq seq,
                const Hash256& state) {
    const auto at = replay::tip_at(journal, seq);
    if (!at || !*at) {
        log_error("state_mark_not_written",
                  {{"reason", at ? "no block ends there" : at.error().detail}, {"seq", seq}});
        return;
    }
    keep(folder, {CREDITD_VERSION, own_binary(), seq, (*at)->hash, state});
}

}  // namespace creditd::daemon
