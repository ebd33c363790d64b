// The two texts that leave the house: a checkpoint (C2SP tlog-checkpoint), the signed head of the
// log's tree, and a receipt (C2SP tlog-proof), the proof that one entry is in it. Written, read and
// verified; what an entry is stands in entry.hpp.
// Pure functions over values; any thread.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "replay/proof/merkle.hpp"
#include "replay/proof/signed_note.hpp"

namespace creditd::replay::proof {

/// What a checkpoint says: the head of the log that is called `origin`.
struct Checkpoint {
    std::string origin;
    TreeHead head;
    /// The note's text, three lines.
    std::string text() const;
    bool operator==(const Checkpoint&) const = default;
};

/// Reads the three lines of a note's text; lines after them are passed over.
std::expected<Checkpoint, ProofError> parse_checkpoint(std::string_view text);

std::string sign_checkpoint(const Checkpoint& checkpoint, std::span<const SignerKey> keys);

/// Opens a signed checkpoint. A known key of the log's own name must have signed it.
std::expected<Checkpoint, ProofError> open_checkpoint(std::string_view note,
                                                      std::span<const VerifierKey> known);

/// Proves an entry to whoever knows the log's key. `extra` carries the entry itself here, so that
/// the receipt stands alone; it is authentic only because its hash is the leaf.
struct Receipt {
    std::optional<std::string> extra;
    std::uint64_t index = 0;
    Proof inclusion;
    std::string checkpoint;  // the signed note

    std::string text() const;
    bool operator==(const Receipt&) const = default;
};

std::expected<Receipt, ProofError> parse_receipt(std::string_view text);

/// The checkpoint that the receipt is under, after everything in it was verified.
std::expected<Checkpoint, ProofError> verify_receipt(const Receipt& receipt, std::string_view entry,
                                                     std::span<const VerifierKey> known);

}  // namespace creditd::replay::proof
