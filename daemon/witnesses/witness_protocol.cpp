#include "daemon/witnesses/witness_protocol.hpp"

#include <charconv>
#include <optional>

namespace creditd::daemon {
namespace {

using replay::proof::SignatureLine;
using Kind = WitnessAnswer::Kind;

constexpr Duration answer_timeout = Duration::seconds(10);
/// A line takes some hundred bytes; a witness that rotates its key sends two.
constexpr std::size_t answer_bytes_max = 16 * 1024;
constexpr std::size_t lines_max = 64;

enum Status : int {
    ok = 200,
    bad_request = 400,
    forbidden = 403,
    not_found = 404,
    conflict = 409,
    unprocessable = 422,
};

/// A size as text/x.tlog.size has it: decimal, without leading zeros, a newline.
std::optional<std::uint64_t> size_of(std::string_view text) {
    if (!text.ends_with('\n')) return std::nullopt;
    text.remove_suffix(1);
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (std::to_string(size) != text) return std::nullopt;
    return size;
}

WitnessAnswer without_cosignature(Kind kind, std::string reason) {
    return {.kind = kind, .reason = std::move(reason)};
}

}  // namespace

HttpRequest add_checkpoint_request(const Witness& witness, std::uint64_t from,
                                   const replay::proof::Proof& proof, std::string_view note) {
    std::string body = "old " + std::to_string(from) + '\n';
    for (const Hash256& hash : proof) {
        body += replay::proof::to_base64(
            {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()});
        body += '\n';
    }
    body += '\n';
    body += note;
    return {.url = witness.url + "/add-checkpoint",
            .headers = {"Content-Type: text/plain; charset=utf-8"},
            .body = std::move(body),
            .timeout = answer_timeout,
            .body_bytes_max = answer_bytes_max};
}

std::string find_cosignature(std::string_view lines, std::string_view text,
                             const replay::proof::VerifierKey& key) {
    for (std::size_t count = 0; count < lines_max && !lines.empty(); ++count) {
        const std::size_t newline = lines.find('\n');
        if (newline == std::string_view::npos) break;
        const std::string_view line = lines.substr(0, newline + 1);
        lines.remove_prefix(newline + 1);
        const auto signature = SignatureLine::parse(line.substr(0, newline));
        if (!signature || !signature->is_of(key)) continue;
        if (key.verify(text, signature->signature)) return std::string(line);
    }
    return {};
}

WitnessAnswer read_witness_answer(const HttpResult& result, const Witness& witness,
                                  std::string_view text) {
    if (result.status == 0) return without_cosignature(Kind::failed, result.error);
    if (result.is_cut) return without_cosignature(Kind::failed, "the answer is too large");
    const std::string status = "the answer has status " + std::to_string(result.status);
    switch (result.status) {
        case ok: {
            std::string line = find_cosignature(result.body, text, witness.key);
            if (!line.empty()) return {.kind = Kind::cosigned, .line = std::move(line)};
            return without_cosignature(Kind::failed,
                                       "the answer has no cosignature of this head by this key");
        }
        case conflict: {
            const auto size = size_of(result.body);
            if (size) return {.kind = Kind::other_size, .size = *size, .reason = status};
            return without_cosignature(Kind::failed, status + ", and no size");
        }
        case unprocessable:
            return without_cosignature(Kind::disagrees,
                                       status + ": our log does not continue what it has cosigned");
        case bad_request:
        case forbidden:
        case not_found: return without_cosignature(Kind::refused, status);
        default: return without_cosignature(Kind::failed, status);
    }
}

}  // namespace creditd::daemon
