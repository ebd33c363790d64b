// The file identifiers of snapshot records, for their writer and their reader; those of other bytes
// are in their schemas. Inside schemas only.
#pragma once

namespace creditd::schemas {

inline constexpr const char* ledger_identifier = "CRL1";
inline constexpr const char* chunk_identifier = "CRC1";  // file_identifier of snapshot.fbs

}  // namespace creditd::schemas
