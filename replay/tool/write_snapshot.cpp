#include <cstdio>

#include "replay/sha256.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/snapshot_walk.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::size_t snapshots_kept = 2;

SnapshotResult write_one(const std::filesystem::path& folder, State& state, const ChainTip& tip) {
    SnapshotWriterOptions options;
    options.folder = folder;
    options.keep = snapshots_kept;
    SnapshotWriter writer(std::move(options));
    SnapshotWalk walk(writer);
    const bool begun = walk.begin(state, tip);
    CREDITD_ASSERT(begun);
    while (walk.step(std::chrono::seconds(1)).is_running) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    writer.wait();
    return *writer.last_result();
}

}  // namespace

Exit write_snapshot(const CommonOptions& options) {
    auto ledger = LedgerFolder::open(options.folder, OpenMode::read_only);
    if (!ledger) return fail(options, ledger.error());
    const auto recovered = (*ledger)->recover_with({});
    if (!recovered) return fail(options, recovered.error());
    if (recovered->tip.is_empty()) return fail(options, Exit::usage, "the log is empty");
    const auto result =
        write_one((*ledger)->paths().snapshots(), *recovered->state, recovered->tip);
    if (!result.is_good()) return fail(options, Exit::failed_check, result.failure);
    const std::string path = snapshot_path((*ledger)->paths().snapshots(), result.seq).string();
    if (options.json) {
        std::string out;
        JsonText json(out, 0);
        json.open();
        json.number("seq", result.seq);
        json.text("state_hash", to_hex(result.state_hash.bytes));
        json.number("bytes", result.bytes);
        json.text("path", path);
        json.close();
        std::printf("%s\n", out.c_str());
    } else {
        std::printf("%s, %s, state %s\n", path.c_str(), size_text(result.bytes).c_str(),
                    to_hex(result.state_hash.bytes).c_str());
    }
    return Exit::fine;
}

}  // namespace creditd::replay::tool
