// A text that must never be printed: API keys, webhook secrets. It has no operator<<, no fmt
// formatter, no conversion and no ==; whoever needs the bytes says `reveal()` where a reviewer sees
// it, and compares in constant time. The bytes are wiped when it dies. A plain value.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace creditd::daemon {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view value) : value_(value) {}
    ~Secret() { wipe(); }

    Secret(const Secret& other) = default;
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
    Secret& operator=(const Secret& other) {
        if (this != &other) wipe(), value_ = other.value_;
        return *this;
    }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            value_.swap(other.value_);
            other.wipe();
        }
        return *this;
    }

    bool empty() const { return value_.empty(); }
    std::string_view reveal() const { return value_; }

    bool operator==(const Secret&) const = delete;

private:
    void wipe() noexcept {
        // A short text lives in the object and stays there when it is moved from or swapped.
        value_.resize(value_.capacity());
        explicit_bzero(value_.data(), value_.size());
        value_.clear();
    }

    std::string value_;
};

/// What is printed in a secret's place, whatever its length.
inline constexpr std::string_view masked_secret = "********";

}  // namespace creditd::daemon
