#include <cerrno>
#include <cstdio>

#include "replay/archive/archive_writer.hpp"
#include "replay/chain.hpp"
#include "replay/log_signer.hpp"
#include "replay/progress_line.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/text.hpp"

namespace creditd::replay::tool {
namespace {

using archive::ArchiveWriter;

/// What was signed is read before the journal is opened: it is never ahead of what is durable.
std::expected<archive::SignedPart, std::string> read_signed_part(
    const std::filesystem::path& folder) {
    auto log = read_signed_log(folder);
    if (!log) return std::unexpected(std::move(log.error()));
    archive::SignedPart part;
    part.keys = std::move(log->keys);
    if (!log->note) return part;
    const auto checkpoint = proof::open_checkpoint(*log->note, part.keys);
    if (!checkpoint) return std::unexpected("the log's checkpoint: " + checkpoint.error());
    part.checkpoint = *checkpoint;
    part.note = std::move(*log->note);
    // One of keys that have gone meanwhile, or of a folder that was mixed, says nothing.
    const auto cosigned = log->cosigned ? proof::open_checkpoint(*log->cosigned, part.keys)
                                        : std::unexpected(proof::ProofError());
    if (cosigned && cosigned->head.size <= checkpoint->head.size) {
        part.cosigned = std::move(*log->cosigned);
    }
    return part;
}

Exit write_archive(const CommonOptions& options, const Journal& journal, ArchiveWriter& writer) {
    std::optional<std::string> failure;
    ProgressLine line;
    const std::uint64_t last = journal.tip().seq.value;
    const auto read = verify_chain(journal, {}, [&](const BlockView& block, const ChainTip& tip) {
        const auto added = writer.add(block, tip);
        if (!added) failure = added.error();
        line.show({"journal", tip.seq.value, last, tip.seq.value >= last});
        return added.has_value();
    });
    if (!read) return fail(options, read.error());
    if (failure) return fail(options, Exit::failed_check, *failure);
    if (const auto finished = writer.finish(); !finished) {
        return fail(options, Exit::damaged, finished.error());
    }
    return Exit::fine;
}

}  // namespace

Exit export_archive(const CommonOptions& options, const ExportOptions& wanted) {
    if (wanted.output.empty() || !wanted.account.empty() || wanted.period.from ||
        wanted.period.to) {
        return fail(options, Exit::usage,
                    "an archive is of the whole log, and goes to a new folder: -o FOLDER");
    }
    auto signed_part = read_signed_part(options.folder);
    if (!signed_part) return fail(options, Exit::damaged, signed_part.error());
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, ledger.error());
    const Journal& journal = (*ledger)->journal();
    if (journal.tip().is_empty()) return fail(options, Exit::usage, "the ledger has no events");
    ArchiveWriter writer(wanted.output, std::move(*signed_part));
    if (const auto created = writer.create(); !created) {
        return fail(options, Exit::usage, created.error());
    }
    const Exit exit = write_archive(options, journal, writer);
    if (exit != Exit::fine) {
        std::error_code ignored;
        std::filesystem::remove_all(wanted.output, ignored);  // made here, and of no use
        return exit;
    }
    std::fprintf(stderr, "%s events written to %s, %s of them under the log's signature\n",
                 grouped(writer.manifest().tip.seq.value).c_str(), wanted.output.c_str(),
                 grouped(writer.manifest().signed_size).c_str());
    return Exit::fine;
}

}  // namespace creditd::replay::tool
