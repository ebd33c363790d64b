#include "replay/audit/account_audit.hpp"

#include "core/state_digest.hpp"

namespace creditd::replay::audit {
namespace {

using followers::PastAccount;

/// Where to begin: with an image, or with nothing before the first event.
struct Beginning {
    std::optional<followers::AccountImage> image;
    Seq from{1};
};

std::expected<Beginning, JournalError> beginning_of(const followers::PastSources& sources,
                                                    const LiveAccount& live,
                                                    std::size_t events_max) {
    Beginning beginning;
    const auto page = sources.history.page(live.no, {}, live.seq.next(), events_max);
    if (!page) return std::unexpected(page.error());
    if (!page->has_more || sources.images == nullptr) return beginning;
    auto image = sources.images->find(live.no, page->seqs.back());
    if (!image) return std::unexpected(std::move(image.error()));
    if (*image) beginning.from = (*image)->seq.next();
    beginning.image = std::move(*image);
    return beginning;
}

std::string misfit(Seq seq) {
    return "event " + std::to_string(seq.value) + " does not follow the account's events before it";
}

std::string compare(const PastAccount& replayed, const LiveAccount& live) {
    if (!replayed.is_there()) return "the log does not make the account";
    std::string canonical;
    append_canonical_account(canonical, replayed.account(), replayed.terms());
    if (canonical == live.canonical) return {};
    const Credits balance = replayed.account().balance;
    if (balance == live.balance) return "its balance is the log's, but something else of it is not";
    return "its balance is " + std::to_string(live.balance.value) + " minor units, and " +
           std::to_string(balance.value) + " by the log";
}

}  // namespace

LiveAccount copy_account(const State& state, AccountNo no) {
    const Account& account = state.accounts.get(no);
    LiveAccount live{no, state.head.seq, std::string(account.id()), account.balance, {}};
    append_canonical_account(live.canonical, account, state.terms);
    return live;
}

std::expected<AccountFinding, JournalError> audit_account(const followers::PastSources& sources,
                                                          const LiveAccount& live,
                                                          std::size_t events_max) {
    const auto beginning = beginning_of(sources, live, events_max);
    if (!beginning) return std::unexpected(beginning.error());
    const auto seqs =
        followers::seqs_between(sources.history, live.no, beginning->from, live.seq.next());
    if (!seqs) return std::unexpected(seqs.error());
    AccountFinding finding;
    PastAccount replayed;
    if (beginning->image && !replayed.restore(*beginning->image)) {
        finding.difference =
            "its image of seq " + std::to_string(beginning->image->seq.value) + " cannot be read";
        return finding;
    }
    for (const Seq seq : *seqs) {
        auto event = sources.lookup.event(seq);
        if (!event) return std::unexpected(std::move(event.error()));
        if (!*event || !replayed.add(std::move(**event))) {
            finding.difference = misfit(seq);
            return finding;
        }
        ++finding.events;
    }
    finding.difference = compare(replayed, live);
    return finding;
}

}  // namespace creditd::replay::audit
