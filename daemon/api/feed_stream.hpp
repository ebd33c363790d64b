// One open stream of events (text/event-stream): reads what is new on a reader thread whenever the
// hub says that there is something, and sends it. Everything else happens on its io thread. Lives
// as long as its connection, or a read for it, does.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/api/account_view.hpp"
#include "daemon/api/feed_reads.hpp"
#include "daemon/feeds/feed_hub.hpp"

namespace creditd::daemon {

class FeedStream final : public FeedListener, public std::enable_shared_from_this<FeedStream> {
public:
    struct Start {
        FeedFilter filter;
        Seq position{};                             // what follows this is sent
        std::optional<BalanceView> balance;         // sent first, and again after changes
        Timestamp expires_at = Timestamp::never();  // whoever listens may do so until then
    };
    /// Answers the call with a stream, which ends it when it ends.
    static void open(Call& call, Start start);

    FeedStream(Call& call, Start start);

    http::IoThread& home() override { return home_; }
    AccountNo account() const override { return start_.filter.account; }
    void on_news() override { pull(); }
    void on_beat() override;

private:
    void begin();
    void pull();
    void deliver(const FeedBatch& batch);
    void send(const std::string& text);
    void end();
    bool has_expired() const { return start_.expires_at <= api_.clock.wall(); }

    Call& call_;
    const Api& api_;
    http::IoThread& home_;
    Start start_;
    bool is_reading_ = false;
    bool is_to_read_again_ = false;
    bool is_over_ = false;
};

}  // namespace creditd::daemon
