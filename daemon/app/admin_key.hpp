// The administrator's key: from the configuration, from DATA_DIR/admin.key, or made at the first
// start.
#pragma once

#include <expected>
#include <string>

#include "daemon/basics/config.hpp"

namespace creditd::daemon {

std::expected<Secret, std::string> admin_secret_of(const Config& config);

}  // namespace creditd::daemon
