// Renders requests: one template, made once, of which only the account digits and the
// Idempotency-Key are patched for each request. Knows creditd's contract, no sockets.
// Owned by the generator's one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load_options.hpp"

namespace creditd::bench {

class RequestMaker {
public:
    explicit RequestMaker(const LoadOptions& options);

    /// Appends the next request's bytes to `out`. Must not be called once exhausted().
    void append(std::string& out);

    /// True when the run's number of requests (or of accounts to set up) has been rendered.
    [[nodiscard]] bool exhausted() const noexcept { return requests_left_ == 0; }

    /// True when the run ends by a number of requests, not by time.
    [[nodiscard]] bool requests_bounded() const noexcept;

private:
    void make_get(std::string_view path_before, std::string_view path_after);
    void make_post(std::string_view path_before, std::string_view path_after,
                   std::string_view body);
    void make_batch(std::uint64_t items);
    void render(std::string_view head, std::string_view body);
    [[nodiscard]] std::uint64_t next_account() noexcept;
    [[nodiscard]] std::uint64_t random() noexcept;

    const LoadOptions options_;
    std::string template_;
    std::vector<std::size_t> account_offsets_;  // of 8 digits each, in template_
    std::vector<std::size_t> key_offsets_;      // of 32 hex digits each, in template_
    std::size_t patches_per_account_ = 1;       // setup names each account more often
    std::uint64_t accounts_per_request_ = 0;    // setup
    std::uint64_t requests_left_;
    std::uint64_t accounts_left_ = 0;  // setup
    std::uint64_t account_next_ = 0;   // setup
    std::uint64_t random_state_;
};

}  // namespace creditd::bench
