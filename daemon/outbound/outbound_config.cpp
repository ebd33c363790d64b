#include "daemon/outbound/outbound_config.hpp"

#include "core/assert.hpp"
#include "daemon/outbound/url_rules.hpp"

namespace creditd::daemon {

ConfigErrors check_outbound(const Config& config) {
    const auto allowed = Subnets::parse(config.outbound.allowed_networks);
    if (!allowed) return {{"", "outbound.allowed_networks: " + allowed.error()}};
    ConfigErrors errors;
    if (!config.jwt.issuer.empty() && !config.jwt.jwks_url.empty()) {
        const auto url = check_url(config.jwt.jwks_url, config.outbound.https_only, *allowed);
        if (!url) errors.push_back({"", "jwt.jwks_url: " + url.error()});
    }
    const auto check = [&](bool is_used, const char* key, const std::string& text) {
        if (!is_used) return;
        const auto url = check_url(text, config.outbound.https_only, *allowed);
        if (!url) errors.push_back({"", std::string(key) + ": " + url.error()});
    };
    check(!config.stripe.secret_key.empty(), "stripe.base_url", config.stripe.base_url);
    check(!config.midtrans.server_key.empty(), "midtrans.base_url", config.midtrans.base_url);
    return errors;
}

HttpClient::Options http_client_options(const OutboundConfig& config) {
    auto allowed = Subnets::parse(config.allowed_networks);
    CREDITD_ASSERT(allowed.has_value());  // the configuration was checked
    HttpClient::Options options;
    options.allowed = std::move(*allowed);
    options.https_only = config.https_only;
    options.ca_file = config.ca_file;
    return options;
}

}  // namespace creditd::daemon
