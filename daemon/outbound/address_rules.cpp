#include "daemon/outbound/address_rules.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

#include "core/assert.hpp"
#include "daemon/basics/comma_list.hpp"

namespace creditd::daemon {
namespace {

constexpr unsigned bits_per_byte = 8;
constexpr unsigned mapped_prefix_bits = 96;  // of ::ffff:0:0/96

/// IANA's special-purpose registries (RFC 6890 and what came after), but those that are public.
constexpr std::string_view forbidden_text =
    "0.0.0.0/8,"        // this host
    "10.0.0.0/8,"       // private
    "100.64.0.0/10,"    // shared by carriers, and by clouds for what is theirs
    "127.0.0.0/8,"      // loopback
    "169.254.0.0/16,"   // link local, and the metadata of clouds
    "172.16.0.0/12,"    // private
    "192.0.0.0/24,"     // protocol assignments
    "192.0.2.0/24,"     // documentation
    "192.88.99.0/24,"   // 6to4 relays
    "192.168.0.0/16,"   // private
    "198.18.0.0/15,"    // benchmarks
    "198.51.100.0/24,"  // documentation
    "203.0.113.0/24,"   // documentation
    "224.0.0.0/4,"      // multicast
    "240.0.0.0/4,"      // reserved, and 255.255.255.255
    // Only 2000::/3 is given out as public IPv6. Before it and behind it are loopback, what wraps
    // or translates IPv4 (::/96, ::ffff:0:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48), 100::/64,
    // 5f00::/16, unique local, link local, site local and multicast addresses.
    "::/3,"
    "4000::/2,"
    "8000::/1,"
    "2001::/23,"      // protocol assignments: Teredo, which wraps IPv4, and the like
    "2001:db8::/32,"  // documentation
    "2002::/16,"      // 6to4, which wraps IPv4
    "3fff::/20";      // documentation

IpAddress canonical_v6(const void* bytes) {
    constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    IpAddress address;
    std::memcpy(address.bytes.data(), bytes, IpAddress::v6_bytes);
    if (!std::ranges::equal(mapped, std::span(address.bytes).first(mapped.size()))) return address;
    IpAddress inner{.is_v4 = true};
    std::ranges::copy(std::span(address.bytes).last(IpAddress::v4_bytes), inner.bytes.begin());
    return inner;
}

IpAddress v4(const void* bytes) {
    IpAddress address{.is_v4 = true};
    std::memcpy(address.bytes.data(), bytes, IpAddress::v4_bytes);
    return address;
}

bool has_bit(const IpAddress& address, unsigned index) {
    const unsigned shift = bits_per_byte - 1 - index % bits_per_byte;
    return ((address.bytes[index / bits_per_byte] >> shift) & 1U) != 0;
}

bool has_bits_beyond(const IpAddress& address, unsigned prefix_bits) {
    for (unsigned i = prefix_bits; i < IpAddress::v6_bytes * bits_per_byte; ++i) {
        if (has_bit(address, i)) return true;
    }
    return false;
}

/// Digits alone, without a leading zero.
std::optional<unsigned> parse_prefix_bits(std::string_view text) {
    unsigned number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data(), end, number);
    if (fault != std::errc{} || stop != end) return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    return number;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string spelled(text);
    in_addr four{};
    if (::inet_pton(AF_INET, spelled.c_str(), &four) == 1) return v4(&four);
    in6_addr sixteen{};
    if (::inet_pton(AF_INET6, spelled.c_str(), &sixteen) == 1) return canonical_v6(&sixteen);
    return std::nullopt;
}

std::optional<IpAddress> ip_address_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &address, sizeof in);
        return v4(&in.sin_addr);
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &address, sizeof in);
        return canonical_v6(&in.sin6_addr);
    }
    return std::nullopt;
}

std::optional<Subnets::Subnet> Subnets::parse_subnet(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto first = parse_ip_address(text.substr(0, slash));
    if (!first) return std::nullopt;
    const bool is_spelled_v6 = text.find(':') != std::string_view::npos;
    const unsigned whole_bits =
        static_cast<unsigned>(is_spelled_v6 ? IpAddress::v6_bytes : IpAddress::v4_bytes) *
        bits_per_byte;
    const auto bits = slash == std::string_view::npos ? std::optional(whole_bits)
                                                      : parse_prefix_bits(text.substr(slash + 1));
    if (!bits || *bits > whole_bits) return std::nullopt;
    const bool is_mapped = is_spelled_v6 && first->is_v4;
    if (is_mapped && *bits < mapped_prefix_bits) return std::nullopt;
    const Subnet subnet{*first, is_mapped ? *bits - mapped_prefix_bits : *bits};
    // 10.0.0.1/8 may mean 10.0.0.1 or 10.0.0.0/8: better ask than open the larger one.
    if (has_bits_beyond(subnet.first, subnet.prefix_bits)) return std::nullopt;
    return subnet;
}

std::expected<Subnets, std::string> Subnets::parse(std::string_view text) {
    Subnets result;
    for (const std::string_view part : comma_list(text)) {
        const auto subnet = parse_subnet(part);
        if (!subnet) {
            return std::unexpected("'" + std::string(part) +
                                   "' must be a subnet, such as 10.0.0.0/8 or fd00::/8, without "
                                   "bits beyond its prefix");
        }
        result.subnets_.push_back(*subnet);
    }
    return result;
}

bool Subnets::contains(const Subnet& subnet, const IpAddress& address) {
    if (subnet.first.is_v4 != address.is_v4) return false;
    for (unsigned i = 0; i < subnet.prefix_bits; ++i) {
        if (has_bit(subnet.first, i) != has_bit(address, i)) return false;
    }
    return true;
}

bool Subnets::contains(const IpAddress& address) const {
    return std::ranges::any_of(subnets_,
                               [&address](const Subnet& s) { return contains(s, address); });
}

bool is_forbidden(const IpAddress& address, const Subnets& allowed) {
    static const Subnets forbidden = [] {
        auto parsed = Subnets::parse(forbidden_text);
        CREDITD_ASSERT(parsed.has_value());
        return std::move(*parsed);
    }();
    return forbidden.contains(address) && !allowed.contains(address);
}

}  // namespace creditd::daemon
