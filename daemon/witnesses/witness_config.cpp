#include "daemon/witnesses/witness_config.hpp"

#include <algorithm>

#include "daemon/basics/comma_list.hpp"
#include "daemon/outbound/url_rules.hpp"

namespace creditd::daemon {
namespace {

using replay::proof::VerifierKey;

constexpr std::string_view call_path = "/add-checkpoint";

std::expected<Witness, std::string> parse_witness(std::string_view text) {
    const auto wrong = [text](const std::string& why) {
        return std::unexpected("'" + std::string(text) + "': " + why);
    };
    const std::size_t blank = text.find_first_of(" \t");
    if (blank == std::string_view::npos) return wrong("a witness is a vkey, a blank and a URL");
    auto key = VerifierKey::parse_witness(text.substr(0, blank));
    if (!key) return wrong(key.error());
    std::string_view url = trimmed(text.substr(blank));
    if (url.ends_with('/')) url.remove_suffix(1);
    if (url.find_first_of(" \t?#") != std::string_view::npos) {
        return wrong("the URL goes on with " + std::string(call_path) +
                     ": no blanks, no query, no fragment");
    }
    return Witness{std::move(*key), std::string(url)};
}

}  // namespace

std::expected<std::vector<Witness>, std::string> parse_witnesses(std::string_view text) {
    std::vector<Witness> witnesses;
    for (const std::string_view part : comma_list(text)) {
        auto witness = parse_witness(part);
        if (!witness) return std::unexpected(std::move(witness.error()));
        // Metrics and log lines name them, and each must count once.
        if (std::ranges::any_of(witnesses, [&](const Witness& other) {
                return other.key.name == witness->key.name || other.key.key == witness->key.key;
            })) {
            return std::unexpected("'" + witness->key.name + "' is there twice");
        }
        witnesses.push_back(std::move(*witness));
    }
    if (witnesses.size() > witnesses_max) {
        return std::unexpected("at most " + std::to_string(witnesses_max) + " witnesses");
    }
    return witnesses;
}

ConfigErrors check_witnesses(const Config& config) {
    const auto witnesses = parse_witnesses(config.proof.witnesses);
    if (!witnesses) return {{"", "proof.witnesses: " + witnesses.error()}};
    ConfigErrors errors;
    if (config.proof.witness_quorum > witnesses->size()) {
        errors.push_back({"", "proof.witness_quorum: there are only " +
                                  std::to_string(witnesses->size()) + " witnesses"});
    }
    const auto allowed = Subnets::parse(config.outbound.allowed_networks);
    if (!allowed) return errors;  // check_outbound says so
    for (const Witness& witness : *witnesses) {
        const auto url = check_url(witness.url, config.outbound.https_only, *allowed);
        if (!url) errors.push_back({"", "proof.witnesses: " + witness.url + ": " + url.error()});
    }
    return errors;
}

}  // namespace creditd::daemon
