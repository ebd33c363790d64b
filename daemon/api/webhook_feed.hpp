// The log as webhooks tell of it: the same names and bodies as in feeds, and nothing that is not
// durable. One thread: the sender's.
#pragma once

#include "daemon/api/context.hpp"
#include "daemon/webhooks/webhook_sender.hpp"

namespace creditd::daemon {

class WebhookFeed final : public WebhookLog {
public:
    /// Before the first `read`; `api` outlives this.
    void serve(const Api& api) { api_ = &api; }

    Page read(const Endpoint& endpoint, std::optional<AccountNo> account, Seq after,
              std::size_t limit) override;

private:
    const Api* api_ = nullptr;
};

}  // namespace creditd::daemon
