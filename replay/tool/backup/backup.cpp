#include <rocksdb/db.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "replay/backup/backup_writer.hpp"
#include "replay/chain.hpp"
#include "replay/log_signer.hpp"
#include "replay/progress_line.hpp"
#include "replay/sha256.hpp"
#include "replay/tool/backup/backup_target.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

/// A running daemon writes its head every second.
constexpr std::chrono::seconds head_wait{3};
constexpr std::chrono::milliseconds head_look{50};

std::expected<backup::SignedPart, std::string> read_signed_part(
    const std::filesystem::path& folder) {
    auto log = read_signed_log(folder);
    if (!log) return std::unexpected(std::move(log.error()));
    backup::SignedPart part;
    part.keys = std::move(log->keys);
    if (!log->note) return part;
    const auto checkpoint = proof::open_checkpoint(*log->note, part.keys);
    if (!checkpoint) return std::unexpected("the log's checkpoint: " + checkpoint.error());
    part.size = checkpoint->head.size;
    part.note = std::move(*log->note);
    return part;
}

/// How far of a folder in use is certain to be durable: its last events may be written and not yet
/// synced. A power cut would take them from the ledger, and the backup would have a history that
/// never was. Behind the head everything is durable, and the head comes after within a second.
Seq durable_end(const DataFolder& folder, const Head& before, Seq tip) {
    const auto end = std::chrono::steady_clock::now() + head_wait;
    Seq durable = before.tip.seq;
    while (durable < tip && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(head_look);
        // It is being replaced: what cannot be read now can be a moment later.
        if (const auto head = read_head(folder.head()); head && *head) {
            durable = (*head)->tip.seq;
        }
    }
    return std::min(durable, tip);
}

/// The ledger, and how far of it is certain to be durable.
struct Source {
    backup::SignedPart signed_part;
    std::unique_ptr<LedgerFolder> ledger;
    Seq last{};
};

std::expected<Source, Exit> open_source(const CommonOptions& options) {
    // What vouches for the journal is read before it: none of it is ahead of what is durable.
    auto signed_part = read_signed_part(options.folder);
    if (!signed_part) return std::unexpected(fail(options, Exit::damaged, signed_part.error()));
    const auto head = read_head(DataFolder{options.folder}.head());
    if (!head) return std::unexpected(fail(options, head.error()));
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return std::unexpected(fail(options, ledger.error()));
    const Journal& journal = (*ledger)->journal();
    if (const auto reached = check_head(*head, journal); !reached) {
        return std::unexpected(fail(options, reached.error()));
    }
    if (!*head) return std::unexpected(fail(options, Exit::usage, "the ledger has no events"));
    const Seq tip = journal.tip().seq;
    // The families of a database in use are not opened at one moment: what belongs to the events up
    // to here is certainly there after a second look.
    if (options.live) {
        const auto caught_up = (*ledger)->database().db().TryCatchUpWithPrimary();
        if (!caught_up.ok()) {
            return std::unexpected(
                fail(options, JournalError{JournalFault::io, caught_up.ToString()}));
        }
    }
    const Seq last = options.live ? durable_end((*ledger)->paths(), **head, tip) : tip;
    return Source{std::move(*signed_part), std::move(*ledger), last};
}

/// What the target has; empty where it has nothing yet. It must be of this very log.
std::expected<backup::Manifest, Exit> read_before(const CommonOptions& options,
                                                  const backup::Target& target,
                                                  const Journal& journal) {
    auto manifest = backup::read_manifest(target);
    if (!manifest) return std::unexpected(fail(options, manifest.error()));
    if (!*manifest) return backup::Manifest{};
    const auto same = check_reaches(journal, (*manifest)->tip, "the backup");
    if (!same) return std::unexpected(fail(options, same.error()));
    const auto kept = target.segments();
    if (!kept) return std::unexpected(fail(options, kept.error()));
    const auto is_there = [&](const std::string& name, std::uint64_t bytes) {
        const auto found = kept->find(name);
        return found != kept->end() && found->second == bytes;
    };
    for (const backup::Segment& segment : (*manifest)->segments) {
        std::string name = backup::blocks_name(segment);
        bool is_sound = is_there(name, segment.blocks.bytes);
        if (is_sound && segment.personal.bytes > 0) {
            name = backup::personal_name(segment);
            is_sound = is_there(name, segment.personal.bytes);
        }
        if (is_sound) continue;
        return std::unexpected(
            fail(options, Exit::damaged, target.where(name) + " is missing, or of another size"));
    }
    return std::move(**manifest);
}

void print(const CommonOptions& options, const backup::BackupWriter& writer,
           const std::string& target) {
    const ChainTip& tip = writer.manifest().tip;
    if (!options.json) {
        std::printf("%s events in %s segments, %s, added and read back\n",
                    grouped(writer.events()).c_str(), grouped(writer.segments()).c_str(),
                    size_text(writer.bytes()).c_str());
        std::printf("%s holds the ledger up to seq %s, %s\n", target.c_str(),
                    grouped(tip.seq.value).c_str(), time_text(tip.time).c_str());
        return;
    }
    std::string out;
    JsonText json(out, 0);
    json.open();
    json.flag("ok", true);
    json.number("seq", tip.seq);
    json.time("time", tip.time);
    json.number("epoch", tip.epoch.value);
    json.text("chain_hash", to_hex(tip.hash.bytes));
    json.number("events_added", writer.events());
    json.number("segments_added", writer.segments());
    json.number("bytes_added", writer.bytes());
    json.close();
    std::printf("%s\n", out.c_str());
}

}  // namespace

Exit back_up(const CommonOptions& options, const std::string& name) {
    auto target = open_target(name);
    if (!target) return fail(options, Exit::usage, target.error());
    const auto source = open_source(options);
    if (!source) return source.error();
    if (const auto prepared = (*target)->prepare(); !prepared) {
        return fail(options, Exit::usage, prepared.error().detail);
    }
    const Journal& journal = source->ledger->journal();
    auto before = read_before(options, **target, journal);
    if (!before) return before.error();
    const ChainTip from = before->tip;
    backup::BackupWriter writer(**target, std::move(*before), journal);
    backup::BackupWriter::Done added;
    ProgressLine line;
    const auto read = verify_chain(journal, from, [&](const BlockView& block, const ChainTip& tip) {
        if (tip.seq > source->last) return false;
        added = writer.add(block, tip);
        line.show({"journal", tip.seq.value, source->last.value, tip.seq >= source->last});
        return added.has_value();
    });
    if (!read) return fail(options, read.error());
    if (added) added = writer.finish(source->signed_part);
    // Not the ledger is in use then, but the target.
    if (!added && added.error().fault == JournalFault::in_use) {
        return fail(options, Exit::usage, added.error().detail);
    }
    if (!added) return fail(options, added.error());
    print(options, writer, name);
    return Exit::fine;
}

}  // namespace creditd::replay::tool
