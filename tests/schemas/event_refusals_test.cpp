// Sound FlatBuffers that no event of this version is: each is refused for its own reason.
#include <gtest/gtest.h>

#include <functional>

#include "core/limits.hpp"
#include "schemas/event_codec.hpp"
#include "schemas/event_generated.h"

namespace creditd::schemas {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

/// What stands in an event that is refused; the defaults make a good one.
struct Draft {
    fbs::Head head{5, 1'000, 100, 90, 7, 0};
    std::string account = "acc-1";
    std::uint8_t kind = static_cast<std::uint8_t>(fbs::EventBody::GrantExpired);
    std::function<flatbuffers::Offset<void>(Builder&)> body = [](Builder& builder) {
        return fbs::CreateGrantExpired(builder, 65'536, 10).Union();
    };
    std::string key;
    bool has_origin = false;
    std::uint8_t operation = static_cast<std::uint8_t>(fbs::Operation::deduct);
    std::int64_t held = 0;
    std::int64_t unusable = 0;
    bool has_later_field = false;
};

CodecError refusal_of(const Draft& draft) {
    Builder builder;
    const auto body = draft.body(builder);
    const auto account = draft.account.empty() ? 0 : builder.CreateString(draft.account);
    const auto key = draft.key.empty() ? 0 : builder.CreateString(draft.key);
    const fbs::RequestDigests digests;
    fbs::EventBuilder event(builder);
    event.add_head(&draft.head);
    event.add_account(account);
    event.add_key(key);
    event.add_body(body);
    if (draft.has_origin) event.add_request(&digests);
    event.add_operation(static_cast<fbs::Operation>(draft.operation));
    event.add_held(draft.held);
    event.add_unusable(draft.unusable);
    event.add_body_type(static_cast<fbs::EventBody>(draft.kind));
    if (draft.has_later_field) builder.AddElement<std::uint8_t>(fbs::Event::VT_UNUSABLE + 2, 1);
    fbs::FinishEventBuffer(builder, event.Finish());
    Event out;
    const std::string_view bytes(reinterpret_cast<const char*>(builder.GetBufferPointer()),
                                 builder.GetSize());
    const auto decoded = decode_event(bytes, out);
    return decoded ? CodecError{CodecFault::damaged, "accepted"} : decoded.error();
}

CodecError refusal_of_body(fbs::EventBody kind,
                           std::function<flatbuffers::Offset<void>(Builder&)> body) {
    Draft draft;
    draft.kind = static_cast<std::uint8_t>(kind);
    draft.body = std::move(body);
    return refusal_of(draft);
}

TEST(EventRefusals, TheDraftItselfIsAccepted) {
    EXPECT_EQ(refusal_of(Draft{}), (CodecError{CodecFault::damaged, "accepted"}));
}

TEST(EventRefusals, KindsOfALaterVersion) {
    Draft draft;
    draft.kind = event_kinds_count + 1;
    EXPECT_EQ(refusal_of(draft), (CodecError{CodecFault::unknown_kind, "body"}));
    draft.kind = 0;
    EXPECT_EQ(refusal_of(draft).fault, CodecFault::unknown_kind);
    draft.kind = 255;
    EXPECT_EQ(refusal_of(draft).fault, CodecFault::unknown_kind);
}

TEST(EventRefusals, FieldsOfALaterVersion) {
    Draft draft;
    draft.has_later_field = true;
    EXPECT_EQ(refusal_of(draft), (CodecError{CodecFault::unknown_field, "event"}));
    const auto body = refusal_of_body(fbs::EventBody::AccountClosed, [](Builder& builder) {
        const auto start = builder.StartTable();
        builder.AddElement<std::uint8_t>(4, 1);
        return flatbuffers::Offset<void>(builder.EndTable(start));
    });
    EXPECT_EQ(body, (CodecError{CodecFault::unknown_field, "account_closed"}));
}

TEST(EventRefusals, ValuesOfALaterVersion) {
    Draft draft;
    draft.has_origin = true;
    draft.operation = 200;
    EXPECT_EQ(refusal_of(draft), (CodecError{CodecFault::unknown_value, "operation"}));
    const auto terms = refusal_of_body(fbs::EventBody::CreditsGranted, [](Builder& builder) {
        const auto kind = static_cast<fbs::GrantKind>(8);
        return fbs::CreateCreditsGranted(builder, 5, fbs::CreateGrantTerms(builder, kind)).Union();
    });
    EXPECT_EQ(terms, (CodecError{CodecFault::unknown_value, "terms.kind"}));
    const auto code = refusal_of_body(fbs::EventBody::CommandRefused, [](Builder& builder) {
        return fbs::CreateCommandRefused(builder, fbs::Operation::deduct, 62).Union();
    });
    EXPECT_EQ(code, (CodecError{CodecFault::unknown_value, "code"}));
}

TEST(EventRefusals, NumbersOutsideTheirBounds) {
    Draft draft;
    draft.head = fbs::Head(5, 1'000, limits::credits_minor_max + 1, 90, 7, 0);
    EXPECT_EQ(refusal_of(draft), (CodecError{CodecFault::out_of_range, "before"}));
    draft.head = fbs::Head(5, 1'000, 100, INT64_MIN, 7, 0);
    EXPECT_EQ(refusal_of(draft), (CodecError{CodecFault::out_of_range, "after"}));
    draft.head = fbs::Head(5, -1, 100, 90, 7, 0);
    EXPECT_EQ(refusal_of(draft), (CodecError{CodecFault::out_of_range, "time"}));
    Draft negative;
    negative.held = -1;
    EXPECT_EQ(refusal_of(negative), (CodecError{CodecFault::out_of_range, "held"}));
    Draft unusable;
    unusable.unusable = INT64_MIN;
    EXPECT_EQ(refusal_of(unusable), (CodecError{CodecFault::out_of_range, "unusable"}));
    const auto amount = refusal_of_body(fbs::EventBody::GrantExpired, [](Builder& builder) {
        return fbs::CreateGrantExpired(builder, 65'536, -10).Union();
    });
    EXPECT_EQ(amount, (CodecError{CodecFault::out_of_range, "amount"}));
}

TEST(EventRefusals, SumsOutsideTheirBounds) {
    const auto refusal = refusal_of_body(fbs::EventBody::CreditsDeducted, [](Builder& builder) {
        const fbs::GrantPart first(65'536, limits::credits_minor_max);
        const std::vector<fbs::GrantPart> more{{131'072, 1}};
        const auto list = builder.CreateVectorOfStructs(more);
        fbs::CreditsDeductedBuilder table(builder);
        table.add_burned_first(&first);
        table.add_burned_more(list);
        return table.Finish().Union();
    });
    EXPECT_EQ(refusal, (CodecError{CodecFault::out_of_range, "sum of parts"}));
}

TEST(EventRefusals, TextsAboveTheirLimits) {
    Draft account;
    account.account.assign(limits::id_bytes_max + 1, 'a');
    EXPECT_EQ(refusal_of(account), (CodecError{CodecFault::too_long, "account"}));
    Draft key;
    key.has_origin = true;
    key.key.assign(limits::idempotency_key_bytes_max + 1, 'k');
    EXPECT_EQ(refusal_of(key), (CodecError{CodecFault::too_long, "key"}));
}

// Lists whose elements share their bytes would otherwise grow in memory without bound.
TEST(EventRefusals, ListsAboveTheirLimits) {
    const auto refusal = refusal_of_body(fbs::EventBody::CreditsGranted, [](Builder& builder) {
        const std::vector<flatbuffers::Offset<flatbuffers::String>> features(
            limits::grant_features_max + 1, builder.CreateString("f"));
        const auto list = builder.CreateVector(features);
        const auto terms =
            fbs::CreateGrantTerms(builder, fbs::GrantKind::admin, INT64_MAX, 0, list);
        return fbs::CreateCreditsGranted(builder, 5, terms).Union();
    });
    EXPECT_EQ(refusal, (CodecError{CodecFault::too_long, "terms.features"}));
}

TEST(EventRefusals, FieldsThatContradictEachOther) {
    Draft no_account;
    no_account.account.clear();
    EXPECT_EQ(refusal_of(no_account), (CodecError{CodecFault::inconsistent, "account"}));
    Draft key_of_nobody;
    key_of_nobody.key = "k-1";
    EXPECT_EQ(refusal_of(key_of_nobody), (CodecError{CodecFault::inconsistent, "request"}));
    Draft before_the_first;
    before_the_first.has_origin = true;
    before_the_first.head = fbs::Head(5, 1'000, 100, 90, 7, 6);
    EXPECT_EQ(refusal_of(before_the_first), (CodecError{CodecFault::out_of_range, "earlier"}));
}

TEST(CodecFaults, HaveNames) {
    EXPECT_EQ(name_of(CodecFault::too_large), "too_large");
    EXPECT_EQ(name_of(CodecFault::damaged), "damaged");
    EXPECT_EQ(name_of(CodecFault::unknown_kind), "unknown_kind");
    EXPECT_EQ(name_of(CodecFault::unknown_field), "unknown_field");
    EXPECT_EQ(name_of(CodecFault::unknown_value), "unknown_value");
    EXPECT_EQ(name_of(CodecFault::out_of_range), "out_of_range");
    EXPECT_EQ(name_of(CodecFault::too_long), "too_long");
    EXPECT_EQ(name_of(CodecFault::inconsistent), "inconsistent");
}

}  // namespace
}  // namespace creditd::schemas
