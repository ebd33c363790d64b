#include "replay/followers/history_walk.hpp"

#include <algorithm>

namespace creditd::replay::followers {
namespace {

constexpr std::size_t page_entries = 1'024;
constexpr std::uint64_t search_step = 1'024;

}  // namespace

std::expected<std::optional<Seq>, JournalError> newest_of(const HistoryIndex& history,
                                                          AccountNo no) {
    const auto page = history.page(no, {}, Seq{UINT64_MAX}, 1);
    if (!page) return std::unexpected(page.error());
    if (page->seqs.empty()) return std::nullopt;
    return page->seqs.front();
}

std::expected<std::vector<Seq>, JournalError> seqs_between(const HistoryIndex& history,
                                                           AccountNo no, Seq from, Seq before) {
    std::vector<Seq> seqs;
    HistoryFilter filter;
    filter.from = from;
    for (bool more = true; more;) {
        auto page = history.page(no, filter, before, page_entries);
        if (!page) return std::unexpected(std::move(page.error()));
        seqs.insert(seqs.end(), page->seqs.begin(), page->seqs.end());
        before = page->next;
        more = page->has_more;
    }
    std::ranges::reverse(seqs);
    return seqs;
}

std::expected<std::vector<Seq>, JournalError> next_seqs(const HistoryIndex& history, AccountNo no,
                                                        Seq after, Seq newest) {
    for (std::uint64_t step = search_step;; step *= 2) {
        const Seq before{std::min(after.value + step, newest.value + 1)};
        auto seqs = seqs_between(history, no, after.next(), before);
        if (!seqs || !seqs->empty() || before > newest) return seqs;
    }
}

}  // namespace creditd::replay::followers
