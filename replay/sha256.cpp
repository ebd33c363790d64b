#include "replay/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstring>

#include "core/assert.hpp"

namespace creditd::replay {
namespace {

/// Fetched once: OpenSSL 3 looks an algorithm up under a lock whenever it is named implicitly.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CREDITD_ASSERT(fetched != nullptr);
    return fetched;
}

void begin(EVP_MD_CTX* context) {
    CREDITD_ASSERT(EVP_DigestInit_ex2(context, algorithm(), nullptr) == 1);
}

void add(EVP_MD_CTX* context, std::string_view bytes) {
    CREDITD_ASSERT(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

Hash256 end(EVP_MD_CTX* context) {
    Hash256 result;
    unsigned int length = 0;
    CREDITD_ASSERT(EVP_DigestFinal_ex(context, result.bytes.data(), &length) == 1);
    CREDITD_ASSERT(length == result.bytes.size());
    return result;
}

EVP_MD_CTX* new_context() {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    CREDITD_ASSERT(context != nullptr);
    return context;
}

struct ThreadContext {
    EVP_MD_CTX* context = new_context();
    ThreadContext() = default;
    ThreadContext(const ThreadContext&) = delete;
    ThreadContext& operator=(const ThreadContext&) = delete;
    ~ThreadContext() { EVP_MD_CTX_free(context); }
};

EVP_MD_CTX* thread_context() {
    thread_local ThreadContext one;
    return one.context;
}

std::array<char, 4> little_endian(std::size_t length) {
    CREDITD_ASSERT(length <= UINT32_MAX);
    return {static_cast<char>(length & 0xff), static_cast<char>((length >> 8) & 0xff),
            static_cast<char>((length >> 16) & 0xff), static_cast<char>((length >> 24) & 0xff)};
}

}  // namespace

Hash256 sha256(std::string_view bytes) {
    EVP_MD_CTX* context = thread_context();
    begin(context);
    add(context, bytes);
    return end(context);
}

void Sha256::ContextDeleter::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(new_context()) { begin(context_.get()); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) { add(context_.get(), bytes); }

Hash256 Sha256::finish() {
    const Hash256 result = end(context_.get());
    begin(context_.get());
    return result;
}

Digest digest128_of(char domain, std::initializer_list<std::string_view> parts) {
    // Every call into OpenSSL costs some 15 ns, so short input is joined on the stack first.
    std::array<char, 1024> joined;
    std::size_t joined_bytes = 0;
    EVP_MD_CTX* context = thread_context();
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
