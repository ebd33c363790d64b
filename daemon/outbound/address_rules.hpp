// Which addresses creditd may call. Whoever may name a URL must not reach through it what only this
// machine or its network can reach, so everything that is not a public address is forbidden, unless
// the operator names its subnet. Names of hosts are not known here: a name is judged by each
// address that it leads to, at the moment of connecting.
// Pure values and functions; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace creditd::daemon {

/// Spelled in one way: an IPv6 address that only wraps an IPv4 one (`::ffff:10.0.0.1`) is that
/// IPv4 address, since this is whom the kernel would call.
struct IpAddress {
    static constexpr std::size_t v4_bytes = 4;
    static constexpr std::size_t v6_bytes = 16;

    bool is_v4 = false;
    std::array<std::uint8_t, v6_bytes> bytes{};  // the first 4 of an IPv4 address

    bool operator==(const IpAddress&) const = default;
};

/// Four decimal numbers, or IPv6 without a zone; nothing where it is neither. What else inet_aton
/// takes (`0x7f.1`) is not taken: url_rules.hpp is about that.
std::optional<IpAddress> parse_ip_address(std::string_view text);

/// Of a socket's address; nothing where its family is neither AF_INET nor AF_INET6.
std::optional<IpAddress> ip_address_of(const sockaddr& address);

/// A set of subnets, in the order in which they were written.
class Subnets {
public:
    /// `10.0.0.0/8, ::1/128`; an address alone is a subnet of itself; empty: none. The error is a
    /// sentence that names the part which is wrong.
    static std::expected<Subnets, std::string> parse(std::string_view text);

    bool contains(const IpAddress& address) const;

private:
    struct Subnet {
        IpAddress first;
        unsigned prefix_bits = 0;  // at most 32 of an IPv4 subnet
    };
    static std::optional<Subnet> parse_subnet(std::string_view text);
    static bool contains(const Subnet& subnet, const IpAddress& address);

    std::vector<Subnet> subnets_;
};

/// May not be called: it is no public unicast address, and `allowed` does not name it.
bool is_forbidden(const IpAddress& address, const Subnets& allowed);

}  // namespace creditd::daemon
