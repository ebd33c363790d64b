#include "daemon/outbound/url_rules.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "daemon/basics/http_text.hpp"

namespace creditd::daemon {
namespace {

using Fault = std::unexpected<std::string>;

constexpr std::size_t host_bytes_max = 253;  // of a name in DNS
constexpr std::string_view digits = "0123456789";
constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view name_marks = "-._";
constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";

/// Ports of protocols that might take a request for one of their own (the Fetch standard's list).
constexpr std::uint16_t foreign_ports[] = {
    0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,
    37,   42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,
    110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,  389,
    427,  465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,  556,
    563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659, 4045,
    4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};

/// The client says these itself: a second one could split a request, or name another host.
constexpr std::string_view own_headers[] = {"Host",
                                            "Content-Length",
                                            "Transfer-Encoding",
                                            "Connection",
                                            "Keep-Alive",
                                            "Expect",
                                            "Upgrade",
                                            "TE",
                                            "Trailer",
                                            "Cookie",
                                            "Proxy-Authorization",
                                            "Proxy-Connection"};

bool is_of(std::string_view text, std::string_view characters) {
    return text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

std::string part_of(const ParsedUrl& url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (::curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
    std::string result(text);
    ::curl_free(text);
    return result;
}

/// Where it says `scheme://`, what comes then up to the path.
std::string_view authority_of(std::string_view url) {
    const std::size_t begin = std::min(url.find("://"), url.size() - 3) + 3;
    const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
    return url.substr(begin, end - begin);
}

std::expected<void, std::string> check_spelling(std::string_view url, bool https_only) {
    if (url.size() > url_bytes_max) {
        return Fault("must be of at most " + std::to_string(url_bytes_max) + " bytes");
    }
    const auto begins_with = [url](std::string_view scheme) {
        return equal_ignoring_case(url.substr(0, scheme.size()), scheme);
    };
    if (!begins_with("https://") && (https_only || !begins_with("http://"))) {
        return Fault(https_only ? "must begin with https://"
                                : "must begin with https:// or http://");
    }
    if (!std::ranges::all_of(url, is_visible) || url.find('\\') != std::string_view::npos) {
        return Fault(
            "must consist of visible ASCII characters, and no backslashes; others are "
            "spelled %xx, and in a host's name xn--");
    }
    const std::string_view authority = authority_of(url);
    if (authority.empty()) return Fault("must name a host");
    if (authority.find('@') != std::string_view::npos) {
        return Fault("must hold no name or password");
    }
    if (authority.find('%') != std::string_view::npos) {
        return Fault("must not spell its host with %");
    }
    return {};
}

std::expected<void, std::string> check_address(const IpAddress& address, const std::string& host,
                                               const Subnets& allowed) {
    if (!is_forbidden(address, allowed)) return {};
    return Fault("must not name " + std::string(forbidden_address_words) + ", as " + host +
                 " is; the setting outbound.allowed_networks may except some");
}

/// A last label of digits, or of 0x and digits: no name ends so, and who reads it takes it for an
/// address (as does the URL standard).
bool ends_in_number(std::string_view host) {
    std::string_view label = host.substr(host.rfind('.') + 1);
    if (!label.empty() && is_of(label, digits)) return true;
    const bool is_hex = label.starts_with("0x") || label.starts_with("0X");
    if (is_hex) label.remove_prefix(2);
    return is_hex && is_of(label, hex_digits);
}

/// `127.0.0.1`, `0x7f.1`, `017700000001`, `2130706433`: all that the system would take for one.
std::optional<IpAddress> address_in_any_notation(const std::string& host) {
    in_addr found{};
    if (::inet_aton(host.c_str(), &found) == 0) return std::nullopt;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr = found;
    return ip_address_of(reinterpret_cast<const sockaddr&>(address));
}

std::expected<void, std::string> check_host(std::string host, const Subnets& allowed) {
    if (host.size() > 2 && host.front() == '[') {
        const auto address = parse_ip_address(std::string_view(host).substr(1, host.size() - 2));
        if (!address) return Fault("must name a host: " + host + " is no IPv6 address");
        return check_address(*address, host, allowed);
    }
    if (host.ends_with('.')) host.pop_back();
    const bool is_name = std::ranges::all_of(host, [](char c) {
        return (letters.find(c) != letters.npos) || (digits.find(c) != digits.npos) ||
               (name_marks.find(c) != name_marks.npos);
    });
    const bool has_labels = !host.empty() && !host.starts_with('.') && !host.ends_with('.') &&
                            host.find("..") == std::string::npos;
    if (!is_name || !has_labels || host.size() > host_bytes_max) {
        return Fault("must name a host in letters, digits, dots and hyphens");
    }
    if (const auto address = address_in_any_notation(host)) {
        return check_address(*address, host, allowed);
    }
    if (ends_in_number(host)) return Fault("must name a host: " + host + " is no IPv4 address");
    // libcurl itself takes these for this machine, whatever a resolver says.
    const std::string_view label = std::string_view(host).substr(host.rfind('.') + 1);
    if (equal_ignoring_case(label, "localhost")) {
        return check_address(*parse_ip_address("127.0.0.1"), host, allowed);
    }
    return {};
}

std::expected<void, std::string> check_port(const std::string& text) {
    unsigned port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    if (std::ranges::find(foreign_ports, port) == std::ranges::end(foreign_ports)) return {};
    return Fault("must not name port " + text + ", which is another protocol's");
}

}  // namespace

void CurlUrlFree::operator()(Curl_URL* url) const { ::curl_url_cleanup(url); }

std::expected<ParsedUrl, std::string> parse_url(std::string_view url, bool https_only,
                                                const Subnets& allowed) {
    if (auto spelled = check_spelling(url, https_only); !spelled) return Fault(spelled.error());
    ParsedUrl parsed(::curl_url());
    const CURLUcode code =
        ::curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), CURLU_DISALLOW_USER);
    if (code != CURLUE_OK) {
        return Fault("must be a URL: " + std::string(::curl_url_strerror(code)));
    }
    if (auto host = check_host(part_of(parsed, CURLUPART_HOST), allowed); !host) {
        return Fault(host.error());
    }
    if (auto port = check_port(part_of(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT)); !port) {
        return Fault(port.error());
    }
    return parsed;
}

std::expected<void, std::string> check_url(std::string_view url, bool https_only,
                                           const Subnets& allowed) {
    const auto parsed = parse_url(url, https_only, allowed);
    if (!parsed) return Fault(parsed.error());
    return {};
}

std::expected<void, std::string> check_header(std::string_view line) {
    if (line.size() > header_line_bytes_max) {
        return Fault("must be of at most " + std::to_string(header_line_bytes_max) + " bytes");
    }
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    const bool is_token = std::ranges::all_of(name, [](char c) {
        return (letters.find(c) != letters.npos) || (digits.find(c) != digits.npos) ||
               (token_marks.find(c) != token_marks.npos);
    });
    if (colon == std::string_view::npos || name.empty() || !is_token) {
        return Fault("must be a header such as X-Team: billing");
    }
    const bool is_text = std::ranges::all_of(
        line.substr(colon + 1), [](char c) { return is_visible(c) || c == ' ' || c == '\t'; });
    if (!is_text) return Fault("must hold visible ASCII characters, spaces and tabs only");
    for (const std::string_view own : own_headers) {
        if (equal_ignoring_case(name, own)) {
            return Fault("must not be " + std::string(own) + ", which is said without it");
        }
    }
    return {};
}

}  // namespace creditd::daemon
