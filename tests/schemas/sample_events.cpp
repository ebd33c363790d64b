#include "tests/schemas/sample_events.hpp"

namespace creditd::tests {
namespace {

/// Bytes first, first + 1, … so that a shifted or reversed array shows.
template <class Bytes>
Bytes counting(std::uint8_t first) {
    Bytes result;
    for (auto& byte : result.bytes) byte = first++;
    return result;
}

constexpr Timestamp noon{1'700'000'000'000'000};
constexpr Timestamp next_year{1'731'536'000'000'000};

Origin sample_origin(Seq seq) {
    return Origin{"7d444840-9dc0-11d1-b245-5ffdce74fad2",
                  counting<Digest>(0x10),
                  counting<Digest>(0x40),
                  "key_9",
                  "4bf92f3577b34da6a3ce929d0e0e4736",
                  Seq{seq.value - 2},
                  Operation::batch};
}

GrantTerms sample_terms() {
    return GrantTerms{GrantKind::purchase,
                      7,
                      noon,
                      next_year,
                      {"image.generate", "chat"},
                      Money{4999, Currency::of("USD")},
                      Credits{5'000'000'000}};
}

std::vector<GrantPart> sample_parts() {
    return {{GrantId::of(Seq{4}, 0), Credits{1'500'000}},
            {GrantId::of(Seq{9}, 3), Credits{250'000}}};
}

Usage sample_usage() {
    return Usage{
        "image.generate", 3,         12, {{"base", Credits{1'000'000}}, {"hd", Credits{750'001}}},
        "user-77",        "flux-pro"};
}

HoldSummary sample_hold(HoldStatus status) {
    return HoldSummary{HoldId{40}, Credits{9'000'000}, Credits{2'000'000}, Credits{7'000'000},
                       status,     next_year,          OnExpiry::capture};
}

std::vector<EventBody> sample_bodies() {
    return {
        LedgerOpened{counting<Digest>(0xa0).bytes, 2},
        EpochClaimed{Epoch{3}},
        AccountCreated{"org-1", Credits{10'000'000}},
        AccountUpdated{"org-2", Credits{20'000'000}, Seq{41}},
        AccountClosed{},
        AccountReopened{},
        CreditsGranted{Credits{5'000'000'000}, sample_terms(), Credits{1'000}},
        CreditsPurchased{Credits{5'000'000'000}, sample_terms(), Credits{2'000}, "stripe",
                         "pi_3MtwBwLkdIwHu7ix", counting<Digest>(0x70),
                         Money{4999, Currency::of("USD")}},
        PurchaseRepeated{Seq{17}},
        GrantActivated{GrantId::of(Seq{5}, 1), Credits{600'000}, Credits{100'000}},
        GrantExpired{GrantId::of(Seq{5}, 1), Credits{600'000}},
        GrantRevoked{GrantId::of(Seq{5}, 1), Credits{600'000}, true},
        CreditsDeducted{Credits{1'750'001}, Credits{2'000'000}, true, sample_usage(),
                        sample_parts(), Credits{1}},
        CreditsRefunded{DeductionId{30},
                        Credits{1'750'001},
                        Credits{1'750'001},
                        Credits{1},
                        {{GrantId::of(Seq{9}, 3), GrantId::of(Seq{42}, 0), Credits{250'000},
                          RestoredInto::new_grant, Credits{250'000}, sample_terms()},
                         {GrantId::of(Seq{4}, 0), GrantId::of(Seq{4}, 0), Credits{1'500'000},
                          RestoredInto::same_grant, Credits{3'000'000}, sample_terms()}}},
        HoldPlaced{sample_hold(HoldStatus::open), sample_usage(), sample_parts(), Credits{5}},
        HoldExtended{sample_hold(HoldStatus::open), Credits{1'000'000}, sample_parts(), Credits{6}},
        HoldCaptured{sample_hold(HoldStatus::captured), Credits{2'000'000}, sample_usage(),
                     sample_parts(), Credits{7}, Credits{8}, sample_parts()},
        HoldReleased{sample_hold(HoldStatus::expired), Credits{7'000'000}, sample_parts()},
        TransferredOut{"acc-2", Credits{1'750'000}, sample_parts()},
        TransferredIn{
            "acc-1",
            Credits{1'750'000},
            {{GrantId::of(Seq{4}, 0), Credits{1'500'000}, Credits{11}, sample_terms()},
             {GrantId::of(Seq{9}, 3), Credits{250'000}, Credits{12}, sample_terms()}},
            Balances{Credits{9'000'000}, Credits{7'250'000}, Credits{7'000'000}, Credits{250'000}}},
        CommandRefused{Operation::hold,
                       Refusal{RefusalCode::insufficient_credits, Credits{5'000'000},
                               Credits{1'000'000}, Credits{4'000'000}},
                       "image.generate", 3},
        FeatureSet{"image.generate", "Images", "media", "One picture", Credits{1'000'000}, false,
                   13},
        FeatureRemoved{"image.generate", 14},
        ApiKeyCreated{"key_9", "backend", 0x2b, "org-1:", next_year, counting<Hash256>(0xc0)},
        ApiKeyRevoked{"key_9"},
    };
}

}  // namespace

Event typical_deduction() {
    Event event;
    event.seq = Seq{123'456'789};
    event.time = noon;
    event.account_no = AccountNo{4711};
    event.account = "user-0004711";
    event.balances = Balances{Credits{100'000'000}, Credits{97'500'000}, Credits{97'500'000}, {}};
    event.origin = Origin{"7d444840-9dc0-11d1-b245-5ffdce74fad2",
                          counting<Digest>(0x10),
                          counting<Digest>(0x40),
                          "key_9",
                          "",
                          event.seq,
                          Operation::deduct};
    CreditsDeducted body;
    body.amount = body.required = Credits{2'500'000};
    body.usage.feature = "image.hd";
    body.usage.price_book = 12;
    body.usage.lines = {{"flat", body.required}};
    body.burned = {{GrantId::of(Seq{4096}, 0), body.amount}};
    event.body = std::move(body);
    return event;
}

std::vector<Event> sample_events() {
    std::vector<Event> events;
    for (EventBody& body : sample_bodies()) {
        Event event;
        event.seq = Seq{42};
        event.time = noon;
        event.account_no = AccountNo{7};
        event.account = "acc-1";
        event.balances = Balances{Credits{-5'000'000}, Credits{4'000'000}, Credits{2'900'000},
                                  Credits{1'000'000}};
        event.origin = sample_origin(event.seq);
        event.personal_hash = counting<Hash256>(0xe0);
        event.body = std::move(body);
        events.push_back(std::move(event));
    }
    return events;
}

schemas::Salt sample_salt() { return counting<Digest>(0x01).bytes; }

schemas::PersonalPart sample_personal() {
    return {"Ada Lovelace", R"({"order":"o-17"})", "Picture of a cat",
            "goodwill",     R"({"tier":"gold"})",  "pictures/17"};
}

}  // namespace creditd::tests
