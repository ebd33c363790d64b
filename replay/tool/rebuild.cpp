#include <rocksdb/db.h>

#include <unistd.h>
#include <cstdio>
#include <iostream>

#include "replay/snapshot_store.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

/// All that is in the database besides the journal is derived, whatever made it; but what webhooks
/// have sent is known from nowhere else.
bool is_derived(const std::string& family) {
    return family != rocksdb::kDefaultColumnFamilyName && family != "journal" &&
           family != "personal" && family != "webhooks";
}

std::expected<std::vector<std::string>, std::string> drop_families(LedgerFolder& ledger) {
    std::vector<std::string> names;
    rocksdb::DB& db = ledger.database().db();
    const auto listed = rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(db.GetDBOptions()),
                                                        db.GetName(), &names);
    if (!listed.ok()) return std::unexpected(listed.ToString());
    std::erase_if(names, [](const std::string& name) { return !is_derived(name); });
    for (const std::string& name : names) {
        const auto dropped = db.DropColumnFamily(ledger.database().family(name));
        if (!dropped.ok()) return std::unexpected(dropped.ToString());
    }
    return names;
}

}  // namespace

bool confirm(const std::string& what, const std::string& word) {
    if (::isatty(STDIN_FILENO) != 1) return false;
    std::fprintf(stderr, "%s\nType %s to go on: ", what.c_str(), word.c_str());
    std::string typed;
    std::getline(std::cin, typed);
    return typed == word;
}

Exit rebuild(const CommonOptions& options, bool is_confirmed) {
    auto ledger = LedgerFolder::open(options.folder, OpenMode::read_write);
    if (!ledger) return fail(options, ledger.error());
    if (!is_confirmed &&
        !confirm("This deletes every index and snapshot; the next start builds them again from the "
                 "journal, which takes as long as reading it.",
                 "rebuild")) {
        return fail(options, Exit::usage, "not confirmed: nothing was done (see --yes)");
    }
    const auto dropped = drop_families(**ledger);
    if (!dropped) return fail(options, Exit::damaged, dropped.error());
    const auto& snapshots = (*ledger)->paths().snapshots();
    const std::size_t removed = remove_snapshots_after(snapshots, Seq{});
    remove_unfinished_snapshots(snapshots);
    if (options.json) {
        std::string out;
        JsonText json(out, 0);
        json.open();
        json.open_list("indexes");
        for (const std::string& name : *dropped) json.text({}, name);
        json.close_list();
        json.number("snapshots", static_cast<std::uint64_t>(removed));
        json.close();
        std::printf("%s\n", out.c_str());
    } else {
        std::printf("deleted %zu indexes and %zu snapshots; the next start rebuilds the indexes\n",
                    dropped->size(), removed);
    }
    return Exit::fine;
}

}  // namespace creditd::replay::tool
