// What the configuration says about calls out: checked here, since basics knows neither addresses
// nor URLs, and made into the client's options.
// Pure functions; any thread.
#pragma once

#include "daemon/basics/config.hpp"
#include "daemon/outbound/http_client.hpp"

namespace creditd::daemon {

/// What is wrong with `[outbound]`, and with the URLs of other sections.
ConfigErrors check_outbound(const Config& config);

/// Of a configuration without such errors.
HttpClient::Options http_client_options(const OutboundConfig& config);

}  // namespace creditd::daemon
