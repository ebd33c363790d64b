// What an archive must be besides its blocks, its checkpoint and the contents of its tiles: the
// files that its manifest implies, and no others. Pure look at the disk; any thread.
#pragma once

#include <expected>

#include "replay/archive/manifest.hpp"
#include "replay/tool/verify/log_evidence.hpp"

namespace creditd::replay::tool {

/// Whether tiles are there that should be is seen where they are read.
std::expected<void, Contradiction> check_archive_files(const archive::Layout& layout,
                                                       const archive::Manifest& manifest,
                                                       const FoundLog& found);

}  // namespace creditd::replay::tool
