#include "daemon/outbound/retry_after.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "daemon/basics/http_text.hpp"

namespace creditd::daemon {
namespace {

constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::int64_t seconds_max = retry_after_max.value / us_per_second;
constexpr std::size_t date_bytes_min = 20;  // shorter texts are no date, but libcurl finds one
constexpr std::size_t date_bytes_max = 40;

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view text, Timestamp now) {
    text = trimmed(text);
    if (text.empty() || text.size() > date_bytes_max) return std::nullopt;
    if (text.find_first_not_of("0123456789") == std::string_view::npos) {
        std::int64_t seconds = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (fault == std::errc::result_out_of_range) return retry_after_max;
        return Duration::seconds(std::min(seconds, seconds_max));
    }
    if (text.size() < date_bytes_min) return std::nullopt;
    const std::int64_t date = ::curl_getdate(std::string(text).c_str(), nullptr);
    if (date < 0) return std::nullopt;
    const std::int64_t seconds = date - now.value / us_per_second;
    return Duration::seconds(std::clamp<std::int64_t>(seconds, 0, seconds_max));
}

}  // namespace creditd::daemon
