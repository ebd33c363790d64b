#include "replay/state_hash.hpp"

#include <cstdio>

#include "replay/sha256.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {

Exit state_hash(const CommonOptions& options, std::optional<Seq> at) {
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, ledger.error());
    if (at && *at > (*ledger)->journal().tip().seq) {
        return fail(options, Exit::usage, "the log ends before that sequence number");
    }
    RecoveryOptions how;
    if (at) how.last = *at;
    const auto recovered = (*ledger)->recover_with(std::move(how));
    if (!recovered) return fail(options, recovered.error());
    const State& state = *recovered->state;
    const std::string hash = to_hex(hash_state(state, 2).bytes);
    if (!options.json) {
        std::printf("%s  seq %llu\n", hash.c_str(),
                    static_cast<unsigned long long>(state.head.seq.value));
        return Exit::fine;
    }
    std::string out;
    JsonText json(out, 0);
    json.open();
    json.number("seq", state.head.seq);
    json.text("state_hash", hash);
    json.number("accounts", static_cast<std::uint64_t>(state.accounts.count()));
    json.close();
    std::printf("%s\n", out.c_str());
    return Exit::fine;
}

}  // namespace creditd::replay::tool
