#include "tests/replay/followers/world.hpp"

#include <rocksdb/db.h>

#include <algorithm>

#include "schemas/personal.hpp"

namespace creditd::tests {
namespace {

replay::ChainId chain() {
    replay::ChainId result;
    result.ledger.bytes.fill(0x5a);
    return result;
}

constexpr Timestamp start_time{1'700'000'000'000'000};

Event blank(std::string account, std::uint32_t no, EventBody body) {
    Event event;
    event.account = std::move(account);
    event.account_no = AccountNo{no};
    event.body = std::move(body);
    return event;
}

HoldCaptured captured(HoldId hold, HoldStatus status) {
    HoldCaptured body;
    body.hold.id = hold;
    body.hold.status = status;
    body.hold.expires_at = start_time;
    body.usage.feature = "held";
    return body;
}

}  // namespace

std::string encode_resource(const std::string& resource) {
    schemas::PersonalPart part;
    part.resource = resource;
    return schemas::encode_personal({}, part);
}

void World::open_database() {
    replay::DatabaseOptions options;
    options.folder = folder_.path() / "db";
    options.followers = followers::follower_families();
    database_ = must(replay::Database::open(options), "database");
    if (backend_ == Backend::memory) {
        journal_ = std::make_unique<replay::MemoryJournal>(store_);
    } else {
        journal_ = std::make_unique<replay::RocksDbJournal>(*database_);
    }
    must(journal_->open(), "open");
    // Each start claims, which is an event too.
    const auto encode = [&](Epoch epoch, Seq seq, Timestamp time) {
        Event event;
        event.seq = seq;
        event.time = time;
        event.body = EpochClaimed{epoch};
        events_.push_back(event);
        return std::string(encoder_.encode(event));
    };
    must(journal_->claim(chain(), start_time, encode), "claim");
}

void World::append_block(std::span<Event> events) {
    replay::BlockBuilder builder;
    std::vector<replay::PersonalRow> rows;
    builder.begin(journal_->tip().seq.next());
    Timestamp time = journal_->tip().time;
    for (Event& event : events) {
        time = time + Duration{static_cast<std::int64_t>(random() % 3)};
        // Usage is summed up by the hour.
        if (random() % 16 == 0) time = time + Duration::seconds(3'600);
        event.seq = builder.next_seq();
        event.time = time;
        if (event.origin) event.origin->first_seq = event.seq;
        if (event.personal_hash) {
            const std::string resource = "thing-" + std::to_string(random() % 3);
            resources_[event.seq] = resource;
            rows.push_back({event.seq, encode_resource(resource)});
        }
        builder.append(encoder_.encode(event));
        events_.push_back(event);
    }
    const replay::SealedBlock block = builder.seal(journal_->tip(), time);
    ASSERT_EQ(journal_->append({&block, 1}, rows), replay::AppendOutcome::committed);
}

void World::append_as_they_are(std::span<const Event> events) {
    replay::BlockBuilder builder;
    builder.begin(journal_->tip().seq.next());
    for (const Event& event : events) {
        ASSERT_EQ(event.seq, builder.next_seq());
        builder.append(encoder_.encode(event));
        events_.push_back(event);
    }
    const replay::SealedBlock block = builder.seal(journal_->tip(), events.back().time);
    ASSERT_EQ(journal_->append({&block, 1}, {}), replay::AppendOutcome::committed);
}

Event World::random_deduction(const std::string& account, std::uint32_t no) {
    const auto any = [&](std::uint64_t count) { return random() % count; };
    CreditsDeducted body;
    body.usage.feature = "feature-" + std::to_string(any(3));
    if (any(2) == 0) body.usage.user = "user-" + std::to_string(any(3));
    if (any(2) == 0) body.usage.model = "model-" + std::to_string(any(2));
    // One in eight is covered by an unlimited plan.
    const Credits price{1 + static_cast<std::int64_t>(any(9))};
    const bool is_waived = any(8) == 0;
    (is_waived ? body.waived : body.amount) = price;
    body.required = price;
    body.debt = body.amount;
    Event event = blank(account, no, body);
    event.balances.after = -body.amount;
    if (any(3) == 0) event.personal_hash = Hash256{};
    return event;
}

Event World::random_event(Seq seq) {
    const auto any = [&](std::uint64_t count) { return random() % count; };
    if (account_count_ == 0 || any(20) == 0) {
        const std::uint32_t no = account_count_++;
        return blank(account_id(AccountNo{no}), no, AccountCreated{});
    }
    // The first account is a busy one.
    const auto no = static_cast<std::uint32_t>(any(3) == 0 ? 0 : any(account_count_));
    const std::string account = account_id(AccountNo{no});
    const Seq earlier{1 + any(seq.value)};
    switch (any(12)) {
        case 0: return blank(account, no, CreditsGranted{Credits{5}, {}, {}});
        case 1: {
            CreditsPurchased body;
            body.payment_digest = digest_of(1'000'000 + seq.value);
            return blank(account, no, body);
        }
        case 2: {
            CreditsRefunded body;
            body.deduction = DeductionId{earlier.value};
            body.amount = Credits{1 + static_cast<std::int64_t>(any(9))};
            body.refunded_total = body.amount;
            body.debt_reversed = body.amount;
            body.feature = "feature-" + std::to_string(any(3));
            if (any(2) == 0) body.user = "user-" + std::to_string(any(3));
            return blank(account, no, body);
        }
        case 3: {
            const GrantId grant = GrantId::of(earlier, static_cast<std::uint16_t>(any(3)));
            return blank(account, no, GrantRevoked{grant, Credits{1}, any(2) == 0});
        }
        case 4: {
            const auto status = any(2) == 0 ? HoldStatus::open : HoldStatus::captured;
            return blank(account, no, captured(HoldId{earlier.value}, status));
        }
        case 5: {
            HoldReleased body;
            body.hold = captured(HoldId{earlier.value}, HoldStatus::expired).hold;
            return blank(account, no, body);
        }
        case 6: {
            CommandRefused body;
            body.feature = "feature-" + std::to_string(any(3));
            return blank(account, no, body);
        }
        case 7: {
            Event event;
            FeatureSet body;
            body.key = "feature";
            event.body = body;
            return event;
        }
        case 8: return blank(account, no, GrantExpired{GrantId::of(earlier, 0), Credits{1}});
        default: return random_deduction(account, no);
    }
}

std::vector<Event> World::random_events(std::size_t count) {
    std::vector<Event> made;
    for (std::size_t i = 0; i < count; ++i) {
        Event event = random_event(Seq{end().value + i + 1});
        // Time alone makes events too; they have no origin.
        if (random() % 4 != 0) {
            event.origin.emplace();
            if (random() % 5 != 0) {
                event.origin->key = "key-" + std::to_string(++key_count_);
                event.origin->key_digest = digest_of(key_count_);
            }
        }
        made.push_back(std::move(event));
    }
    return made;
}

void World::feed(Seq to) {
    const auto all = indexes.all();
    const auto from =
        std::ranges::min(all, {}, [](auto* follower) { return follower->consumed(); });
    const auto read =
        journal_->read(from->consumed().next(), [&](const replay::StoredBlock& stored) {
            const auto block = replay::BlockView::parse(stored.bytes);
            std::vector<followers::FollowedEvent> events;
            for (const std::string_view bytes : *block) {
                const auto view = schemas::EventView::of(bytes);
                EXPECT_TRUE(view) << view.error().detail;
                if (view->seq > to) break;
                events.push_back({*view, {}});
                if (const auto found = resources_.find(view->seq); found != resources_.end()) {
                    events.back().resource = found->second;
                }
            }
            for (followers::Follower* follower : all) {
                must(follower->check_block(*block), "check");
                must(follower->consume(events), "consume");
            }
            return block->last_seq() < to;
        });
    EXPECT_TRUE(read);
}

void World::merge_runs() {
    for (const char* name : {"keys", "history", "accounts", "usage", "merkle"}) {
        const auto status =
            database_->db().CompactRange({}, database_->family(name), nullptr, nullptr);
        EXPECT_TRUE(status.ok()) << status.ToString();
    }
}

}  // namespace creditd::tests
