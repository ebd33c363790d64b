// To salvage a database whose own list of its files (RocksDB's MANIFEST) is damaged: reads of that
// list end before the damage. RocksDB syncs an entry before it relies on it, and deletes files only
// after that. So where a power cut tore what was not synced yet, nothing is missing; where an older
// entry is damaged, RocksDB misses files and refuses, or the journal ends earlier, which its reader
// sees. Nothing is changed on disk. Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace creditd::replay {

/// How many bytes of a file in RocksDB's log format are whole records with the right checksums.
std::size_t sound_record_bytes(std::string_view log);

/// The files of `env`, but for reads of a MANIFEST.
std::unique_ptr<rocksdb::Env> env_with_sound_manifest(rocksdb::Env& env);

}  // namespace creditd::replay
