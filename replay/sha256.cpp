// OpenSSL 3 has moved SHA256_Init and its kin behind a warning, in favour of EVP, whose look-ups,
// dispatch and allocations cost more than hashing the 100 bytes that are typical here.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "replay/sha256.hpp"

#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "core/assert.hpp"

namespace creditd::replay {
namespace {

void begin(SHA256_CTX& context) {
    const int done = SHA256_Init(&context);
    CREDITD_ASSERT(done == 1);
}

void add(SHA256_CTX& context, std::string_view bytes) {
    const int done = SHA256_Update(&context, bytes.data(), bytes.size());
    CREDITD_ASSERT(done == 1);
}

Hash256 end(SHA256_CTX& context) {
    Hash256 result;
    const int done = SHA256_Final(result.bytes.data(), &context);
    CREDITD_ASSERT(done == 1);
    return result;
}

std::array<char, 4> little_endian(std::size_t length) {
    CREDITD_ASSERT(length <= UINT32_MAX);
    return {static_cast<char>(length & 0xff), static_cast<char>((length >> 8) & 0xff),
            static_cast<char>((length >> 16) & 0xff), static_cast<char>((length >> 24) & 0xff)};
}

}  // namespace

Hash256 sha256(std::string_view bytes) {
    SHA256_CTX context;
    begin(context);
    add(context, bytes);
    return end(context);
}

Hash256 sha256_prefixed(char first, std::string_view rest) {
    SHA256_CTX context;
    begin(context);
    add(context, {&first, 1});
    add(context, rest);
    return end(context);
}

struct Sha256::Context {
    SHA256_CTX state;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { begin(context_->state); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) { add(context_->state, bytes); }

Hash256 Sha256::finish() {
    const Hash256 result = end(context_->state);
    begin(context_->state);
    return result;
}

Digest digest128_of(char domain, std::initializer_list<std::string_view> parts) {
    // Every call into OpenSSL costs some nanoseconds, so short input is joined on the stack first.
    std::array<char, 1024> joined;
    std::size_t joined_bytes = 0;
    SHA256_CTX context;
    begin(context);
    const auto push = [&](std::string_view bytes) {
        if (joined_bytes + bytes.size() > joined.size()) {
            add(context, {joined.data(), joined_bytes});
            joined_bytes = 0;
        }
        if (bytes.size() > joined.size()) return add(context, bytes);
        if (!bytes.empty()) std::memcpy(joined.data() + joined_bytes, bytes.data(), bytes.size());
        joined_bytes += bytes.size();
    };
    push({&domain, 1});
    for (const std::string_view part : parts) {
        const auto length = little_endian(part.size());
        push({length.data(), length.size()});
        push(part);
    }
    add(context, {joined.data(), joined_bytes});
    const Hash256 whole = end(context);
    Digest result;
    std::memcpy(result.bytes.data(), whole.bytes.data(), result.bytes.size());
    return result;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 0xf]);
    }
    return text;
}

}  // namespace creditd::replay
