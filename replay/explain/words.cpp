#include "replay/explain/words.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "replay/ids.hpp"

namespace creditd::replay::explaining {
namespace {

std::string_view words_for(GrantKind kind) {
    switch (kind) {
        case GrantKind::signup: return "sign-up credits";
        case GrantKind::plan: return "plan credits";
        case GrantKind::purchase: return "bought credits";
        case GrantKind::bonus: return "bonus credits";
        case GrantKind::promo: return "promotion credits";
        case GrantKind::referral: return "referral credits";
        case GrantKind::admin: return "granted credits";
        case GrantKind::refund: return "refunded credits";
    }
    assertion_failed("a kind of grant of the enum", __FILE__, __LINE__);
}

/// ISO 4217, list one: currencies whose minor unit is not a hundredth.
unsigned decimals_of(Currency currency) {
    static constexpr std::array<std::string_view, 17> none{"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                           "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                                           "VND", "VUV", "XAF", "XOF", "XPF"};
    static constexpr std::array<std::string_view, 7> three{"BHD", "IQD", "JOD", "KWD",
                                                           "LYD", "OMR", "TND"};
    static constexpr std::array<std::string_view, 2> four{"CLF", "UYW"};
    const std::string code = currency.text();
    if (std::ranges::count(none, code) > 0) return 0;
    if (std::ranges::count(three, code) > 0) return 3;
    return std::ranges::count(four, code) > 0 ? 4 : 2;
}

void append_padded(std::string& out, std::uint64_t value, std::size_t digits) {
    const std::string text = std::to_string(value);
    if (text.size() < digits) out.append(digits - text.size(), '0');
    out += text;
}

}  // namespace

Words& Words::operator<<(std::string_view words) {
    text += words;
    return *this;
}

Words& Words::number(Credits amount) {
    append_decimal(text, amount.value, explanation.decimals);
    return *this;
}

Words& Words::number(std::uint64_t value) {
    text += std::to_string(value);
    return *this;
}

Words& Words::operator<<(Credits amount) {
    return number(amount) << (is_one(amount) ? " credit" : " credits");
}

bool Words::is_one(Credits amount) const {
    std::int64_t one = 1;
    for (unsigned i = 0; i < explanation.decimals; ++i) one *= 10;
    return amount.value == one;
}

Words& Words::were(Credits amount) {
    return *this << amount << (is_one(amount) ? " was" : " were");
}

Words& Words::operator<<(Timestamp time) {
    const std::chrono::sys_seconds moment{std::chrono::seconds(time.value / 1'000'000)};
    const auto days = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss clock(moment - days);
    const auto part = [&](auto value, std::size_t digits, std::string_view after) {
        append_padded(text, static_cast<std::uint64_t>(value), digits);
        text += after;
    };
    part(static_cast<int>(date.year()), 4, "-");
    part(static_cast<unsigned>(date.month()), 2, "-");
    part(static_cast<unsigned>(date.day()), 2, " ");
    part(clock.hours().count(), 2, ":");
    part(clock.minutes().count(), 2, ":");
    part(clock.seconds().count(), 2, " UTC");
    return *this;
}

Words& Words::operator<<(const Money& money) {
    const unsigned decimals = decimals_of(money.currency);
    std::uint64_t unit = 1;
    for (unsigned i = 0; i < decimals; ++i) unit *= 10;
    const auto minor = static_cast<std::uint64_t>(money.minor);
    number(minor / unit);
    if (decimals > 0) {
        text += '.';
        append_padded(text, minor % unit, decimals);
    }
    return *this << " " << money.currency.text();
}

Words& Words::list(const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
        text += names[i];
    }
    return *this;
}

Words& Words::terms(const GrantTerms& terms) {
    *this << words_for(terms.kind) << ", priority ";
    number(std::uint64_t{terms.priority});
    if (terms.expires_at.is_never()) *this << ", without end";
    else *this << ", until " << terms.expires_at;
    return *this << (terms.cost.minor > 0 ? ", paid" : ", free");
}

Words& Words::grant(GrantId id) {
    *this << grant_text(id);
    if (const GrantFact* const fact = explanation.grant(id)) {
        *this << " (";
        terms(fact->terms) << ")";
    }
    return *this;
}

Words& Words::line(std::size_t place) {
    *this << "  ";
    return number(place) << ". ";
}

void Words::parts(const std::vector<GrantPart>& list, std::string_view preposition) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        line(i + 1) << list[i].amount << " " << preposition << " ";
        grant(list[i].grant) << "\n";
    }
}

void Words::new_grant(GrantId id, Credits amount, const GrantTerms& terms, Credits debt_repaid) {
    *this << "Grant " << grant_text(id) << ": ";
    this->terms(terms) << ".\n";
    if (!terms.features.empty()) {
        *this << "They can be spent on ";
        list(terms.features) << " only.\n";
    }
    if (terms.effective_at > event().time) {
        *this << "They can be spent from " << terms.effective_at << " on.\n";
    }
    this->debt_repaid(debt_repaid, amount - debt_repaid);
}

void Words::debt_repaid(Credits repaid, Credits left) {
    if (repaid.is_zero()) return;
    *this << "Of these, " << repaid << " repaid at once what the account owed; " << left
          << " can be spent.\n";
}

void Words::restored(const RestoredPart& part) {
    Words& words = *this;
    switch (part.into) {
        case RestoredInto::same_grant:
            words << part.amount << " to ";
            words.grant(part.grant);
            break;
        case RestoredInto::revoked_grant:
            words << part.amount << " of ";
            words.grant(part.grant) << ":\n     it has been taken back, and so are these";
            break;
        case RestoredInto::new_grant:
            words << part.amount << " of ";
            if (part.burned_from == GrantId{}) {
                words << "a debt that has been repaid since: now the new grant ";
            } else {
                words << grant_text(part.burned_from) << ", whose time is over: now the new grant ";
            }
            words << grant_text(part.grant) << "\n     (";
            words.terms(part.terms) << ")";
            break;
    }
    words << "\n";
}

}  // namespace creditd::replay::explaining
