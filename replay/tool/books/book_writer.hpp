// How the books are written down: for hledger and ledger, for beancount, or as an SQLite file. The
// one who reads the events (export_books.cpp) calls these in the order of the log. One thread.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "replay/tool/books/books.hpp"

namespace creditd::replay::tool {

/// What stands in the head of the file.
struct BookTitle {
    std::string ledger;  // its id
    unsigned decimals = 0;
    std::string from;  // as asked for; empty: the beginning
    std::string to;    // likewise; empty: the end
};

/// The chart that a writer is made with has, at each call, the balances after it.
class BookWriter {
public:
    virtual ~BookWriter() = default;
    /// What an account had before the period begins, against Equity:Opening.
    virtual void opening(Timestamp time, const Posting& account, const Posting& against) = 0;
    /// Every event of the period; `postings` is empty where nothing moved.
    virtual void event(const Event& event, std::span<const Posting> postings) = 0;
    /// The last call. An error says why the file could not be written.
    virtual std::expected<void, std::string> finish() = 0;
};

// The text formats append to `out`, which may be emptied between calls.
std::unique_ptr<BookWriter> write_hledger(std::string& out, const ChartOfAccounts& chart,
                                          const BookTitle& title);
std::unique_ptr<BookWriter> write_beancount(std::string& out, const ChartOfAccounts& chart,
                                            const BookTitle& title);
/// A new file, which appears under its name when it is complete.
std::expected<std::unique_ptr<BookWriter>, std::string> write_sqlite(
    const std::filesystem::path& path, const ChartOfAccounts& chart, const BookTitle& title);

/// What an entry is about, besides its amounts: a payment, a feature, the other account.
std::string note_of(const EventBody& body);

}  // namespace creditd::replay::tool
