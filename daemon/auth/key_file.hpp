// A secret of 32 bytes that the data folder keeps in a file of its own: 64 hexadecimal digits,
// 0600.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "daemon/basics/random.hpp"

namespace creditd::daemon {

/// Reads it, or draws one and writes it. The error is a sentence for the operator.
std::expected<std::string, std::string> open_key_file(const std::filesystem::path& path,
                                                      Random& random);

}  // namespace creditd::daemon
