// What comes of a call to a payment provider: what was asked for, or why not, in one form for all
// of them. Nothing here is ever a key: errors name what the provider said, not what it was sent.
// Pure functions; any thread.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "daemon/outbound/http_client.hpp"
#include "daemon/payments/foreign_json.hpp"

namespace creditd::daemon {

struct CallError {
    int status = 0;         // of HTTP, or as the body says; 0: there was no answer
    std::string code{};     // in the provider's words; may be empty
    std::string message{};  // a sentence
    bool may_retry = false;
    std::optional<Duration> retry_after{};
};
template <class T>
using CallResult = std::expected<T, CallError>;

inline constexpr Duration provider_call_timeout = Duration::seconds(30);
inline constexpr std::size_t provider_answer_bytes_max = 1024 * 1024;
/// Of a list of events: a hundred, each with an object of its own.
inline constexpr std::size_t provider_list_bytes_max = 8 * 1024 * 1024;

/// Could the same request, sent again, be answered otherwise?
constexpr bool may_retry(int status) {
    return status == 0 || status == 409 || status == 429 || status >= 500;
}

/// An answer as a whole, before anybody looks into it.
std::optional<CallError> fault_of_transfer(const HttpResult& result);
CallError call_error(const HttpResult& result, std::string code, std::string message);
CallError unreadable_answer(const HttpResult& result, const FieldError& error);

/// The bytes of `path` under `base_url`, which may end in a slash.
std::string provider_url(std::string_view base_url, std::string_view path);
/// `id` as one segment of a path.
std::string path_segment(std::string_view id);

/// What `read` makes of the object in a good answer, unless `refusal` finds an error in it.
template <class Refusal, class Read>
auto read_answer(const HttpResult& result, const Refusal& refusal, const Read& read)
    -> CallResult<std::invoke_result_t<Read, const ForeignObject&>> {
    if (auto fault = fault_of_transfer(result)) return std::unexpected(std::move(*fault));
    JsonDocument document;
    const auto root = document.parse(result.body);
    FieldErrors errors;
    const ForeignObject answer(root ? std::optional(*root) : std::nullopt, errors);
    if (auto refused = refusal(result, answer)) return std::unexpected(std::move(*refused));
    if (!root) return std::unexpected(unreadable_answer(result, root.error()));
    auto value = read(answer);
    if (errors.empty()) return value;
    return std::unexpected(unreadable_answer(result, errors.list().front()));
}

}  // namespace creditd::daemon
