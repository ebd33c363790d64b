#include "replay/followers/erasure_scan.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace creditd::replay::followers {
namespace {

using schemas::EventKind;

/// Shorter ones may stand for anything.
constexpr std::size_t name_bytes_min = 6;

void remember(std::map<std::string, Seq>& names, const std::string& name, Seq until) {
    if (name.empty()) return;
    Seq& known = names[name];
    known = std::max(known, until);
}

std::string payment_name(const std::string& provider, const std::string& id) {
    return id.empty() ? id : provider + ' ' + id;
}

bool is_known(const std::map<std::string, Seq>& names, const std::string& name, Seq seq) {
    const auto at = names.find(name);
    return at != names.end() && seq <= at->second;
}

}  // namespace

ErasureScan::ErasureScan(const std::vector<ErasureWish>& wishes) {
    CREDITD_ASSERT(!wishes.empty());
    for (const ErasureWish& wish : wishes) {
        Seq& until = numbers_[wish.no];
        until = std::max(until, wish.seq);
        ids_[wish.account] = until;
        learn_name(wish.account, until);
        last_ = std::max(last_, wish.seq);
    }
}

bool ErasureScan::is_wanted(AccountNo no, Seq seq) const {
    const auto at = numbers_.find(no);
    return at != numbers_.end() && seq <= at->second;
}

bool ErasureScan::is_wanted(std::string_view account, Seq seq) const {
    const auto at = ids_.find(account);
    return at != ids_.end() && seq <= at->second;
}

void ErasureScan::add_copies(const schemas::EventView& view, bool is_wanted) {
    if (!view.has_personal) return;
    if (view.personal_hash != run_hash_) {
        run_hash_ = view.personal_hash;
        run_.clear();
        is_run_wanted_ = false;
    }
    run_.push_back(view.seq);
    is_run_wanted_ = is_run_wanted_ || is_wanted;
    if (!is_run_wanted_) return;
    found_.insert(found_.end(), run_.begin(), run_.end());
    run_.clear();
}

ErasureScan::Result ErasureScan::look_first(const schemas::EventView& view,
                                            std::string_view bytes) {
    if (view.kind == EventKind::notification_noted) has_notifications_ = true;
    const bool is_own = is_wanted(view.account_no, view.seq);
    add_copies(view, is_own);
    const bool names = view.kind == EventKind::order_set ||
                       view.kind == EventKind::credits_purchased ||
                       view.kind == EventKind::payment_noted;
    return is_own && names ? learn(bytes) : Result{};
}

void ErasureScan::learn_name(const std::string& name, Seq until) {
    if (name.size() >= name_bytes_min) remember(quoted_, '"' + name + '"', until);
}

/// What an event of such an account calls its order or its payment.
ErasureScan::Result ErasureScan::learn(std::string_view bytes) {
    if (auto decoded = schemas::decode_event(bytes, scratch_); !decoded) return decoded;
    const Seq until = numbers_.at(scratch_.account_no);
    const auto learn_payment = [&](const std::string& provider, const std::string& id) {
        remember(payments_, payment_name(provider, id), until);
        learn_name(id, until);
    };
    if (const auto* set = std::get_if<OrderSet>(&scratch_.body)) {
        remember(orders_, set->order.id, until);
        learn_name(set->order.id, until);
    } else if (const auto* bought = std::get_if<CreditsPurchased>(&scratch_.body)) {
        learn_payment(bought->provider, bought->payment_id);
    } else if (const auto* noted = std::get_if<PaymentNoted>(&scratch_.body)) {
        learn_payment(noted->standing.provider, noted->standing.payment_id);
    }
    return {};
}

ErasureScan::Result ErasureScan::look_second(const schemas::EventView& view,
                                             std::string_view bytes) {
    if (view.kind != EventKind::notification_noted) return {};
    if (auto decoded = schemas::decode_event(bytes, scratch_); !decoded) return decoded;
    const Notification& told = std::get<NotificationNoted>(scratch_.body).notification;
    const std::string payment = payment_name(told.provider, told.payment_id);
    const bool is_meant =
        is_wanted(told.account, view.seq) || is_wanted(told.hint.account, view.seq) ||
        is_known(orders_, told.order, view.seq) || is_known(orders_, told.hint.order, view.seq) ||
        is_known(payments_, payment, view.seq);
    if (is_meant) {
        // What was sent lies with the first event about it; later ones may have a part too.
        if (told.received != view.seq) found_.push_back(told.received);
        if (view.has_personal) found_.push_back(view.seq);
    } else if (view.has_personal && told.account.empty() && told.order.empty()) {
        suspects_.push_back(view.seq);
    }
    return {};
}

bool ErasureScan::is_named_in(std::string_view part, Seq seq) const {
    return std::ranges::any_of(quoted_, [&](const auto& name) {
        return seq <= name.second && part.find(name.first) != std::string_view::npos;
    });
}

}  // namespace creditd::replay::followers
