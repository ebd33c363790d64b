// Scans responses just enough to count them: status line, Content-Length, and, for batches, how
// many items succeeded. Not an HTTP parser: it trusts the server under test to frame properly.
// One per connection, used by the generator's one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace creditd::bench {

/// Counts `"status":2..` and all other `"status":<digit>` in bytes that arrive in any pieces.
class ItemCounter {
public:
    void feed(std::string_view bytes);
    void reset() { tail_.clear(); }

    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;

private:
    void count(std::string_view bytes);
    std::string tail_;  // what could be the beginning of a match
};

struct Scanned {
    unsigned status = 0;  // of a response that is now complete; 0: more bytes are needed
    bool broken = false;  // not HTTP/1.1 with a Content-Length: give the connection up
};

class ResponseScanner {
public:
    explicit ResponseScanner(ItemCounter* items) : items_{items} {}

    /// Consumes from the front of `bytes` up to the end of one response, or everything.
    [[nodiscard]] Scanned next(std::string_view& bytes);

    /// Beginning of the body of the response in work, for reports on failures (≤ 400 bytes).
    [[nodiscard]] std::string_view sample() const noexcept { return sample_; }

private:
    [[nodiscard]] bool take_head(std::string_view& bytes, Scanned& scanned);

    ItemCounter* items_;  // null: bodies are not looked at
    std::string head_;    // only when a head came in pieces
    std::string sample_;  // only of statuses ≥ 300
    std::size_t body_left_ = 0;
    unsigned status_ = 0;  // of the response whose body is being read
};

}  // namespace creditd::bench
