#include "tests/replay/power_cut_world.hpp"

#include <algorithm>
#include <iostream>

#include "replay/chain.hpp"
#include "replay/followers/families.hpp"
#include "replay/sha256.hpp"
#include "tests/replay/chain_maker.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
namespace followers = creditd::replay::followers;

constexpr std::uint64_t accounts_used = 4;

Digest key_of(Seq seq) { return digest128('k', std::to_string(seq.value)); }

std::string personal_of(Seq seq) { return "personal " + std::to_string(seq.value); }

/// What every run writes under this number: now and then a new account, else a deduction under a
/// key of its own; some with a personal part.
Event event_at(Seq seq, Timestamp time) {
    Event event;
    event.seq = seq;
    event.time = time;
    const bool is_new = seq.value % 10 == 2;
    const std::uint64_t no = is_new ? 100 + seq.value : seq.value % accounts_used;
    event.account_no = AccountNo{static_cast<std::uint32_t>(no)};
    event.account = "account-" + std::to_string(no);
    if (is_new) event.body = AccountCreated{};
    else event.body = CreditsDeducted{};
    event.origin.emplace();
    event.origin->key = "key-" + std::to_string(seq.value);
    event.origin->key_digest = key_of(seq);
    event.origin->first_seq = seq;
    if (seq.value % 5 == 0) event.personal_hash = sha256(personal_of(seq));
    return event;
}

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
    // An opening takes a few dozen operations, an append two.
    disk_->cut_in(1 + below(below(3) == 0 ? 60 : 400));
    const bool is_open = start();
    if (!is_open && disk_->has_power()) {
        std::cout << "refused: " << refusal_ << '\n';
        ++report_.refused;
        stop();
        return false;
    }
    if (!is_open) ++report_.cuts_while_opening;
    if (is_open && claim()) {
        while (append() && feed()) {
        }
    }
    EXPECT_FALSE(disk_->has_power()) << journal_->failure();
    stop();
    ++report_.cuts;
    disk_->restore(random_);
    return true;
}

bool PowerCutWorld::start() {
    DatabaseOptions options;
    options.folder = folder_.path() / "db";
    options.env = env_.get();
    options.followers = followers::follower_families();
    options.on_fatal = [](const std::string&) {};
    auto opened = Database::open(options);
    if (!opened) {
        refusal_ = opened.error().detail;
        return false;
    }
    database_ = std::move(*opened);
    journal_ = std::make_unique<RocksDbJournal>(*database_);
    if (const auto tip = journal_->open(); !tip) {
        refusal_ = tip.error().detail;
        return false;
    }
    check_journal();
    return open_followers();
}

void PowerCutWorld::stop() {
    accounts_.reset();
    history_.reset();
    keys_.reset();
    journal_.reset();
    database_.reset();
}

bool PowerCutWorld::open_followers() {
    followers::RunOptions runs;
    runs.folder = folder_.path() / "runs";
    runs.entries = 30;
    runs.events = 60;
    runs.step_entries = 16;
    auto keys = followers::KeyIndex::open(*database_, {runs, 64});
    auto history = followers::HistoryIndex::open(*database_, runs);
    auto accounts = followers::AccountIndex::open(*database_, runs);
    if (!keys || !history || !accounts) return false;
    keys_ = std::move(*keys);
    history_ = std::move(*history);
    accounts_ = std::move(*accounts);
    if (!feed()) return false;
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
            const Event event = event_at(builder.next_seq(), time);
            builder.append(encoder_.encode(event));
            if (!event.personal_hash) continue;
            rows.push_back({event.seq, personal_of(event.seq)});
            written.personal[event.seq] = personal_of(event.seq);
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

/// The followers read on, and do some of what they have to do.
bool PowerCutWorld::feed() {
    const Seq from = std::min({keys_->consumed(), history_->consumed(), accounts_->consumed()});
    bool is_good = true;
    const auto read = journal_->read(from.next(), [&](const StoredBlock& stored) {
        std::vector<followers::FollowedEvent> events;
        const auto block = BlockView::parse(stored.bytes);
        for (const std::string_view bytes : *block) {
            events.push_back({*schemas::EventView::of(bytes), {}});
        }
        for (followers::Follower* follower : std::initializer_list<followers::Follower*>{
                 keys_.get(), history_.get(), accounts_.get()}) {
            is_good = is_good && follower->consume(events).has_value();
            is_good = is_good && follower->work().has_value();
        }
        return is_good;
    });
    return read.has_value() && is_good;
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

void PowerCutWorld::count_behind(bool is_behind, const char* what) {
    if (!is_behind) return;
    ++report_.behind;
    ADD_FAILURE() << what;
}

std::vector<Event> PowerCutWorld::stored_events() const {
    std::vector<Event> events;
    for (const auto& [seq, written] : kept_) {
        const auto block = BlockView::parse(written.block);
        for (const std::string_view bytes : *block) {
            EXPECT_TRUE(schemas::decode_event(bytes, events.emplace_back()).has_value());
        }
    }
    return events;
}

/// After reading on from their cursors the followers know every event, once.
void PowerCutWorld::check_followers() {
    const Seq tip = journal_->tip().seq;
    for (const followers::Follower* follower : std::initializer_list<const followers::Follower*>{
             keys_.get(), history_.get(), accounts_.get()}) {
        count_behind(follower->cursor() > tip, "a cursor is ahead of the journal");
        count_behind(follower->consumed() != tip, "a follower has not come to the end");
    }
    check_history();
}

void PowerCutWorld::check_history() {
    std::map<std::string, AccountNo> accounts;
    std::array<std::vector<Seq>, accounts_used> seqs;
    for (const Event& event : stored_events()) {
        if (!event.origin) continue;
        if (std::holds_alternative<AccountCreated>(event.body)) {
            accounts[event.account] = event.account_no;
        } else {
            seqs.at(event.account_no.value).push_back(event.seq);
        }
        if (event.seq > keys_->synced()) continue;
        const auto found = keys_->find_key(key_of(event.seq));
        count_behind(!found || *found != event.seq, "a key before the cursor is not found");
    }
    for (std::uint32_t no = 0; no < accounts_used; ++no) {
        const auto page = history_->page(AccountNo{no}, {}, Seq{UINT64_MAX}, 1'000'000);
        std::ranges::reverse(seqs.at(no));
        count_behind(!page || page->seqs != seqs.at(no), "an account's history differs");
    }
    const auto page = accounts_->page("", "", 1'000'000);
    count_behind(!page || page->accounts.size() != accounts.size(), "accounts are missing");
    if (!page) return;
    for (const auto& account : page->accounts) {
        const auto expected = accounts.find(account.id);
        count_behind(expected == accounts.end() || expected->second != account.no,
                     "an account in the list was never made");
    }
}

}  // namespace creditd::tests
