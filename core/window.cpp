#include "core/window.hpp"

#include "core/canary.hpp"

namespace creditd {

Window::Window(const Window* base) : base_(base) { add_generation(); }

Seq Window::from() const { return base_ == nullptr ? generations_.front().from : base_->from(); }

std::size_t Window::key_count() const {
    std::size_t count = 0;
    for (const Generation& generation : generations_) count += generation.keys.count();
    return count;
}

std::optional<Seq> Window::find_key(const Digest& digest) const {
    for (auto at = generations_.rbegin(); at != generations_.rend(); ++at) {
        if (const KeySlot* found = at->keys.find(digest)) return found->seq;
    }
    return base_ == nullptr ? std::nullopt : base_->find_key(digest);
}

std::optional<PaymentFact> Window::find_payment(const Digest& digest) const {
    for (auto at = generations_.rbegin(); at != generations_.rend(); ++at) {
        if (const PaymentSlot* found = at->payments.find(digest)) return found->fact;
    }
    return base_ == nullptr ? std::nullopt : base_->find_payment(digest);
}

std::optional<Credits> Window::find_refunded(DeductionId deduction) const {
    for (auto at = generations_.rbegin(); at != generations_.rend(); ++at) {
        const auto found = at->refunded.find(deduction.value);
        if (found != at->refunded.end()) return found->second;
    }
    return base_ == nullptr ? std::nullopt : base_->find_refunded(deduction);
}

bool Window::is_revoked(GrantId grant) const {
    for (const Generation& generation : generations_) {
        if (generation.revoked.contains(grant.value)) return true;
    }
    return base_ != nullptr && base_->is_revoked(grant);
}

const StandingFact* Window::find_standing(const Digest& digest) const {
    const auto* const found = find_in(&Generation::standings, digest);
    return found != nullptr || base_ == nullptr ? found : base_->find_standing(digest);
}

const OrderFact* Window::find_order(const Digest& digest) const {
    const auto* const found = find_in(&Generation::orders, digest);
    return found != nullptr || base_ == nullptr ? found : base_->find_order(digest);
}

const Notification* Window::find_notification(const Digest& digest) const {
    const auto* const found = find_in(&Generation::notifications, digest);
    return found != nullptr || base_ == nullptr ? found : base_->find_notification(digest);
}

Credits Window::lost_after(GrantId grant, Seq as_of) const {
    Credits sum{};
    for (const Generation& generation : generations_) {
        const auto found = generation.lost.find(grant.value);
        if (found == generation.lost.end()) continue;
        for (const Loss& loss : found->second) {
            if (loss.seq > as_of) sum += loss.amount;
        }
    }
    return base_ == nullptr ? sum : sum + base_->lost_after(grant, as_of);
}

// The facts of one event stay together: a generation is forgotten by the position it ends at.
Window::Generation& Window::current(Seq seq) {
    Generation& newest = generations_.back();
    const bool is_of_newest = seq == newest_;
    newest_ = seq;
    if (is_of_newest || newest.count() < generation_keys_) return newest;
    add_generation();
    generations_.back().from = Seq{seq.value - 1};
    return generations_.back();
}

void Window::add_key(const Digest& digest, Seq seq) { current(seq).keys.add({digest, seq}); }

void Window::add_payment(const Digest& digest, const PaymentFact& fact) {
    current(fact.seq).payments.add({digest, fact});
}

void Window::set_refunded(DeductionId deduction, Credits refunded_total, Seq seq) {
    current(seq).refunded.insert_or_assign(deduction.value, refunded_total);
}

void Window::add_revoked(GrantId grant, Seq seq) {
    current(seq).revoked.insert_or_assign(grant.value, seq);
}

void Window::set_standing(const StandingFact& fact, Seq seq) {
    current(seq).standings.insert_or_assign(fact.standing.payment_digest, fact);
}

void Window::set_order(const OrderFact& fact, Seq seq) {
    current(seq).orders.insert_or_assign(fact.order.digest, fact);
}

void Window::set_notification(const Notification& notification, Seq seq) {
    current(seq).notifications.insert_or_assign(notification.digest, notification);
}

void Window::add_lost(const GrantPart& part, Seq seq) {
    current(seq).lost[part.grant.value].push_back({seq, part.amount});
}

void Window::start_at(Seq seq) {
    CREDITD_ASSERT(generations_.size() == 1 && generations_.front().keys.count() == 0);
    generations_.front().from = seq;
}

void Window::trim(Seq synced) {
    // A generation ends where the next one begins; the newest one is always kept.
    while (generations_.size() > 1 && generations_[1].from <= synced) generations_.pop_front();
    if (canary(Canary::window_forgets_early) && generations_.size() > 2) {
        generations_[1].from = generations_[0].from;
        generations_.pop_front();
    }
}

void Window::prefetch_key(const Digest& digest) const {
    for (const Generation& generation : generations_) generation.keys.prefetch(digest);
}

}  // namespace creditd
