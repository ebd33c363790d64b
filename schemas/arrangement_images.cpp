#include "schemas/arrangement_images.hpp"

#include "schemas/arrangement_parts.hpp"

namespace creditd::schemas {
namespace {

using Place = flatbuffers::uoffset_t;

/// An account's own and its plan's.
constexpr std::size_t alerts_max = limits::account_alerts_max + limits::plan_alerts_max;
/// Codes that were ever redeemed: far more than anybody hands out.
constexpr std::size_t redemption_codes_max = 1'000'000;
/// The first days and months of 1970 began earlier to the east of UTC.
constexpr std::int64_t spent_since_min = -Duration::days(1).value;

// --- writing -------------------------------------------------------------------------------------

flatbuffers::Offset<fbs::BudgetImage> write(FlatBuilder& builder, const Budget& budget) {
    CREDITD_ASSERT(budget.spent.size() <= limits::budget_spent_max);
    const auto terms = write_budget_terms(builder, budget.terms);
    std::vector<fbs::SpentImage> spent;
    spent.reserve(budget.spent.size());
    for (const Spent& one : budget.spent) spent.emplace_back(one.since.value, one.amount.value);
    const auto stored = spent.empty() ? 0 : builder.CreateVectorOfStructs(spent);
    return fbs::CreateBudgetImage(builder, terms, stored, budget.counts_from.value);
}

flatbuffers::Offset<fbs::AlertImage> write(FlatBuilder& builder, const Alert& alert) {
    return fbs::CreateAlertImage(builder, write_alert_terms(builder, alert.terms),
                                 static_cast<fbs::AlertLevel>(alert.level));
}

flatbuffers::Offset<fbs::AutoTopUpImage> write(FlatBuilder& builder, const AutoTopUp& top_up) {
    return fbs::CreateAutoTopUpImage(builder, write_top_up_terms(builder, top_up.terms),
                                     !top_up.is_armed, top_up.asked_at.value,
                                     top_up.asked_in_month);
}

flatbuffers::Offset<fbs::RedemptionCount> write(FlatBuilder& builder, std::string_view code,
                                                std::uint64_t count) {
    return fbs::CreateRedemptionCount(builder, write_text(builder, code, limits::id_bytes_max),
                                      count);
}
flatbuffers::Offset<fbs::RedemptionCount> write(FlatBuilder& builder,
                                                const Redemption& redemption) {
    return write(builder, redemption.code, redemption.count);
}

template <class Stored, class Entry>
ListOffset<flatbuffers::Offset<Stored>> write_all(FlatBuilder& builder,
                                                  const std::vector<Entry>& entries,
                                                  std::size_t count_max) {
    CREDITD_ASSERT(entries.size() <= count_max);
    if (entries.empty()) return {};
    std::vector<flatbuffers::Offset<Stored>> stored;
    stored.reserve(entries.size());
    for (const Entry& entry : entries) stored.push_back(write(builder, entry));
    return builder.CreateVector(stored);
}

// --- reading -------------------------------------------------------------------------------------

void read(FieldReader& reader, const fbs::BudgetImage& stored, Budget& out) {
    reader.require_known(stored, fbs::BudgetImage::VT_COUNTS_FROM, "budget");
    read_budget_terms(reader, *stored.terms(), out.terms);
    out.counts_from = Seq{stored.counts_from()};
    out.spent.resize(reader.count(stored.spent(), limits::budget_spent_max, "budget.spent"));
    for (std::size_t i = 0; i < out.spent.size(); ++i) {
        const fbs::SpentImage& spent = *stored.spent()->Get(static_cast<Place>(i));
        reader.require(spent.since() >= spent_since_min, CodecFault::out_of_range,
                       "budget.spent.since");
        reader.require(spent.amount() >= 0, CodecFault::out_of_range, "budget.spent.amount");
        out.spent[i] = {Timestamp{spent.since()}, Credits{spent.amount()}};
        reader.require(i == 0 || out.spent[i - 1].since < out.spent[i].since,
                       CodecFault::inconsistent, "budget.spent");
    }
}

void read(FieldReader& reader, const fbs::AlertImage& stored, Alert& out) {
    reader.require_known(stored, fbs::AlertImage::VT_LEVEL, "alert");
    read_alert_terms(reader, *stored.terms(), out.terms);
    out.level = reader.value(stored.level(), AlertLevel::depleted, "alert.level");
}

void read(FieldReader& reader, const fbs::AutoTopUpImage& stored, AutoTopUp& out) {
    reader.require_known(stored, fbs::AutoTopUpImage::VT_ASKED_IN_MONTH, "auto_top_up");
    read_top_up_terms(reader, *stored.terms(), out.terms);
    out.is_armed = !stored.disarmed();
    out.asked_at = reader.time(stored.asked_at(), "auto_top_up.asked_at");
    out.asked_in_month = stored.asked_in_month();
}

void read(FieldReader& reader, const fbs::RedemptionCount& stored, Redemption& out) {
    reader.require_known(stored, fbs::RedemptionCount::VT_COUNT, "redemption");
    reader.text(stored.code(), limits::id_bytes_max, out.code, "redemption.code");
    reader.require(stored.count() <= UINT32_MAX, CodecFault::out_of_range, "redemption.count");
    out.count = static_cast<std::uint32_t>(stored.count());
}

const std::string& name_of(const Budget& budget) { return budget.terms.id; }
const std::string& name_of(const Alert& alert) { return alert.terms.id; }
const std::string& name_of(const Redemption& redemption) { return redemption.code; }

/// In the order of their names, each of which is there once.
template <class Stored, class Entry>
void read_all(FieldReader& reader, const Stored* stored, std::size_t count_max,
              std::vector<Entry>& out, std::string_view detail) {
    out.resize(reader.count(stored, count_max, detail));
    for (std::size_t i = 0; i < out.size() && reader.ok(); ++i) {
        read(reader, *stored->Get(static_cast<Place>(i)), out[i]);
        reader.require(i == 0 || name_of(out[i - 1]) < name_of(out[i]), CodecFault::inconsistent,
                       detail);
    }
}

}  // namespace

flatbuffers::Offset<fbs::ArrangementsImage> write_arrangements(FlatBuilder& builder,
                                                               const Arrangements& arrangements) {
    if (arrangements == Arrangements{}) return {};
    flatbuffers::Offset<fbs::Subscription> subscription;
    if (arrangements.subscription) {
        subscription = write_subscription(builder, *arrangements.subscription);
    }
    const auto budgets =
        write_all<fbs::BudgetImage>(builder, arrangements.budgets, limits::account_budgets_max);
    const auto alerts = write_all<fbs::AlertImage>(builder, arrangements.alerts, alerts_max);
    flatbuffers::Offset<fbs::AutoTopUpImage> top_up;
    if (arrangements.auto_top_up) top_up = write(builder, *arrangements.auto_top_up);
    const auto redemptions =
        write_all<fbs::RedemptionCount>(builder, arrangements.redemptions, redemption_codes_max);
    const TextOffset referrer = write_id(builder, arrangements.referrer);
    return fbs::CreateArrangementsImage(builder, subscription, budgets, alerts, top_up, redemptions,
                                        referrer, arrangements.referral_rewarded);
}

void read_arrangements(FieldReader& reader, const fbs::ArrangementsImage& stored,
                       Arrangements& out) {
    reader.require_known(stored, fbs::ArrangementsImage::VT_REFERRAL_REWARDED, "arrangements");
    if (const auto* subscription = stored.subscription()) {
        read_subscription(reader, *subscription, out.subscription.emplace());
    }
    read_all(reader, stored.budgets(), limits::account_budgets_max, out.budgets, "budgets");
    read_all(reader, stored.alerts(), alerts_max, out.alerts, "alerts");
    if (const auto* top_up = stored.auto_top_up()) read(reader, *top_up, out.auto_top_up.emplace());
    read_all(reader, stored.redemptions(), redemption_codes_max, out.redemptions, "redemptions");
    reader.text(stored.referrer(), limits::id_bytes_max, out.referrer, "referrer");
    out.referral_rewarded = stored.referral_rewarded();
}

RedemptionListOffset write_redemptions(FlatBuilder& builder, const Redemptions& redemptions) {
    CREDITD_ASSERT(redemptions.size() <= redemption_codes_max);
    if (redemptions.empty()) return {};
    std::vector<flatbuffers::Offset<fbs::RedemptionCount>> stored;
    stored.reserve(redemptions.size());
    for (const auto& [code, count] : redemptions) stored.push_back(write(builder, code, count));
    return builder.CreateVector(stored);
}

void read_redemptions(FieldReader& reader, const StoredRedemptions* stored, Redemptions& out) {
    const std::size_t count = reader.count(stored, redemption_codes_max, "redemptions");
    std::string code;
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        const fbs::RedemptionCount& one = *stored->Get(static_cast<Place>(i));
        reader.require_known(one, fbs::RedemptionCount::VT_COUNT, "redemption");
        reader.text(one.code(), limits::id_bytes_max, code, "redemption.code");
        reader.require(out.empty() || out.rbegin()->first < code, CodecFault::inconsistent,
                       "redemptions");
        out.emplace_hint(out.end(), code, one.count());
    }
}

}  // namespace creditd::schemas
