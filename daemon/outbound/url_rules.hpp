// What a URL, and a header, must look like for creditd to call it. A URL is parsed once, by
// libcurl, and what was checked here is what is called: no second parser can read another host in
// it. Which addresses a name leads to is not known here; transfer.cpp asks about each of them. Pure
// functions; any thread.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/outbound/address_rules.hpp"

struct Curl_URL;  // libcurl's

namespace creditd::daemon {

inline constexpr std::size_t url_bytes_max = 2048;
inline constexpr std::size_t header_line_bytes_max = 4096;

/// What is said of an address that may not be called.
inline constexpr std::string_view forbidden_address_words =
    "an address of this machine or of a private network";

struct CurlUrlFree {
    void operator()(Curl_URL* url) const;
};
using ParsedUrl = std::unique_ptr<Curl_URL, CurlUrlFree>;

/// http or https, a host, no name or password, no port of another protocol, visible ASCII only. An
/// address in place of a name is looked at in whatever notation it is spelled. The error says what
/// it must be: "must begin with https://".
std::expected<ParsedUrl, std::string> parse_url(std::string_view url, bool https_only,
                                                const Subnets& allowed);

/// The same for whoever only wants to know, as when a URL is configured.
std::expected<void, std::string> check_url(std::string_view url, bool https_only,
                                           const Subnets& allowed = {});

/// `Name: value`: a name of RFC 9110's characters, a value of visible ones, spaces and tabs, and
/// none of the headers that the client itself must say, such as Host and Content-Length.
std::expected<void, std::string> check_header(std::string_view line);

}  // namespace creditd::daemon
