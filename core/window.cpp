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

// The facts of one event stay together: a generation is forgotten by the position it ends at.
Window::Generation& Window::current(Seq seq) {
    Generation& newest = generations_.back();
    const bool is_of_newest = seq == newest_;
    newest_ = seq;
    if (is_of_newest || newest.keys.count() < generation_keys_) return newest;
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
