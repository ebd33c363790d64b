// What the configuration says about witnesses: who they are, where they are asked, and how many of
// them must have cosigned a head before anybody is shown it.
// Pure functions; any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/basics/config.hpp"
#include "replay/proof/signed_note.hpp"

namespace creditd::daemon {

/// Somebody who cosigns heads of the log (C2SP tlog-witness).
struct Witness {
    replay::proof::VerifierKey key;
    std::string url;  // what /add-checkpoint is appended to
};

/// A note has room for more, but a log needs a few.
inline constexpr std::size_t witnesses_max = 16;

/// `VKEY URL, VKEY URL`; empty: none. The error is a sentence that names the part which is wrong.
std::expected<std::vector<Witness>, std::string> parse_witnesses(std::string_view text);

/// What is wrong with the witnesses of `[proof]`.
ConfigErrors check_witnesses(const Config& config);

}  // namespace creditd::daemon
