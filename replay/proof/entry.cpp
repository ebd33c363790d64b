#include "replay/proof/entry.hpp"

#include "replay/followers/encoding.hpp"
#include "replay/proof/tile_tree.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay::proof {
namespace {

constexpr std::string_view large_mark = "CRDLARGE";

}  // namespace

std::string_view entry_of(std::string_view event, std::string& scratch) {
    if (event.size() <= entry_bytes_max) return event;
    scratch = large_mark;
    followers::append_be(scratch, event.size(), 8);
    const Hash256 hash = sha256(event);
    scratch.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
    return scratch;
}

Hash256 entry_hash(std::string_view event) {
    if (event.size() <= entry_bytes_max) return leaf_hash(event);
    std::string scratch;
    return leaf_hash(entry_of(event, scratch));
}

void append_bundled(std::string& bundle, std::string_view event) {
    std::string scratch;
    const std::string_view entry = entry_of(event, scratch);
    followers::append_be(bundle, entry.size(), 2);
    bundle += entry;
}

}  // namespace creditd::replay::proof
