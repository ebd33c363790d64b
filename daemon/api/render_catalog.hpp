// Features and API keys as JSON. Secrets are never here: they are shown once, by the call that
// made them, and are not kept.
#pragma once

#include <optional>
#include <string>

#include "core/catalog.hpp"

namespace creditd::daemon {

/// `seq`, where given, is the log position that the answer reflects.
void render_feature(std::string& out, const Feature& feature, unsigned decimals,
                    std::optional<Seq> seq);
/// The answer to setting a feature, from its event alone.
void render_feature_set(std::string& out, const FeatureSet& set, unsigned decimals,
                        Timestamp updated_at, Seq seq);
void render_api_key(std::string& out, const ApiKey& key, std::optional<Seq> seq);
/// The answer to making a key: `secret` is null where the call is a repeat.
void render_new_api_key(std::string& out, const ApiKeyCreated& key, Timestamp created_at, Seq seq,
                        std::optional<std::string_view> secret);

}  // namespace creditd::daemon
