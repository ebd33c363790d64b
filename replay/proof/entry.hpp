// What the log's tree is made of: the entry of an event is its bytes as stored in the journal, and
// its index is its sequence number less one. Only an event too large for an entry bundle has a
// stand-in: `CRDLARGE` ‖ its length (u64 big-endian) ‖ SHA-256 of its bytes. No event reads like
// that: the first four bytes of a FlatBuffer point to its root, and these point nowhere.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "replay/proof/merkle.hpp"

namespace creditd::replay::proof {

inline constexpr std::uint64_t index_of(Seq seq) { return seq.value - 1; }
inline constexpr Seq seq_of(std::uint64_t index) { return Seq{index + 1}; }

/// The entry of an event: `event` itself, or a view of the stand-in, which is put into `scratch`.
std::string_view entry_of(std::string_view event, std::string& scratch);

/// Its hash.
Hash256 entry_hash(std::string_view event);

/// Appends the entry as it stands in a bundle: a length of two bytes, big-endian, and the bytes.
void append_bundled(std::string& bundle, std::string_view event);

}  // namespace creditd::replay::proof
