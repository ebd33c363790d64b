#include "tests/replay/power_cut_world.hpp"

#include <fstream>
#include <iostream>

#include "replay/chain.hpp"
#include "replay/followers/families.hpp"
#include "tests/replay/chain_maker.hpp"
#include "tests/replay/power_cut_events.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
namespace followers = creditd::replay::followers;

std::string encoded_claim(Epoch epoch, Seq seq, Timestamp time) {
    Event event;
    event.seq = seq;
    event.time = time;
    event.body = EpochClaimed{epoch};
    return std::string(schemas::EventEncoder().encode(event));
}

}  // namespace

PowerCutWorld::PowerCutWorld(std::uint64_t seed, bool tears)
    : random_(seed), disk_(std::make_shared<PowerCutDisk>(tears)), env_(power_cut_env(disk_)) {}

PowerCutWorld::~PowerCutWorld() { stop(); }

const PowerCutReport& PowerCutWorld::report() {
    report_.bytes = disk_->counts();
    return report_;
}

// --- a life --------------------------------------------------------------------------------------

bool PowerCutWorld::live() {
    // An opening takes some hundred operations, an append with what follows it a dozen.
    disk_->cut_in(1 + below(below(3) == 0 ? 100 : 600));
    const bool is_open = start();
    if (!is_open && disk_->has_power()) {
        std::cout << "refused: " << refusal_ << '\n';
        ++report_.refused;
        stop();
        salvage();
        stop();
        return false;
    }
    if (!is_open) ++report_.cuts_while_opening;
    if (is_open && claim()) {
        while (append() && followers_->feed()) {
        }
    }
    EXPECT_FALSE(disk_->has_power()) << journal_->failure();
    stop();
    ++report_.cuts;
    disk_->restore(random_);
    return true;
}

std::unique_ptr<Database> PowerCutWorld::open_database(OpenMode mode) {
    DatabaseOptions options;
    options.folder = folder_.path() / "db";
    options.mode = mode;
    options.env = env_.get();
    options.followers = followers::follower_families();
    options.on_fatal = [](const std::string&) {};
    options.is_frugal = true;
    auto opened = Database::open(options);
    if (opened) return std::move(*opened);
    refusal_ = opened.error().detail;
    return nullptr;
}

bool PowerCutWorld::open_journal(OpenMode mode) {
    database_ = open_database(mode);
    if (!database_) return false;
    journal_ = std::make_unique<RocksDbJournal>(*database_);
    const auto tip = journal_->open();
    if (!tip) refusal_ = tip.error().detail;
    return tip.has_value();
}

bool PowerCutWorld::start() {
    if (!open_journal(OpenMode::read_write)) return false;
    check_journal();
    return open_followers();
}

/// The way on from a start that is refused, as `accept-loss` goes it: there must be nothing to
/// lose.
void PowerCutWorld::salvage() {
    constexpr std::uint64_t never = 1'000'000'000;
    disk_->cut_in(never);
    std::ofstream(folder_.path() / "db" / "CURRENT");  // what is to be read is looked for first
    if (open_journal(OpenMode::salvage)) {
        ++report_.salvaged;
        check_journal();
    } else {
        std::cout << "not salvaged: " << refusal_ << '\n';
    }
}

void PowerCutWorld::stop() {
    followers_.reset();
    journal_.reset();
    database_.reset();
}

bool PowerCutWorld::open_followers() {
    followers_ = PowerCutFollowers::open(*database_, *journal_, folder_.path() / "runs", refusal_);
    if (!followers_ || !followers_->feed()) return false;
    check_followers();
    return true;
}

bool PowerCutWorld::claim() {
    const ChainTip tip = journal_->tip();
    BlockBuilder builder;
    builder.begin(tip.seq.next());
    const Timestamp time = tip.is_empty() ? test_time() : tip.time + Duration{1};
    builder.append(encoded_claim(Epoch{tip.epoch.value + 1}, tip.seq.next(), time));
    tried_ = {{tip.seq.next(), {builder.seal_claim(tip, test_chain(), time).bytes, {}}}};
    if (!journal_->claim(test_chain(), test_time(), encoded_claim)) return false;
    kept_.merge(tried_);
    return true;
}

bool PowerCutWorld::append() {
    std::vector<SealedBlock> blocks;
    std::vector<PersonalRow> rows;
    tried_.clear();
    ChainTip tip = journal_->tip();
    for (std::size_t i = 0, count = 1 + below(3); i < count; ++i) {
        BlockBuilder builder;
        builder.begin(tip.seq.next());
        Written written;
        const Timestamp time = tip.time + Duration{1};
        for (std::size_t k = 0, events = 1 + below(8); k < events; ++k) {
            const Event event = power_cut_event(builder.next_seq(), time);
            builder.append(encoder_.encode(event));
            if (!event.personal_hash) continue;
            rows.push_back({event.seq, power_cut_personal(event.seq)});
            written.personal[event.seq] = power_cut_personal(event.seq);
        }
        blocks.push_back(builder.seal(tip, time));
        tip = blocks.back().tip;
        written.block = blocks.back().bytes;
        tried_[blocks.back().first_seq] = std::move(written);
    }
    if (journal_->append(blocks, rows) != AppendOutcome::committed) return false;
    kept_.merge(tried_);
    ++report_.appends;
    if (below(12) == 0) return database_->flush().has_value();
    return true;
}

// --- checks --------------------------------------------------------------------------------------

/// Everything that was kept is there with the same bytes; of what was tried, all or nothing; and
/// nothing else at all. What a start has shown has to stay.
void PowerCutWorld::check_journal() {
    Blocks found;
    const auto verified = verify_chain(*journal_, {}, [&](const BlockView& block, const ChainTip&) {
        found[block.first_seq()].block = block.bytes();
        return true;
    });
    if (!verified) ADD_FAILURE() << verified.error().detail;
    std::size_t tried_found = 0;
    for (auto& [seq, written] : found) {
        const auto kept = kept_.find(seq);
        const auto tried = tried_.find(seq);
        if (kept != kept_.end() && kept->second.block == written.block) continue;
        if (tried != tried_.end() && tried->second.block == written.block) ++tried_found;
        else ++report_.doubled;
    }
    if (tried_found != 0 && tried_found != tried_.size()) ++report_.doubled;
    if (tried_found != 0) {
        kept_.merge(tried_);
        ++report_.brought_back;
    }
    tried_.clear();
    for (const auto& [seq, written] : kept_) {
        if (!found.contains(seq)) ++report_.lost;
        for (const auto& [at, personal] : written.personal) {
            const auto row = journal_->read_personal(at);
            if (!row || *row != personal) ++report_.lost;
        }
    }
}

std::vector<StoredPowerCutEvent> PowerCutWorld::stored_events() const {
    std::vector<StoredPowerCutEvent> events;
    for (const auto& [seq, written] : kept_) {
        const auto block = BlockView::parse(written.block);
        for (const std::string_view bytes : *block) {
            auto& stored = events.emplace_back(std::string(bytes), Event{});
            EXPECT_TRUE(schemas::decode_event(bytes, stored.event).has_value());
        }
    }
    return events;
}

/// After reading on from their cursors the followers know every event, once.
void PowerCutWorld::check_followers() {
    for (const std::string& lie : followers_->lies(stored_events())) {
        ++report_.behind;
        ADD_FAILURE() << lie;
    }
}

}  // namespace creditd::tests
