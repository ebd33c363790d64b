// Writes the first inputs of every target: `fuzz_seeds FOLDER GOLDEN CONF`. Golden events and
// records as they are frozen, blocks and snapshots of small random ledgers, and the requests and
// bodies of seeds_http.cpp. The same every time.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

#include "replay/memory_journal.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/snapshot_walk.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The target passes over texts that name other files.
std::string without_lines(const std::string& text, std::string_view word) {
    std::string kept;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        // Commented out are the defaults: here they shall count.
        const bool is_value = line.starts_with("# ") && line.find(" = ") != std::string::npos;
        if (line.find(word) == std::string::npos) kept += line.substr(is_value ? 2 : 0) + '\n';
    }
    return kept;
}

void append_sized(std::string& out, std::string_view bytes) {
    out += static_cast<char>(bytes.size() & 0xff);
    out += static_cast<char>(bytes.size() >> 8);
    out += bytes;
}

LedgerWorld random_ledger(std::uint64_t seed, std::size_t steps) {
    LedgerWorld world;
    RandomCommands commands(seed, 4);
    commands.steps(world, steps);
    return world;
}

void write_golden(SeedFolder& events, SeedFolder& snapshots, const fs::path& golden) {
    for (const std::string kind : {"snapshot", "arranged"}) {
        std::string records(1, '\x02');
        append_sized(records, read(golden / (kind + "_ledger.bin")));
        append_sized(records, read(golden / (kind + "_chunk.bin")));
        snapshots.add(records);
    }
    events.add('\x04' + read(golden / "personal_part.bin"));
    for (const auto& entry : fs::directory_iterator(golden)) {
        const std::string bytes = read(entry.path());
        if (!schemas::EventView::of(bytes)) continue;
        std::string input(1, '\0');
        append_sized(input, bytes);
        events.add(input);
    }
}

/// A whole history of events, from the first on.
void write_events(SeedFolder& folder, const LedgerWorld& world) {
    schemas::EventEncoder encoder;
    std::string input(1, '\x03');
    for (const DecidedEvent& decided : world.events()) {
        append_sized(input, encoder.encode(decided.event));
    }
    folder.add(input);
}

void write_blocks(SeedFolder& folder, LedgerWorld& world) {
    replay::MemoryJournal journal(std::make_shared<replay::MemoryStore>());
    if (!journal.open()) return;
    world.append_to(journal, 5);
    std::string input;
    const auto read = journal.read(Seq{1}, [&](const replay::StoredBlock& block) {
        input += '\x03';
        append_sized(input, block.bytes);
        return true;
    });
    if (read) folder.add(input);
}

void write_snapshot(SeedFolder& folder, LedgerWorld& world, const fs::path& scratch) {
    replay::SnapshotWriterOptions options;
    options.folder = scratch;
    replay::SnapshotWriter writer(options);
    replay::SnapshotWalk walk(writer);
    const LedgerHead& head = world.state().head;
    walk.begin(world.state(), {world.chain(), head.epoch, head.seq, {}, head.time});
    while (walk.step(std::chrono::seconds(1)).is_running) std::this_thread::yield();
    writer.wait();
    for (const replay::SnapshotFile& file : replay::list_snapshots(scratch)) {
        folder.add('\0' + read(file.path));
        folder.add('\x01' + read(file.path));
    }
    fs::remove_all(scratch);
}

void write_all(const fs::path& root, const fs::path& golden, const fs::path& conf) {
    SeedFolder events(root / "event");
    SeedFolder blocks(root / "block");
    SeedFolder snapshots(root / "snapshot");
    SeedFolder configs(root / "config");
    write_golden(events, snapshots, golden);
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        LedgerWorld world = random_ledger(seed, 30 * seed);
        write_events(events, world);
        write_blocks(blocks, world);
        write_snapshot(snapshots, world, root / "scratch");
    }
    for (const char* const name : {"creditd.toml", "creditd.dev.toml"}) {
        configs.add(without_lines(read(conf / name), "admin_key_file"));
    }
    write_http_seeds(root);
    write_payment_seeds(root);
}

}  // namespace

SeedFolder::SeedFolder(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
}

void SeedFolder::add(std::string_view bytes) {
    const std::string name = "seed_" + std::to_string(100 + count_++);
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
}

}  // namespace creditd::tests

int main(int count, char** arguments) {
    if (count != 4) {
        std::fputs("usage: fuzz_seeds FOLDER GOLDEN CONF\n", stderr);
        return 2;
    }
    creditd::tests::write_all(arguments[1], arguments[2], arguments[3]);
    return 0;
}
