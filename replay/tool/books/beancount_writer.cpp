// For beancount. Every account is opened before its first use; at the end of each day on which an
// account moved its balance is asserted, exactly, as beancount checks it: at the start of the next.
#include <chrono>

#include "replay/tool/books/book_writer.hpp"
#include "replay/tool/text.hpp"
#include "schemas/event_kind.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::int64_t day_us = 86'400'000'000;

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 ? '_' : c;
    }
    out += '"';
}

class BeancountWriter : public BookWriter {
public:
    BeancountWriter(std::string& out, const ChartOfAccounts& chart, const BookTitle& title)
        : out_(out), chart_(chart), decimals_(title.decimals) {
        out_ += "; The credits of ledger " + title.ledger + ", from creditd-replay export.\n";
        if (!title.from.empty()) out_ += "; From " + title.from + ".\n";
        if (!title.to.empty()) out_ += "; Up to, and without, " + title.to + ".\n";
        out_ += "option \"title\" \"creditd " + title.ledger + "\"\n";
        out_ += "option \"operating_currency\" \"CRD\"\n\n1970-01-01 commodity CRD\n";
    }

    void opening(Timestamp time, const Posting& account, const Posting& against) override {
        start_day(time);
        open(account);
        open(against);
        out_ += "\n" + date_ + " * \"opening balance\" \"\"\n";
        append(account);
        append(against);
    }

    void event(const Event& event, std::span<const Posting> postings) override {
        if (postings.empty()) return;
        start_day(event.time);
        for (const Posting& posting : postings) open(posting);
        const std::string seq = std::to_string(event.seq.value);
        out_ += "\n" + date_ + " * ";
        append_quoted(out_, schemas::name_of(schemas::kind_of(event.body)));
        out_ += ' ';
        append_quoted(out_, note_of(event.body));
        out_ +=
            " ^txn_" + seq + "\n  event: " + seq + "\n  time: \"" + time_text(event.time) + "\"\n";
        for (const Posting& posting : postings) append(posting);
    }

    std::expected<void, std::string> finish() override {
        end_day();
        return {};
    }

private:
    void start_day(Timestamp time) {
        const std::int64_t day = time.value / day_us;
        if (day == day_) return;
        end_day();
        day_ = day;
        date_ = date_text(time);
    }
    void end_day() {
        if (!moved_.empty()) out_ += '\n';
        const std::string next = date_text(Timestamp{(day_ + 1) * day_us});
        for (const ChartNo no : moved_) {
            out_ += next + " balance " + names_[no.value] + "  ";
            append_fixed(out_, balances_[no.value], decimals_);
            out_ += " ~ 0 CRD\n";
            has_moved_[no.value] = false;
        }
        moved_.clear();
    }
    void open(const Posting& posting) {
        const std::size_t no = posting.account.value;
        if (no >= names_.size()) {
            names_.resize(chart_.count());
            has_moved_.resize(chart_.count());
            balances_.resize(chart_.count());
        }
        if (!names_[no].empty()) return;
        const ChartAccount& account = chart_.at(posting.account);
        names_[no] = beancount_name(account);
        out_ += "\n" + date_ + " open " + names_[no] + " CRD\n";
        if (account.name.empty()) return;
        out_ += "  creditd: ";
        append_quoted(out_, account.name);
        out_ += '\n';
    }
    void append(const Posting& posting) {
        const std::size_t no = posting.account.value;
        if (!has_moved_[no]) moved_.push_back(posting.account);
        has_moved_[no] = true;
        balances_[no] = chart_.at(posting.account).balance;
        out_ += "  " + names_[no] + "  ";
        append_fixed(out_, posting.amount, decimals_);
        out_ += " CRD\n";
    }

    std::string& out_;
    const ChartOfAccounts& chart_;
    unsigned decimals_;
    std::vector<std::string> names_;     // of those that are open
    std::vector<bool> has_moved_;        // on this day
    std::vector<WideCredits> balances_;  // at its end, as far as it has gone
    std::vector<ChartNo> moved_;
    std::int64_t day_ = -1;
    std::string date_;
};

}  // namespace

std::unique_ptr<BookWriter> write_beancount(std::string& out, const ChartOfAccounts& chart,
                                            const BookTitle& title) {
    return std::make_unique<BeancountWriter>(out, chart, title);
}

}  // namespace creditd::replay::tool
