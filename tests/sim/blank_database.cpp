#include "tests/sim/blank_database.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/daemon.hpp"

namespace creditd::sim {

std::filesystem::path parent_of_folders() {
    const bool has_memory = ::access("/dev/shm", W_OK) == 0;
    return has_memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
}

const BlankDatabase& BlankDatabase::instance() {
    static const BlankDatabase one;
    return one;
}

// In a process of its own: RocksDB has threads, and this one is still to be forked for each seed.
BlankDatabase::BlankDatabase() : folder_(parent_of_folders()) {
    const pid_t process = ::fork();
    CREDITD_ASSERT(process >= 0);
    if (process == 0) {
        open_database({folder_.path()}).reset();
        ::_exit(0);
    }
    int status = 0;
    CREDITD_ASSERT(::waitpid(process, &status, 0) == process);
    CREDITD_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void BlankDatabase::copy_to(const std::filesystem::path& data) const {
    const auto database = replay::DataFolder{data}.database();
    std::filesystem::create_directory(database);
    const auto blank = replay::DataFolder{folder_.path()}.database();
    for (const auto& file : std::filesystem::directory_iterator(blank)) {
        // What RocksDB writes for people is no part of the database.
        if (file.path().filename() == "LOG") continue;
        std::filesystem::copy_file(file.path(), database / file.path().filename());
    }
}

}  // namespace creditd::sim
