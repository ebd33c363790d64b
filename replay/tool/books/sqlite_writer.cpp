// The books as an SQLite file: events, accounts, openings, postings, balances, and a view
// `mismatches` that is empty as long as they agree. Amounts are whole minor units. Written beside
// its name and renamed when it is complete.
#include <sqlite3.h>

#include <array>
#include <system_error>

#include "replay/tool/books/book_writer.hpp"
#include "replay/tool/event_body_text.hpp"
#include "replay/tool/text.hpp"
#include "schemas/event_kind.hpp"

namespace creditd::replay::tool {
namespace {

constexpr const char* tables = R"(
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;
CREATE TABLE ledger (name TEXT PRIMARY KEY, value TEXT) STRICT;
CREATE TABLE events (
  seq INTEGER PRIMARY KEY, time TEXT NOT NULL, type TEXT NOT NULL, account TEXT,
  amount INTEGER, before INTEGER, after INTEGER, available INTEGER, held INTEGER,
  details TEXT NOT NULL) STRICT;
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, owner TEXT) STRICT;
CREATE TABLE openings (account INTEGER PRIMARY KEY REFERENCES accounts, amount INTEGER) STRICT;
CREATE TABLE postings (
  event INTEGER NOT NULL REFERENCES events, account INTEGER NOT NULL REFERENCES accounts,
  amount INTEGER NOT NULL, PRIMARY KEY (event, account)) STRICT, WITHOUT ROWID;
CREATE TABLE balances (account INTEGER PRIMARY KEY REFERENCES accounts, amount INTEGER) STRICT;
CREATE VIEW journal AS
  SELECT e.seq, e.time, e.type, a.name AS account, p.amount
  FROM postings p JOIN events e ON e.seq = p.event JOIN accounts a ON a.id = p.account;
CREATE VIEW mismatches AS
  SELECT 'entry' AS what, event AS id FROM postings GROUP BY event HAVING SUM(amount) <> 0
  UNION ALL
  SELECT 'balance', b.account FROM balances b
  WHERE b.amount <> (SELECT COALESCE(SUM(p.amount), 0) FROM postings p WHERE p.account = b.account)
                  + COALESCE((SELECT amount FROM openings o WHERE o.account = b.account), 0);
)";
// After the rows: filling a table is faster without.
constexpr const char* indexes = R"(
CREATE INDEX postings_by_account ON postings (account, event);
CREATE INDEX events_by_account ON events (account, seq);
COMMIT;
)";

std::filesystem::path unfinished(std::filesystem::path path) { return path += ".unfinished"; }

class Statement {
public:
    Statement(sqlite3* db, const char* sql) {
        sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr);
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& number(std::int64_t value) {
        sqlite3_bind_int64(statement_, ++at_, value);
        return *this;
    }
    Statement& text(std::string_view value) {
        sqlite3_bind_text(statement_, ++at_, value.data(), static_cast<int>(value.size()),
                          SQLITE_TRANSIENT);
        return *this;
    }
    Statement& nothing() {
        sqlite3_bind_null(statement_, ++at_);
        return *this;
    }
    bool run() {
        const bool is_done = sqlite3_step(statement_) == SQLITE_DONE;
        sqlite3_reset(statement_);
        at_ = 0;
        return is_done;
    }

private:
    sqlite3_stmt* statement_ = nullptr;
    int at_ = 0;
};

class SqliteWriter : public BookWriter {
public:
    SqliteWriter(sqlite3* db, std::filesystem::path path, const ChartOfAccounts& chart,
                 const BookTitle& title)
        : db_(db), path_(std::move(path)), chart_(chart), decimals_(title.decimals) {
        fact("ledger", title.ledger);
        fact("decimals", std::to_string(title.decimals));
        fact("from", title.from);
        fact("to", title.to);
    }
    ~SqliteWriter() override;

    void opening(Timestamp, const Posting& account, const Posting& against) override {
        know(account.account);
        know(against.account);
        for (const Posting& posting : {account, against}) {
            // Equity:Opening comes once with each account, and adds up.
            opening_.number(posting.account.value).number(minor(posting.amount));
            check(opening_.number(minor(posting.amount)).run());
        }
    }

    void event(const Event& event, std::span<const Posting> postings) override {
        append_event(event);
        for (const Posting& posting : postings) {
            know(posting.account);
            posting_.number(static_cast<std::int64_t>(event.seq.value));
            check(posting_.number(posting.account.value).number(minor(posting.amount)).run());
        }
    }

    std::expected<void, std::string> finish() override;

private:
    void fact(std::string_view name, std::string_view value) {
        check(fact_.text(name).text(value).run());
    }
    void check(bool is_done) {
        if (!is_done && error_.empty()) error_ = sqlite3_errmsg(db_);
    }
    /// SQLite counts up to 2^63; a sum of many customers may, one day, not fit.
    std::int64_t minor(WideCredits amount) {
        const auto narrow = static_cast<std::int64_t>(amount);
        if (narrow != amount && error_.empty()) error_ = "an amount is too large for SQLite";
        return narrow;
    }
    void know(ChartNo no) {
        if (no.value >= known_.size()) known_.resize(chart_.count());
        if (known_[no.value]) return;
        known_[no.value] = true;
        const ChartAccount& account = chart_.at(no);
        account_.number(no.value).text(plain_name(account));
        account.name.empty() ? account_.nothing() : account_.text(account.name);
        check(account_.run());
    }
    void append_event(const Event& event) {
        const std::string_view type = schemas::name_of(schemas::kind_of(event.body));
        event_.number(static_cast<std::int64_t>(event.seq.value));
        event_.text(time_text(event.time)).text(type);
        if (event.account_no.is_none()) {
            for (int i = 0; i < 6; ++i) event_.nothing();
        } else {
            event_.text(event.account);
            const auto amount = amount_of(event.body);
            amount ? event_.number(amount->value) : event_.nothing();
            const Balances& of = event.balances;
            event_.number(of.before.value).number(of.after.value);
            event_.number(of.available.value).number(of.held.value);
        }
        details_.clear();
        JsonText json(details_, decimals_);
        json.open();
        append_body(json, event.body);
        json.close();
        check(event_.text(details_).run());
    }
    void close() {
        if (db_ != nullptr) sqlite3_close_v2(db_);
        db_ = nullptr;
    }

    sqlite3* db_;
    std::filesystem::path path_;
    const ChartOfAccounts& chart_;
    unsigned decimals_;
    Statement fact_{db_, "INSERT INTO ledger VALUES (?, ?)"};
    Statement event_{db_, "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    Statement account_{db_, "INSERT INTO accounts VALUES (?, ?, ?)"};
    Statement opening_{db_,
                       "INSERT INTO openings VALUES (?, ?) "
                       "ON CONFLICT DO UPDATE SET amount = amount + ?"};
    Statement posting_{db_, "INSERT INTO postings VALUES (?, ?, ?)"};
    Statement balance_{db_, "INSERT INTO balances VALUES (?, ?)"};
    std::vector<bool> known_;
    std::string details_;
    std::string error_;
};

/// Given up before its end, it leaves no file.
SqliteWriter::~SqliteWriter() {
    if (db_ == nullptr) return;
    // Statements are finalised after this: the library keeps what they need until then.
    close();
    std::error_code ignored;
    std::filesystem::remove(unfinished(path_), ignored);
}

std::expected<void, std::string> SqliteWriter::finish() {
    for (std::uint32_t i = 0; i < known_.size(); ++i) {
        if (!known_[i]) continue;
        check(balance_.number(i).number(minor(chart_.at(ChartNo{i}).balance)).run());
    }
    check(sqlite3_exec(db_, indexes, nullptr, nullptr, nullptr) == SQLITE_OK);
    close();
    std::error_code failed;
    if (error_.empty()) {
        std::filesystem::rename(unfinished(path_), path_, failed);
        if (!failed) return {};
        error_ = failed.message();
    }
    std::filesystem::remove(unfinished(path_), failed);
    return std::unexpected(path_.string() + ": " + error_);
}

}  // namespace

std::expected<std::unique_ptr<BookWriter>, std::string> write_sqlite(
    const std::filesystem::path& path, const ChartOfAccounts& chart, const BookTitle& title) {
    if (path.empty()) return std::unexpected("an SQLite file needs a name: -o FILE");
    if (std::filesystem::exists(path)) {
        return std::unexpected(path.string() + " is there already");
    }
    std::error_code ignored;
    std::filesystem::remove(unfinished(path), ignored);
    sqlite3* db = nullptr;
    if (sqlite3_open(unfinished(path).c_str(), &db) == SQLITE_OK &&
        sqlite3_exec(db, tables, nullptr, nullptr, nullptr) == SQLITE_OK) {
        return std::make_unique<SqliteWriter>(db, path, chart, title);
    }
    std::string error = path.string() + ": " + sqlite3_errmsg(db);
    sqlite3_close(db);
    return std::unexpected(std::move(error));
}

}  // namespace creditd::replay::tool
