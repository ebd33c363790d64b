// What is wrong with one field of a request, and the list of all that is wrong with one body.
// Becomes `errors:[{pointer, detail}]` of a problem document. One thread: the request's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace creditd {

/// `pointer` is a JSON Pointer as a URI fragment (RFC 6901, section 6), e.g. `#/payment/amount`.
struct FieldError {
    std::string pointer;
    std::string detail;
};

/// Which 400 a wrong field makes. In order of precedence for a body with several.
enum class FieldFault : std::uint8_t { invalid, amount_precision, amount_range };

/// A hostile body could hold thousands of wrong fields; nobody reads more than this many.
inline constexpr std::size_t field_errors_max = 32;

class FieldErrors {
public:
    /// Keeps the first `field_errors_max` and counts the rest.
    void add(std::string pointer, std::string_view detail, FieldFault fault = FieldFault::invalid);
    /// One more, whose place nobody needs any more because the list is full.
    void count_only(FieldFault fault = FieldFault::invalid);
    bool is_full() const { return list_.size() == field_errors_max; }
    void clear();

    bool empty() const { return count_ == 0; }
    std::size_t count() const { return count_; }
    const std::vector<FieldError>& list() const { return list_; }
    template <class Change>
    void for_each(const Change& change) {
        for (FieldError& error : list_) change(error);
    }
    /// The fault that names the whole answer; meaningful when not empty.
    FieldFault fault() const { return fault_; }

private:
    std::vector<FieldError> list_;
    std::size_t count_ = 0;
    FieldFault fault_ = FieldFault::amount_range;
};

/// Appends `/token`, escaped for a JSON Pointer in a URI fragment.
void append_pointer_token(std::string& pointer, std::string_view token);

}  // namespace creditd
