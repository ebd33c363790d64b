#include "daemon/api/feed_stream.hpp"

#include "daemon/api/feed_event.hpp"

namespace creditd::daemon {
namespace {

constexpr std::size_t batch_events_max = 256;
/// How long a browser waits before it comes back, so that a restart does not meet all at once.
constexpr std::string_view preamble = "retry: 3000\n\n";

/// `id:`, `event:`, `data:` and an empty line (HTML standard, 9.2).
void render_for_stream(std::string& out, const EventRecord& record, unsigned decimals,
                       std::size_t) {
    out += "id: " + std::to_string(record.event().seq.value) + "\nevent: ";
    out += feed_name(record.event());
    out += "\ndata: ";
    render_feed_event(out, record, decimals);
    out += "\n\n";
}

/// `position`: from where a reader goes on who was cut off after this.
void append_balance(std::string& out, const BalanceView& balance, Seq position, unsigned decimals) {
    out += "id: " + std::to_string(position.value) + "\nevent: balance\ndata: ";
    render_balance(out, balance, decimals);
    out += "\n\n";
}

}  // namespace

FeedStream::FeedStream(Call& call, Start start)
    : call_(call), api_(call.api()), home_(call.exchange().io_thread()), start_(std::move(start)) {}

void FeedStream::open(Call& call, Start start) {
    if (call.api().feeds == nullptr) {
        call.respond_unavailable(Unavailable::overloaded);
        return;
    }
    std::make_shared<FeedStream>(call, std::move(start))->begin();
}

void FeedStream::begin() {
    call_.begin_stream([self = shared_from_this()] { self->end(); });
    if (is_over_) return;  // the peer has left already
    std::string text(preamble);
    if (start_.balance) {
        append_balance(text, *start_.balance, start_.position, api_.engine.decimals());
    }
    api_.feeds->add(shared_from_this());
    send(text);
    pull();
}

void FeedStream::pull() {
    if (is_over_) return;
    if (is_reading_) {
        is_to_read_again_ = true;
        return;
    }
    is_reading_ = true;
    is_to_read_again_ = false;
    std::move_only_function<void()> task = [self = shared_from_this()] {
        auto batch = std::make_shared<FeedBatch>(read_feed(self->api_, self->start_.filter,
                                                           self->start_.position, batch_events_max,
                                                           render_for_stream));
        self->home_.post([self, batch] { self->deliver(*batch); });
    };
    // Where the readers are busy the next beat tries again.
    if (!api_.readers.run(task)) is_reading_ = false;
}

void FeedStream::deliver(const FeedBatch& batch) {
    is_reading_ = false;
    if (is_over_) {
        call_.exchange().finish();
        return;
    }
    if (has_expired()) return end();
    start_.position = batch.position;
    std::string text = batch.text;
    if (batch.unlimited && start_.balance) start_.balance->unlimited = *batch.unlimited;
    // On the way through what was missed, no old balance looks like today's.
    if (start_.balance && batch.balances && !batch.has_more) {
        BalanceView& balance = *start_.balance;
        balance.balance = batch.balances->after;
        balance.held = batch.balances->held;
        balance.available = batch.balances->after - batch.balances->held;
        balance.seq = batch.position;
        append_balance(text, balance, batch.position, api_.engine.decimals());
    }
    if (!text.empty()) send(text);
    if (batch.has_more || is_to_read_again_) pull();
}

void FeedStream::send(const std::string& text) {
    if (!is_over_ && !call_.exchange().send(text)) end();
}

void FeedStream::on_beat() {
    if (has_expired()) return end();
    send(": keep-alive\n\n");
    pull();
}

// A read under way still needs the call: it ends it when it comes back.
void FeedStream::end() {
    if (is_over_) return;
    is_over_ = true;
    api_.feeds->remove(*this);
    if (!is_reading_) call_.exchange().finish();
}

}  // namespace creditd::daemon
