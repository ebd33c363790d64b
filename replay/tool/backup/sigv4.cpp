#include "replay/tool/backup/sigv4.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/assert.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::size_t day_digits = 8;  // of 20261120T120000Z

Hash256 hmac(std::string_view key, std::string_view text) {
    Hash256 hash;
    unsigned size = 0;
    const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                            reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                            hash.bytes.data(), &size);
    CREDITD_ASSERT(done != nullptr && size == hash.bytes.size());
    return hash;
}

Hash256 hmac(const Hash256& key, std::string_view text) {
    return hmac({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()}, text);
}

std::string names_of(const std::map<std::string, std::string>& headers) {
    std::string names;
    for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
    return names;
}

/// What is signed of the request itself.
std::string canonical(const S3Request& request) {
    std::string text =
        request.method + "\n" + request.path + "\n" + query_text(request.query) + "\n";
    for (const auto& [name, value] : request.headers) text += name + ":" + value + "\n";
    return text + "\n" + names_of(request.headers) + "\n" +
           request.headers.at("x-amz-content-sha256");
}

}  // namespace

std::string uri_encode(std::string_view text, bool keeps_slashes) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        const bool is_kept = plain.find(c) != plain.npos || (c == '/' && keeps_slashes);
        if (is_kept) out += c;
        else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string query_text(const std::map<std::string, std::string>& query) {
    std::string text;
    for (const auto& [name, value] : query) {
        text +=
            (text.empty() ? "" : "&") + uri_encode(name, false) + "=" + uri_encode(value, false);
    }
    return text;
}

std::string authorization_of(const S3Request& request, const S3Credentials& credentials) {
    const std::string& when = request.headers.at("x-amz-date");
    const std::string day = when.substr(0, day_digits);
    const std::string scope = day + "/" + credentials.region + "/s3/aws4_request";
    const std::string to_sign = "AWS4-HMAC-SHA256\n" + when + "\n" + scope + "\n" +
                                to_hex(sha256(canonical(request)).bytes);
    Hash256 key = hmac("AWS4" + credentials.secret_key, day);
    for (const std::string_view part : {std::string_view(credentials.region),
                                        std::string_view("s3"), std::string_view("aws4_request")}) {
        key = hmac(key, part);
    }
    return fmt::format("AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={}",
                       credentials.access_key, scope, names_of(request.headers),
                       to_hex(hmac(key, to_sign).bytes));
}

}  // namespace creditd::replay::tool
