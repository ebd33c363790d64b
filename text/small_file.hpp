// Small files that an operator writes: configurations, secrets, catalogs. Read whole. A folder, a
// device without an end and a file that is far too large are no such file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace creditd {

/// The file's bytes; nothing if it cannot be read or has more than `bytes_max`.
std::optional<std::string> read_small_file(const std::string& path, std::size_t bytes_max);

}  // namespace creditd
