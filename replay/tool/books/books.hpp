// The ledger as double-entry books: turns each event into one balanced entry and keeps the balance
// of every account of the chart. Works from the events alone, without core's state, and compares
// what customers own with the balance that each event records. One thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <span>
#include <vector>

#include "replay/tool/books/chart.hpp"
#include "replay/tool/books/movements.hpp"

namespace creditd::replay::tool {

/// One line of an entry: more (debit) or less (credit) in an account.
struct Posting {
    ChartNo account{};
    WideCredits amount{};
};

class Books {
public:
    /// The entry of this event, whose amounts add up to zero; empty where nothing moved. Each
    /// account stands in it once. Valid until the next call.
    std::span<const Posting> post(const Event& event);

    /// After `post`: is what the customer owns what the event says it is?
    bool agrees_with(const Event& event) const;

    ChartOfAccounts& chart() { return chart_; }
    const ChartOfAccounts& chart() const { return chart_; }

private:
    /// Where a grant came from, so that it can go back there.
    struct Source {
        ChartNo account{};
        bool is_pending = false;
        Credits owed{};  // for what was spent of it, since its payment was taken back
    };
    void add(ChartNo account, WideCredits amount);
    void move(Credits amount, ChartNo to, ChartNo from);
    void take(const Event& event, const Movement& movement);
    void take_new(const Event& event, const Movement& movement);
    void take_gone(const Event& event, const Movement& movement);
    void take_restored(const Event& event, const Movement& movement);
    /// Of a payment that was taken back, and given back.
    void take_reversed(const Event& event, const Movement& movement);
    ChartNo made_from(const Movement& movement);
    Source& source_of(GrantId grant);
    void inherit(const Movement& movement);
    ChartNo usage(const Movement& movement);
    ChartNo customer(Chart chart, const Event& event);

    ChartOfAccounts chart_;
    boost::unordered_flat_map<std::uint64_t, Source> sources_;  // by grant
    std::vector<Movement> movements_;
    std::vector<Posting> postings_;
};

}  // namespace creditd::replay::tool
