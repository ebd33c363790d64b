#include "replay/tool/backup/s3_target.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "replay/backup/manifest.hpp"
#include "replay/sha256.hpp"
#include "replay/text_lines.hpp"

namespace creditd::replay::tool {
namespace {

constexpr int tries_max = 6;
constexpr std::chrono::milliseconds first_pause{100};  // doubled after each try
constexpr std::uint64_t small_answer_bytes_max = 4u << 20;
constexpr std::size_t detail_bytes_max = 300;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string now_text() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc)};
}

/// Names that need no escaping anywhere.
bool is_plain(std::string_view text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/";
    return text.find_first_not_of(plain) == text.npos && text.find("//") == text.npos;
}

bool is_momentary(const std::expected<HttpAnswer, std::string>& answer) {
    return !answer || answer->status >= 500 || answer->status == 429 || answer->status == 408;
}

/// The text of the next element of this name behind `at`, which moves past it.
std::optional<std::string_view> next_element(std::string_view xml, std::string_view name,
                                             std::size_t& at) {
    const std::string open = "<" + std::string(name) + ">";
    const std::string close = "</" + std::string(name) + ">";
    const std::size_t first = xml.find(open, at);
    if (first == xml.npos) return std::nullopt;
    const std::size_t end = xml.find(close, first);
    if (end == xml.npos) return std::nullopt;
    at = end + close.size();
    return xml.substr(first + open.size(), end - first - open.size());
}

std::string element(std::string_view xml, std::string_view name) {
    std::size_t at = 0;
    return std::string(next_element(xml, name, at).value_or(""));
}

}  // namespace

std::expected<S3Place, std::string> read_s3_place(std::string_view name) {
    name.remove_prefix(std::string_view("s3://").size());
    while (name.ends_with('/')) name.remove_suffix(1);
    S3Place place;
    const std::size_t slash = std::min(name.find('/'), name.size());
    place.bucket = name.substr(0, slash);
    place.prefix = name.substr(std::min(slash + 1, name.size()));
    if (place.bucket.empty() || !is_plain(name)) {
        return std::unexpected(
            "a bucket is written s3://BUCKET/PREFIX, with letters, digits and -._ only");
    }
    place.credentials = {variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                         variable("AWS_SESSION_TOKEN"), variable("AWS_REGION")};
    if (place.credentials.access_key.empty() || place.credentials.secret_key.empty()) {
        return std::unexpected("a bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    std::string& region = place.credentials.region;
    if (region.empty()) region = "us-east-1";
    place.endpoint = variable("AWS_ENDPOINT_URL");
    if (place.endpoint.empty()) place.endpoint = "https://s3." + region + ".amazonaws.com";
    while (place.endpoint.ends_with('/')) place.endpoint.pop_back();
    const bool is_url =
        place.endpoint.starts_with("https://") || place.endpoint.starts_with("http://");
    if (!is_url || std::ranges::count(place.endpoint, '/') != 2) {
        return std::unexpected("AWS_ENDPOINT_URL is written https://host or https://host:port");
    }
    return place;
}

std::string S3Target::key_of(std::string_view name) const {
    return place_.prefix.empty() ? std::string(name) : place_.prefix + "/" + std::string(name);
}

std::string S3Target::where(std::string_view name) const {
    return "s3://" + place_.bucket + "/" + key_of(name);
}

/// An empty name stands for the bucket.
S3Request S3Target::request_of(const std::string& method, const std::string& name) const {
    S3Request request{method, "/" + uri_encode(place_.bucket, false), {}, {}};
    if (!name.empty()) request.path += "/" + uri_encode(key_of(name), true);
    request.headers["host"] = place_.endpoint.substr(place_.endpoint.find("//") + 2);
    return request;
}

std::string S3Target::shared_address(const std::string& name, std::int64_t seconds) const {
    const S3Request request = request_of("GET", name);
    return place_.endpoint + request.path + "?" +
           presigned_query_of(request, place_.credentials, now_text(), seconds);
}

HttpCall S3Target::signed_call(const std::string& method, const std::string& name,
                               const Headers& query, std::string_view body) const {
    S3Request request = request_of(method, name);
    request.query = query;
    request.headers["x-amz-date"] = now_text();
    request.headers["x-amz-content-sha256"] = to_hex(sha256(body).bytes);
    if (!place_.credentials.session_token.empty()) {
        request.headers["x-amz-security-token"] = place_.credentials.session_token;
    }
    HttpCall call;
    call.method = method;
    call.url = place_.endpoint + request.path;
    if (!query.empty()) call.url += "?" + query_text(query);
    call.headers = request.headers;
    call.headers["authorization"] = authorization_of(request, place_.credentials);
    call.body = body;
    return call;
}

std::expected<HttpAnswer, JournalError> S3Target::call(
    const std::string& method, const std::string& name, const Headers& query,
    const Headers& conditions, std::string_view body, std::uint64_t bytes_max) const {
    auto pause = first_pause;
    for (int tried = 1;; ++tried) {
        HttpCall one = signed_call(method, name, query, body);
        one.headers.insert(conditions.begin(), conditions.end());
        // A refusal's own text may be longer than what was asked for.
        one.answer_bytes_max = std::max(bytes_max, small_answer_bytes_max);
        auto answer = call_http(one);
        if (!is_momentary(answer)) return std::move(*answer);
        if (tried == tries_max) {
            if (answer) return std::unexpected(refused(name, *answer));
            return std::unexpected(
                JournalError{JournalFault::io, where(name) + ": " + answer.error()});
        }
        std::this_thread::sleep_for(pause);
        pause *= 2;
    }
}

JournalError S3Target::refused(const std::string& name, const HttpAnswer& answer) const {
    std::string detail = where(name) + ": status " + std::to_string(answer.status);
    const std::string code = element(answer.body, "Code");
    const std::string message = element(answer.body, "Message");
    if (!code.empty()) detail += " " + code + " " + message;
    return {JournalFault::io, detail.substr(0, detail_bytes_max)};
}

std::expected<std::optional<std::string>, JournalError> S3Target::get(
    const std::string& name, std::uint64_t bytes_max) const {
    auto answer = call("GET", name, {}, {}, {}, bytes_max);
    if (!answer) return std::unexpected(answer.error());
    const bool is_there = answer->status != 404;
    if (is_there && answer->status != 200) return std::unexpected(refused(name, *answer));
    if (name == backup::manifest_name) manifest_etag_ = is_there ? answer->etag : std::string();
    if (!is_there) return std::nullopt;
    return std::move(answer->body);
}

std::expected<std::map<std::string, std::uint64_t>, JournalError> S3Target::segments() const {
    std::map<std::string, std::uint64_t> found;
    const std::string folder = key_of(backup::segments_name) + "/";
    Headers query{{"list-type", "2"}, {"prefix", folder}};
    while (true) {
        const auto answer = call("GET", "", query, {}, {}, small_answer_bytes_max);
        if (!answer) return std::unexpected(answer.error());
        if (answer->status != 200) return std::unexpected(refused("", *answer));
        std::size_t at = 0;
        while (const auto object = next_element(answer->body, "Contents", at)) {
            const std::string key = element(*object, "Key");
            std::uint64_t bytes = 0;
            if (!key.starts_with(folder) || !parse_number(element(*object, "Size"), bytes)) {
                continue;
            }
            found[std::string(backup::segments_name) + "/" + key.substr(folder.size())] = bytes;
        }
        if (element(answer->body, "IsTruncated") != "true") return found;
        query["continuation-token"] = element(answer->body, "NextContinuationToken");
    }
}

/// A condition that does not hold is no failure where the very same bytes are there: an earlier try
/// may have arrived, and its answer not.
S3Target::Done S3Target::put_if(const std::string& name, std::string_view bytes,
                                const Headers& condition) {
    const auto answer = call("PUT", name, {}, condition, bytes, small_answer_bytes_max);
    if (!answer) return std::unexpected(answer.error());
    if (answer->status == 200 || answer->status == 201) return {};
    if (answer->status != 412 && answer->status != 409) {
        return std::unexpected(refused(name, *answer));
    }
    const auto present = get(name, backup::file_bytes_max);
    if (!present) return std::unexpected(present.error());
    if (*present && **present == bytes) return {};
    return std::unexpected(
        name == backup::manifest_name
            ? JournalError{JournalFault::in_use,
                           "another backup to " + where(name) + " was made meanwhile"}
            : JournalError{JournalFault::damaged,
                           where(name) + " is there already, with other content"});
}

S3Target::Done S3Target::put(const std::string& name, std::string_view bytes) {
    return put_if(name, bytes, {{"if-none-match", "*"}});
}

S3Target::Done S3Target::put_report(const std::string& name, std::string_view bytes,
                                    std::string_view media_type) {
    return put_if(name, bytes, {{"if-none-match", "*"}, {"content-type", std::string(media_type)}});
}

S3Target::Done S3Target::put_manifest(std::string_view bytes) {
    const std::string name(backup::manifest_name);
    if (manifest_etag_.empty()) return put_if(name, bytes, {{"if-none-match", "*"}});
    return put_if(name, bytes, {{"if-match", manifest_etag_}});
}

}  // namespace creditd::replay::tool
