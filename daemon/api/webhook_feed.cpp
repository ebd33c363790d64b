#include "daemon/api/webhook_feed.hpp"

#include "daemon/api/feed_event.hpp"
#include "daemon/api/feed_reads.hpp"

namespace creditd::daemon {
namespace {

/// With the time: after a loss that was accepted, or a restore, another event may have this place.
std::string id_of(const Event& event) {
    return "msg_" + std::to_string(event.seq.value) + '_' + std::to_string(event.time.value);
}

}  // namespace

WebhookLog::Page WebhookFeed::read(const Endpoint& endpoint, std::optional<AccountNo> account,
                                   Seq after, std::size_t limit) {
    FeedFilter filter;
    filter.types = endpoint.events;
    filter.account_prefix = endpoint.account_prefix;
    // What is of no account has no index: all events are looked through for it.
    const bool is_of_ledger = account && account->is_none();
    if (account && !is_of_ledger) filter.account = *account;
    Page page;
    const auto collect = [&](std::string&, const EventRecord& record, unsigned decimals,
                             std::size_t) {
        const Event& event = record.event();
        if (is_of_ledger && !event.account_no.is_none()) return;
        WebhookMessage message{
            event.seq, id_of(event), event.account_no, std::string(feed_name(event)), {}};
        render_feed_event(message.body, record, decimals);
        page.messages.push_back(std::move(message));
    };
    const FeedBatch batch = read_feed(*api_, filter, after, limit, collect);
    page.looked_to = batch.position;
    page.is_readable = batch.is_readable;
    return page;
}

}  // namespace creditd::daemon
