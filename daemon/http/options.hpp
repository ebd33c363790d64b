// Every knob of the HTTP layer with its default, unit and reason. Values only; no behaviour.
// Bounds that the contract fixes come from core/limits.hpp. Copied once into the Server.
#pragma once

#include "core/limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace creditd::daemon::http {

struct Options {
    std::string host = "127.0.0.1";  // an address, IPv4 or IPv6; names are not resolved
    std::uint16_t port = 8080;       // 0: any free port
    unsigned io_threads = 1;
    int backlog = 4096;                // the kernel's usual somaxconn
    std::string tls_certificate_file;  // PEM; empty: no TLS
    std::string tls_key_file;

    // --- how large -------------------------------------------------------------------------------
    std::size_t head_bytes_max = limits::http_head_bytes_max;
    std::size_t headers_max = limits::http_headers_max;
    std::size_t target_bytes_max = 4096;  // longer than any path and filter of ours
    /// What is discarded after a 413 or another last answer, so that the peer gets to read it.
    std::size_t drain_bytes_max = limits::http_drain_bytes_max;
    /// A refused request's body up to this size is skipped to keep the connection.
    std::size_t skip_bytes_max = 64 * 1024;
    /// All input buffers beyond one small buffer per connection. Beyond it: 503.
    std::size_t inflight_bytes_max = limits::http_inflight_body_bytes_max;
    /// Answers that a slow reader has not fetched; with more than this pending, no further request
    /// of that connection is read.
    std::size_t unsent_bytes_max = 64 * 1024;
    /// The same of a stream: a reader who is further behind is cut, and comes back.
    std::size_t stream_unsent_bytes_max = 1024 * 1024;

    // --- how many --------------------------------------------------------------------------------
    std::size_t connections_max = 10'000;
    std::size_t connections_per_ip_max = 0;  // 0: no limit

    // --- how long --------------------------------------------------------------------------------
    std::chrono::milliseconds head_timeout{10'000};     // first byte to the end of the head
    std::chrono::milliseconds request_timeout{30'000};  // first byte to the end of the body
    std::chrono::milliseconds idle_timeout{75'000};     // between requests
    std::chrono::milliseconds write_timeout{30'000};    // an answer not fetched by then is cut
    std::chrono::milliseconds linger_timeout{5'000};    // for the drain after a last answer
    /// Pause of the accept loop when file descriptors ran out: long enough not to spin.
    std::chrono::milliseconds accept_pause{150};
    /// Deadlines are checked this often, all connections in one sweep: no timer per request.
    std::chrono::milliseconds sweep_interval{250};
};

}  // namespace creditd::daemon::http
