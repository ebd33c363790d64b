// Signed notes (C2SP signed-note) with Ed25519 keys: text, a blank line, then one line for each
// signature. Keys as the tools of Go write them: `<name>+<id>+<key>` for whoever verifies,
// `PRIVATE+KEY+<name>+<id>+<seed>` for the signer. OpenSSL underneath.
// Values; any thread. A private key is wiped when its owner goes.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "replay/proof/merkle.hpp"

namespace creditd::replay::proof {

/// Standard base64 (RFC 4648, section 4) with its padding.
std::string to_base64(std::string_view bytes);
/// Nothing unless `text` is the one spelling of its bytes.
std::optional<std::string> from_base64(std::string_view text);

/// May a key be called so? Not empty, without control characters, spaces and plus signs.
bool is_key_name(std::string_view name);

inline constexpr std::size_t note_bytes_max = 64 * 1024;
inline constexpr std::size_t note_signatures_max = 64;

/// What a key signs, by the type byte of its text: a note's text, or that behind a line with the
/// time (C2SP tlog-cosignature, cosignature/v1), which is what witnesses do.
enum class KeyType : std::uint8_t { note = 1, cosignature = 4 };

struct VerifierKey {
    std::string name;
    std::uint32_t id = 0;  // of name, type and key: which lines are this key's
    std::array<std::uint8_t, 32> key{};
    KeyType type = KeyType::note;

    /// Reads a vkey of a log, or of a witness; its id must be that of its name and key.
    static std::expected<VerifierKey, ProofError> parse(std::string_view vkey);
    static std::expected<VerifierKey, ProofError> parse_witness(std::string_view vkey);
    std::string text() const;
    /// Of a witness, the signature begins with its time, eight bytes, which is signed too.
    bool verify(std::string_view text, std::string_view signature) const;
    bool operator==(const VerifierKey&) const = default;
};

class SignerKey {
public:
    /// A new key out of random bytes of the system. The name must be one (`is_key_name`).
    static SignerKey make(std::string name);
    static std::expected<SignerKey, ProofError> parse(std::string_view private_key);
    ~SignerKey();
    SignerKey(const SignerKey&) = default;
    SignerKey& operator=(const SignerKey&) = default;
    SignerKey(SignerKey&&) = default;
    SignerKey& operator=(SignerKey&&) = default;

    const VerifierKey& verifier() const { return verifier_; }
    /// The private key as text: a secret.
    std::string text() const;
    /// The signature's line, with its newline.
    std::string sign(std::string_view text) const;

private:
    using Seed = std::array<std::uint8_t, 32>;
    static std::optional<SignerKey> of(std::string name, const Seed& seed);
    SignerKey() = default;

    VerifierKey verifier_;
    Seed seed_{};
};

/// `text` ends with a newline and holds no control character else; at least one key signs it.
std::string sign_note(std::string_view text, std::span<const SignerKey> keys);

/// The line of a signature, taken apart; nothing of a text that is none. `line` has no newline.
struct SignatureLine {
    std::string name;
    std::uint32_t id = 0;
    std::string signature;

    static std::optional<SignatureLine> parse(std::string_view line);
    bool is_of(const VerifierKey& key) const { return key.name == name && key.id == id; }
};

struct OpenedNote {
    std::string text;
    std::vector<VerifierKey> signers;  // which of the known keys have signed
};

/// Lines of unknown keys are passed over; a bad line of a known key, or none that is good, is an
/// error.
std::expected<OpenedNote, ProofError> open_note(std::string_view note,
                                                std::span<const VerifierKey> known);

}  // namespace creditd::replay::proof
