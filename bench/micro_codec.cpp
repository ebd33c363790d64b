// What an event costs on its way to and from the journal: encode, verify and decode, a look without
// decoding; and a snapshot's chunk both ways. Google Benchmark; one thread.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/assert.hpp"
#include "schemas/event_codec.hpp"
#include "schemas/snapshot_codec.hpp"

namespace creditd::bench {
namespace {

constexpr std::size_t events_count = 4096;

char hex_digit(std::uint64_t number, unsigned place) {
    return "0123456789abcdef"[(number >> (4 * (place % 16))) & 15];
}

/// A key as most clients make them, another for each number.
std::string uuid_of(std::uint64_t number) {
    std::string text(36, '-');
    const std::uint64_t mixed = number * 0x9E3779B97F4A7C15ULL;
    for (unsigned i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (!dash) text[i] = hex_digit(mixed, i);
    }
    return text;
}

Digest digest_of(std::uint64_t number) {
    Digest digest;
    for (unsigned i = 0; i < digest.bytes.size(); ++i) {
        digest.bytes[i] = static_cast<std::uint8_t>(number * 0x9E3779B97F4A7C15ULL >> (i % 8 * 8));
    }
    return digest;
}

/// A priced feature, paid by one grant of an account that is one of many.
Event deduction(std::uint64_t number) {
    Event event;
    event.seq = Seq{1'000'000 + number};
    event.time = Timestamp{1'700'000'000'000'000 + static_cast<std::int64_t>(number)};
    event.account_no = AccountNo{static_cast<std::uint32_t>(number % 1000)};
    event.account = "user-0000" + std::to_string(100 + number % 900);
    event.balances = {Credits{100'000'000}, Credits{97'500'000}, Credits{97'500'000}, {}};
    event.origin = Origin{uuid_of(number), digest_of(number), digest_of(~number), "key_9", "",
                          event.seq,       Operation::deduct};
    CreditsDeducted body;
    body.amount = body.required = Credits{2'500'000};
    body.usage.feature = "image.hd";
    body.usage.price_book = 12;
    body.usage.lines = {{"flat", body.required}};
    body.burned = {{GrantId::of(Seq{4096 + number}, 0), body.amount}};
    event.body = std::move(body);
    return event;
}

std::vector<Event> deductions() {
    std::vector<Event> events;
    for (std::uint64_t i = 0; i < events_count; ++i) events.push_back(deduction(i));
    return events;
}

/// As in a block: one after the other, lengths before them.
std::vector<std::string_view> encoded(std::string& bytes) {
    schemas::EventEncoder encoder;
    std::vector<std::size_t> ends;
    for (const Event& event : deductions()) {
        bytes.append(4, '\0').append(encoder.encode(event));
        ends.push_back(bytes.size());
    }
    std::vector<std::string_view> views;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        views.push_back(std::string_view(bytes).substr(begin + 4, end - begin - 4));
        begin = end;
    }
    return views;
}

void encode_deduction(benchmark::State& state) {
    const std::vector<Event> events = deductions();
    schemas::EventEncoder encoder;
    std::size_t i = 0;
    std::size_t bytes = 0;
    for (auto _ : state) {
        const std::string_view event = encoder.encode(events[i++ % events_count]);
        bytes = event.size();
        benchmark::DoNotOptimize(event.data());
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["event_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(encode_deduction);

void decode_deduction(benchmark::State& state) {
    std::string bytes;
    const std::vector<std::string_view> events = encoded(bytes);
    Event event;
    std::size_t i = 0;
    for (auto _ : state) {
        const auto decoded = schemas::decode_event(events[i++ % events_count], event);
        CREDITD_ASSERT(decoded.has_value());
        benchmark::DoNotOptimize(&event);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_deduction);

void view_deduction(benchmark::State& state) {
    std::string bytes;
    const std::vector<std::string_view> events = encoded(bytes);
    std::size_t i = 0;
    for (auto _ : state) {
        const auto view = schemas::EventView::of(events[i++ % events_count]);
        CREDITD_ASSERT(view.has_value());
        benchmark::DoNotOptimize(&*view);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(view_deduction);

// --- snapshots -----------------------------------------------------------------------------------

std::vector<Account> one_grant_accounts(TermsTable& terms, std::size_t first, std::size_t count) {
    GrantTerms signup;
    signup.kind = GrantKind::signup;
    std::vector<Account> accounts;
    for (std::size_t i = first; i < first + count; ++i) {
        Account& account = accounts.emplace_back("user-" + std::to_string(1'000'000 + i),
                                                 Timestamp{1'700'000'000'000'000});
        account.grants.insert(make_grant(GrantId::of(Seq{i + 10}, 0), Credits{50'000'000},
                                         Credits{20'000'000}, signup, terms));
        account.balance = Credits{20'000'000};
        account.restore_total(Total::granted, 50'000'000, 0);
        account.restore_total(Total::consumed, 30'000'000, 0);
    }
    return accounts;
}

void encode_chunk(benchmark::State& state) {
    TermsTable terms;
    const std::vector<Account> accounts = one_grant_accounts(terms, 0, limits::chunk_accounts);
    schemas::SnapshotEncoder encoder;
    std::size_t bytes = 0;
    for (auto _ : state) {
        bytes = encoder.encode_chunk(AccountNo{0}, accounts, terms).size();
        benchmark::DoNotOptimize(bytes);
    }
    state.counters["chunk_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(encode_chunk);

/// Decodes and restores a ledger of 65 536 accounts; the time shown is that of one chunk.
void restore_chunk(benchmark::State& state) {
    constexpr std::size_t chunks_count = 1024;
    TermsTable terms;
    schemas::SnapshotEncoder encoder;
    std::vector<std::string> chunks;
    for (std::size_t i = 0; i < chunks_count; ++i) {
        const std::size_t first = i * limits::chunk_accounts;
        const std::vector<Account> accounts =
            one_grant_accounts(terms, first, limits::chunk_accounts);
        chunks.emplace_back(
            encoder.encode_chunk(AccountNo{static_cast<std::uint32_t>(first)}, accounts, terms));
    }
    std::unique_ptr<State> ledger;
    std::size_t next = chunks_count;
    for (auto _ : state) {
        if (next == chunks_count) {
            state.PauseTiming();
            ledger = std::make_unique<State>();
            ledger->accounts.reserve(chunks_count * limits::chunk_accounts);
            next = 0;
            state.ResumeTiming();
        }
        const auto restored = schemas::restore_chunk(chunks[next++], *ledger);
        CREDITD_ASSERT(restored.has_value());
    }
}
BENCHMARK(restore_chunk);

}  // namespace
}  // namespace creditd::bench

BENCHMARK_MAIN();
