// The options with which a ledger's RocksDB is opened, and the reason for each. Private to
// database.cpp; pure functions of what is wanted, any thread.
#pragma once

#include <rocksdb/db.h>

#include <string>
#include <vector>

#include "replay/database.hpp"

namespace creditd::replay {

/// May this mode change the folder?
inline bool writes(OpenMode mode) { return mode == OpenMode::read_write; }

rocksdb::DBOptions rocksdb_options(const DatabaseOptions& wanted);

/// The families to open, given those that exist. Writers get all; others what there is.
std::vector<rocksdb::ColumnFamilyDescriptor> describe_families(
    const DatabaseOptions& wanted, const std::vector<std::string>& existing);

}  // namespace creditd::replay
