#include "daemon/payments/provider_call.hpp"

#include "daemon/basics/query_text.hpp"

namespace creditd::daemon {

std::optional<CallError> fault_of_transfer(const HttpResult& result) {
    if (result.status == 0) return CallError{0, "", result.error, true, result.retry_after};
    if (result.is_cut) return call_error(result, "", "The answer is longer than it may be.");
    return std::nullopt;
}

CallError call_error(const HttpResult& result, std::string code, std::string message) {
    return {result.status, std::move(code), std::move(message), may_retry(result.status),
            result.retry_after};
}

CallError unreadable_answer(const HttpResult& result, const FieldError& error) {
    return call_error(result, "",
                      "The answer cannot be read: " + error.pointer + ' ' + error.detail + '.');
}

std::string provider_url(std::string_view base_url, std::string_view path) {
    if (base_url.ends_with('/')) base_url.remove_suffix(1);
    return std::string(base_url) + std::string(path);
}

std::string path_segment(std::string_view id) {
    std::string segment;
    append_percent_encoded(segment, id);
    return segment;
}

}  // namespace creditd::daemon
