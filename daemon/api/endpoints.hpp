// Endpoints of webhooks over HTTP: made, changed, given new secrets, tried and replayed. Sending is
// the affair of daemon/webhooks. Io threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/catalog.hpp"
#include "daemon/api/call.hpp"
#include "daemon/webhooks/webhook_sender.hpp"

namespace creditd::daemon {

/// What the handlers need of daemon/webhooks.
struct Webhooks {
    WebhookSender& sender;
    WebhookStore& store;
    const WebhookKeys& keys;
    Subnets allowed{};  // private networks that may be sent to
    bool https_only = true;
};

/// The endpoint as a change left it; the secret in force is shown where it is new.
void render_endpoint_set(std::string& out, const Endpoint& endpoint, const WebhookKeys& keys,
                         bool shows_secret, Timestamp updated_at, Seq seq);

void handle_list_endpoints(Call& call);
void handle_create_endpoint(Call& call);
void handle_get_endpoint(Call& call);
void handle_patch_endpoint(Call& call);
void handle_delete_endpoint(Call& call);
void handle_rotate_secret(Call& call);
void handle_test_endpoint(Call& call);
void handle_replay_endpoint(Call& call);
void handle_list_attempts(Call& call);

}  // namespace creditd::daemon
