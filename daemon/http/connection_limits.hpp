// How many connections there may be, in all and from one address. Shared by all io threads.
// Touched only when a connection opens or closes, so a mutex is cheap enough.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

struct sockaddr;

namespace creditd::daemon::http {

/// Where a connection comes from: 16 bytes for counting, text for logs. No port.
class PeerAddress {
public:
    using Bytes = std::array<std::uint8_t, 16>;

    PeerAddress() = default;
    explicit PeerAddress(const sockaddr& address);

    const Bytes& bytes() const { return bytes_; }
    std::string_view text() const { return {text_.data(), text_bytes_}; }

private:
    Bytes bytes_{};  // IPv4 in its first four
    std::array<char, 46> text_{};
    std::size_t text_bytes_ = 0;
};

class ConnectionLimits {
public:
    /// `per_ip_max` 0: no limit per address.
    ConnectionLimits(std::size_t total_max, std::size_t per_ip_max)
        : total_max_(total_max), per_ip_max_(per_ip_max) {}

    /// Counts a new connection, or refuses it.
    bool open(const PeerAddress& peer);
    void close(const PeerAddress& peer);
    std::size_t total() const;

private:
    const std::size_t total_max_;
    const std::size_t per_ip_max_;
    mutable std::mutex mutex_;
    std::size_t total_ = 0;
    std::map<PeerAddress::Bytes, std::size_t> per_ip_;
};

}  // namespace creditd::daemon::http
