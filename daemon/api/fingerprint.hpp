// The fingerprint of a command: what makes two requests under one key the same. 128 bits of
// SHA-256 over the parsed command, so that spelling, order of fields and the way of sending it
// (alone or in a batch) make no difference. Its canonical text is a promise of the log's format.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/api/parse_command.hpp"

namespace creditd::daemon {

Digest fingerprint_of(const CommandBody& body, const PersonalFields& personal);

/// With texts that were asked for beside the command; all of them empty change nothing.
Digest fingerprint_with(const Digest& command, std::span<const std::string> texts);

/// Of an atomic batch: over its operations' fingerprints, in order.
Digest fingerprint_of(std::span<const Digest> operations);

/// Digest under which a key is found: `k` and `"k"` are one key long before this.
Digest key_digest_of(std::string_view key);

}  // namespace creditd::daemon
