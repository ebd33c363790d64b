#include "daemon/http/connection_limits.hpp"

#include "core/assert.hpp"

#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace creditd::daemon::http {

PeerAddress::PeerAddress(const sockaddr& address) {
    const void* raw = nullptr;
    std::size_t raw_bytes = 0;
    if (address.sa_family == AF_INET) {
        raw = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
        raw_bytes = sizeof(in_addr);
    } else if (address.sa_family == AF_INET6) {
        raw = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
        raw_bytes = sizeof(in6_addr);
    } else {
        return;
    }
    static_assert(sizeof(in6_addr) <= sizeof(Bytes) && INET6_ADDRSTRLEN <= 46);
    std::memcpy(bytes_.data(), raw, raw_bytes);
    ::inet_ntop(address.sa_family, raw, text_.data(), static_cast<socklen_t>(text_.size()));
    text_bytes_ = std::strlen(text_.data());
}

bool ConnectionLimits::open(const PeerAddress& peer) {
    const std::lock_guard lock(mutex_);
    if (total_ >= total_max_) return false;
    if (per_ip_max_ > 0) {
        std::size_t& count = per_ip_[peer.bytes()];
        if (count >= per_ip_max_) return false;
        ++count;
    }
    ++total_;
    return true;
}

void ConnectionLimits::close(const PeerAddress& peer) {
    const std::lock_guard lock(mutex_);
    CREDITD_ASSERT(total_ > 0);
    --total_;
    if (per_ip_max_ == 0) return;
    const auto found = per_ip_.find(peer.bytes());
    CREDITD_ASSERT(found != per_ip_.end() && found->second > 0);
    if (--found->second == 0) per_ip_.erase(found);
}

std::size_t ConnectionLimits::total() const {
    const std::lock_guard lock(mutex_);
    return total_;
}

}  // namespace creditd::daemon::http
