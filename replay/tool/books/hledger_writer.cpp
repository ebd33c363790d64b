// One text for hledger and ledger alike. Every account is declared before its first use, every
// posting asserts the balance after it.
#include "replay/tool/books/book_writer.hpp"
#include "replay/tool/text.hpp"
#include "schemas/event_kind.hpp"

namespace creditd::replay::tool {
namespace {

/// A note is free text of others: nothing in it may end the description or look like a tag.
std::string plain_note(const EventBody& body) {
    std::string note = note_of(body);
    for (char& c : note) {
        const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        if (is_control || c == ';' || c == '|' || c == '"') c = '_';
    }
    return note;
}

class HledgerWriter : public BookWriter {
public:
    HledgerWriter(std::string& out, const ChartOfAccounts& chart, const BookTitle& title)
        : out_(out), chart_(chart), decimals_(title.decimals) {
        out_ += "; The credits of ledger " + title.ledger + ", from creditd-replay export.\n";
        if (!title.from.empty()) out_ += "; From " + title.from + ".\n";
        if (!title.to.empty()) out_ += "; Up to, and without, " + title.to + ".\n";
        out_ += "\ncommodity CRD\n";
    }

    void opening(Timestamp time, const Posting& account, const Posting& against) override {
        declare(account);
        declare(against);
        out_ += "\n" + date_text(time) + " * opening balance\n";
        append(account);
        append(against);
    }

    void event(const Event& event, std::span<const Posting> postings) override {
        if (postings.empty()) return;
        for (const Posting& posting : postings) declare(posting);
        const std::string time = time_text(event.time);
        const std::string seq = std::to_string(event.seq.value);
        out_ += "\n" + time.substr(0, 10) + " * (txn_" + seq + ") ";
        out_ += schemas::name_of(schemas::kind_of(event.body));
        const std::string note = plain_note(event.body);
        if (!note.empty()) out_ += " | " + note;
        out_ += "  ; event:" + seq + ", time:" + time + "\n";
        for (const Posting& posting : postings) append(posting);
    }

    std::expected<void, std::string> finish() override { return {}; }

private:
    void declare(const Posting& posting) {
        const std::size_t no = posting.account.value;
        if (no >= names_.size()) names_.resize(chart_.count());
        if (!names_[no].empty()) return;
        names_[no] = plain_name(chart_.at(posting.account));
        out_ += "\naccount " + names_[no] + "\n";
    }
    void append(const Posting& posting) {
        const std::string& name = names_[posting.account.value];
        out_ += "    " + name;
        out_.append(name.size() < 40 ? 40 - name.size() : 0, ' ');
        out_ += "  ";
        append_fixed(out_, posting.amount, decimals_);
        out_ += " CRD = ";
        append_fixed(out_, chart_.at(posting.account).balance, decimals_);
        out_ += " CRD\n";
    }

    std::string& out_;
    const ChartOfAccounts& chart_;
    unsigned decimals_;
    std::vector<std::string> names_;  // of those that are declared
};

}  // namespace

std::unique_ptr<BookWriter> write_hledger(std::string& out, const ChartOfAccounts& chart,
                                          const BookTitle& title) {
    return std::make_unique<HledgerWriter>(out, chart, title);
}

}  // namespace creditd::replay::tool
