// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78; RFC 3720 appendix B.4), the checksum of
// blocks and files. Finds accidents, not attackers: those meet the hash chain. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace creditd::replay {

/// The checksum of `bytes`; `crc32c(b, crc32c(a))` is that of a followed by b.
/// Uses the SSE4.2 instruction where the processor has it.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t previous = 0);

/// The same by table, for processors without the instruction (and the test that both agree).
std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t previous = 0);

}  // namespace creditd::replay
