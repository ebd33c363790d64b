#include "replay/proof/signed_note.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>

#include "core/assert.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay::proof {
namespace {

constexpr std::string_view dash = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr std::string_view private_prefix = "PRIVATE+KEY+";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t signature_bytes = 64;
constexpr std::size_t time_bytes = 8;

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* unsigned_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string_view view(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint32_t id_of(std::string_view name, KeyType type, std::span<const std::uint8_t> key) {
    std::string bytes(name);
    bytes += '\n';
    bytes += static_cast<char>(type);
    bytes += view(key);
    const Hash256 hash = sha256(bytes);
    std::uint32_t id = 0;
    for (std::size_t i = 0; i < 4; ++i) id = (id << 8) | hash.bytes[i];
    return id;
}

std::array<std::uint8_t, 4> id_bytes(std::uint32_t id) {
    return {static_cast<std::uint8_t>(id >> 24), static_cast<std::uint8_t>(id >> 16),
            static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
}

std::string id_text(std::uint32_t id) { return to_hex(id_bytes(id)); }

/// `<name>+<id>+<base64 of a type byte and 32 bytes>`, which is the form of both kinds of keys.
struct KeyText {
    std::string name;
    std::uint32_t id = 0;
    std::array<std::uint8_t, key_bytes> bytes{};
};

std::optional<KeyText> read_key(std::string_view text, KeyType type) {
    const std::size_t first = text.find('+');
    if (first == std::string_view::npos || text.size() < first + 10 || text[first + 9] != '+') {
        return std::nullopt;
    }
    KeyText result;
    result.name = text.substr(0, first);
    const std::string_view id = text.substr(first + 1, 8);
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), result.id, 16);
    if (error != std::errc{} || end != id.data() + id.size() || id_text(result.id) != id) {
        return std::nullopt;
    }
    const auto key = from_base64(text.substr(first + 10));
    if (!key || key->size() != 1 + key_bytes || key->front() != static_cast<char>(type)) {
        return std::nullopt;
    }
    std::memcpy(result.bytes.data(), key->data() + 1, key_bytes);
    if (!is_key_name(result.name)) return std::nullopt;
    return result;
}

std::string write_key(std::string_view name, std::uint32_t id, KeyType type,
                      std::span<const std::uint8_t> bytes) {
    std::string key(1, static_cast<char>(type));
    key += view(bytes);
    return std::string(name) + '+' + id_text(id) + '+' + to_base64(key);
}

bool is_note_text(std::string_view text) {
    return text.ends_with('\n') && std::ranges::all_of(text, [](char c) {
               return c == '\n' || static_cast<unsigned char>(c) >= 0x20;
           });
}

bool is_signed(const VerifierKey& by, std::string_view text, std::string_view signature) {
    const Pkey pkey(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, by.key.data(), by.key.size()),
        EVP_PKEY_free);
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    return pkey && context && signature.size() == signature_bytes &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
           EVP_DigestVerify(context.get(), unsigned_of(signature), signature.size(),
                            unsigned_of(text), text.size()) == 1;
}

std::expected<VerifierKey, ProofError> parse_key(std::string_view vkey, KeyType type,
                                                 const char* error) {
    const auto text = read_key(vkey, type);
    if (!text || text->id != id_of(text->name, type, text->bytes)) {
        return std::unexpected(ProofError(error));
    }
    return VerifierKey{text->name, text->id, text->bytes, type};
}

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                        unsigned_of(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(written));
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.size() > note_bytes_max * 64) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    const int written = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                        unsigned_of(text), static_cast<int>(text.size()));
    if (written < 0) return std::nullopt;
    if (text.ends_with('=')) bytes.pop_back();
    if (text.ends_with("==")) bytes.pop_back();
    // OpenSSL takes more than one spelling.
    if (to_base64(bytes) != text) return std::nullopt;
    return bytes;
}

bool is_key_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > ' ' && byte != 0x7f && byte != '+';
    });
}

std::expected<VerifierKey, ProofError> VerifierKey::parse(std::string_view vkey) {
    return parse_key(vkey, KeyType::note, "not an Ed25519 verifier key");
}

std::expected<VerifierKey, ProofError> VerifierKey::parse_witness(std::string_view vkey) {
    return parse_key(vkey, KeyType::cosignature, "not a witness's verifier key (type 4)");
}

std::string VerifierKey::text() const { return write_key(name, id, type, key); }

bool VerifierKey::verify(std::string_view text, std::string_view signature) const {
    if (type == KeyType::note) return is_signed(*this, text, signature);
    if (signature.size() != time_bytes + signature_bytes) return false;
    std::uint64_t time = 0;
    for (const char byte : signature.substr(0, time_bytes)) {
        time = (time << 8) | static_cast<unsigned char>(byte);
    }
    std::string message = "cosignature/v1\ntime " + std::to_string(time) + '\n';
    message += text;
    return is_signed(*this, message, signature.substr(time_bytes));
}

std::optional<SignatureLine> SignatureLine::parse(std::string_view line) {
    if (!line.starts_with(dash)) return std::nullopt;
    line.remove_prefix(dash.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    SignatureLine result;
    result.name = line.substr(0, space);
    const auto bytes = from_base64(line.substr(space + 1));
    if (!is_key_name(result.name) || !bytes || bytes->size() < 5) return std::nullopt;
    for (std::size_t i = 0; i < 4; ++i) {
        result.id = (result.id << 8) | static_cast<unsigned char>((*bytes)[i]);
    }
    result.signature = bytes->substr(4);
    return result;
}

std::optional<SignerKey> SignerKey::of(std::string name, const Seed& seed) {
    const Pkey pkey(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
        EVP_PKEY_free);
    SignerKey result;
    std::size_t bytes = result.verifier_.key.size();
    if (!pkey ||
        EVP_PKEY_get_raw_public_key(pkey.get(), result.verifier_.key.data(), &bytes) != 1) {
        return std::nullopt;
    }
    result.verifier_.id = id_of(name, KeyType::note, result.verifier_.key);
    result.verifier_.name = std::move(name);
    result.seed_ = seed;
    return result;
}

SignerKey SignerKey::make(std::string name) {
    CREDITD_ASSERT(is_key_name(name));
    Seed seed{};
    const int drawn = RAND_bytes(seed.data(), static_cast<int>(seed.size()));
    CREDITD_ASSERT(drawn == 1);
    auto made = of(std::move(name), seed);
    OPENSSL_cleanse(seed.data(), seed.size());
    CREDITD_ASSERT(made.has_value());
    return std::move(*made);
}

std::expected<SignerKey, ProofError> SignerKey::parse(std::string_view private_key) {
    const ProofError error = "not an Ed25519 private key (PRIVATE+KEY+…)";
    if (!private_key.starts_with(private_prefix)) return std::unexpected(error);
    auto text = read_key(private_key.substr(private_prefix.size()), KeyType::note);
    if (!text) return std::unexpected(error);
    auto key = of(text->name, text->bytes);
    OPENSSL_cleanse(text->bytes.data(), text->bytes.size());
    if (!key || key->verifier_.id != text->id) return std::unexpected(error);
    return std::move(*key);
}

SignerKey::~SignerKey() { OPENSSL_cleanse(seed_.data(), seed_.size()); }

std::string SignerKey::text() const {
    return std::string(private_prefix) +
           write_key(verifier_.name, verifier_.id, KeyType::note, seed_);
}

std::string SignerKey::sign(std::string_view text) const {
    const Pkey pkey(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed_.data(), seed_.size()),
        EVP_PKEY_free);
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::array<unsigned char, signature_bytes> signature;
    std::size_t bytes = signature.size();
    const bool is_signed =
        pkey && context &&
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
        EVP_DigestSign(context.get(), signature.data(), &bytes, unsigned_of(text), text.size()) ==
            1;
    CREDITD_ASSERT(is_signed && bytes == signature_bytes);
    std::string blob(view(id_bytes(verifier_.id)));
    blob += view(signature);
    return std::string(dash) + verifier_.name + ' ' + to_base64(blob) + '\n';
}

std::string sign_note(std::string_view text, std::span<const SignerKey> keys) {
    CREDITD_ASSERT(is_note_text(text) && !keys.empty());
    std::string note(text);
    note += '\n';
    for (const SignerKey& key : keys) note += key.sign(text);
    return note;
}

std::expected<OpenedNote, ProofError> open_note(std::string_view note,
                                                std::span<const VerifierKey> known) {
    const std::size_t end = note.rfind("\n\n");
    if (note.size() > note_bytes_max || end == std::string_view::npos || !is_note_text(note)) {
        return std::unexpected(ProofError("not a signed note"));
    }
    OpenedNote opened;
    opened.text = note.substr(0, end + 1);
    std::string_view rest = note.substr(end + 2);
    for (std::size_t count = 0; !rest.empty(); ++count) {
        const std::size_t newline = rest.find('\n');
        const auto line = SignatureLine::parse(rest.substr(0, newline));
        rest.remove_prefix(newline + 1);
        if (!line || count >= note_signatures_max) {
            return std::unexpected(ProofError("a signature of the note is malformed"));
        }
        const auto key = std::ranges::find_if(
            known, [&](const VerifierKey& candidate) { return line->is_of(candidate); });
        if (key == known.end()) continue;
        if (!key->verify(opened.text, line->signature)) {
            return std::unexpected(ProofError("the signature of " + line->name + " is wrong"));
        }
        if (std::ranges::find(opened.signers, *key) == opened.signers.end()) {
            opened.signers.push_back(*key);
        }
    }
    if (opened.signers.empty()) {
        return std::unexpected(ProofError("no known key has signed the note"));
    }
    return opened;
}

}  // namespace creditd::replay::proof
