// Finds two equal keys in one object, in linear time whatever the keys are (the hash is seeded per
// process, so nobody outside can choose keys that collide). Used by json_tape alone; owned by one
// JsonDocument, hence by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace creditd {

class DuplicateKeyFinder {
public:
    /// Prepares for one object of `keys` members.
    void begin(std::size_t keys);
    /// Remembers a key; true when an equal one was added since `begin`. The bytes must live on.
    bool add(std::string_view key);
    /// Gives memory back that a rare, huge object needed.
    void shrink();

private:
    std::vector<std::string_view> slots_;
    std::size_t mask_ = 0;
};

}  // namespace creditd
