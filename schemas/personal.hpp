// The personal part of an event and its bytes: a random salt and a FlatBuffer (personal.fbs). The
// event commits to them with SHA-256 over these bytes as stored, so that erasing them breaks no
// proof and the salt keeps short texts from being guessed. Hashing and randomness are the caller's.
// Values only; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/limits.hpp"
#include "schemas/codec_error.hpp"

namespace creditd::schemas {

struct PersonalPart {
    std::string name;
    std::string metadata;  // minified text of a JSON object, or empty
    std::string description;
    std::string reason;
    std::string labels;  // minified text of a JSON object, or empty
    std::string resource;
    std::string received{};  // a notification's body, any bytes
    bool operator==(const PersonalPart&) const = default;

    bool is_empty() const {
        return name.empty() && metadata.empty() && description.empty() && reason.empty() &&
               labels.empty() && resource.empty() && received.empty();
    }
};

inline constexpr std::size_t salt_bytes = 16;
using Salt = std::array<std::uint8_t, salt_bytes>;

/// JSON text may grow when it is minified and escaped our way; what came in had metadata_bytes_max.
inline constexpr std::size_t json_text_bytes_max = 4 * limits::metadata_bytes_max;

/// Salt ‖ part: the bytes to store and to commit to. Asserts json_text_bytes_max for the two JSON
/// texts, limits::notification_bytes_max for what was received, and
/// limits::text_bytes_max for the others.
std::string encode_personal(const Salt& salt, const PersonalPart& part);

/// Verifies, then reads; keeps the capacity of `out`.
[[nodiscard]] std::expected<void, CodecError> decode_personal(std::string_view bytes,
                                                              PersonalPart& out);

}  // namespace creditd::schemas
