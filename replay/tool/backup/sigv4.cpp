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

/// What is signed of the request itself. `payload`: the hash of its body, or that it has none.
std::string canonical(const S3Request& request, std::string_view payload) {
    std::string text =
        request.method + "\n" + request.path + "\n" + query_text(request.query) + "\n";
    for (const auto& [name, value] : request.headers) text += name + ":" + value + "\n";
    return text + "\n" + names_of(request.headers) + "\n" + std::string(payload);
}

std::string scope_of(const S3Credentials& credentials, const std::string& when) {
    return when.substr(0, day_digits) + "/" + credentials.region + "/s3/aws4_request";
}

std::string signature_of(const S3Request& request, std::string_view payload,
                         const S3Credentials& credentials, const std::string& when) {
    const std::string to_sign = "AWS4-HMAC-SHA256\n" + when + "\n" + scope_of(credentials, when) +
                                "\n" + to_hex(sha256(canonical(request, payload)).bytes);
    Hash256 key = hmac("AWS4" + credentials.secret_key, when.substr(0, day_digits));
    for (const std::string_view part : {std::string_view(credentials.region),
                                        std::string_view("s3"), std::string_view("aws4_request")}) {
        key = hmac(key, part);
    }
    return to_hex(hmac(key, to_sign).bytes);
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
    return fmt::format(
        "AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={}", credentials.access_key,
        scope_of(credentials, when), names_of(request.headers),
        signature_of(request, request.headers.at("x-amz-content-sha256"), credentials, when));
}

std::string presigned_query_of(S3Request request, const S3Credentials& credentials,
                               const std::string& when, std::int64_t seconds) {
    request.query["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256";
    request.query["X-Amz-Credential"] = credentials.access_key + "/" + scope_of(credentials, when);
    request.query["X-Amz-Date"] = when;
    request.query["X-Amz-Expires"] = std::to_string(seconds);
    request.query["X-Amz-SignedHeaders"] = names_of(request.headers);
    if (!credentials.session_token.empty()) {
        request.query["X-Amz-Security-Token"] = credentials.session_token;
    }
    return query_text(request.query) +
           "&X-Amz-Signature=" + signature_of(request, "UNSIGNED-PAYLOAD", credentials, when);
}

}  // namespace creditd::replay::tool
