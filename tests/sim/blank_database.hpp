// The database that every seed begins with: empty, with its families. To make these is a tenth of a
// seed's work, since RocksDB writes all options down, and reads them, once for each family. So they
// are made once, and every seed gets a copy of the files. Used by the runner, one thread.
#pragma once

#include "tests/support/temporary_folder.hpp"

namespace creditd::sim {

class BlankDatabase {
public:
    /// This process's, made with the first call.
    static const BlankDatabase& instance();

    /// `data`: a data folder without a database.
    void copy_to(const std::filesystem::path& data) const;

private:
    BlankDatabase();

    tests::TemporaryFolder folder_;
};

/// In memory where there is some: a seed writes and removes many files.
std::filesystem::path parent_of_folders();

}  // namespace creditd::sim
