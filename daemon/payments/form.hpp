// A form as `application/x-www-form-urlencoded`: names such as `metadata[creditd_order]` and their
// values, in the order in which they were added. A plain value; one thread.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "daemon/basics/query_text.hpp"

namespace creditd::daemon {

class Form {
public:
    Form& add(std::string_view name, std::string_view value) {
        if (!text_.empty()) text_ += '&';
        append_percent_encoded(text_, name);
        text_ += '=';
        append_percent_encoded(text_, value);
        return *this;
    }
    template <std::integral Integer>
    Form& add(std::string_view name, Integer value) {
        return add(name, std::string_view(std::to_string(value)));
    }
    Form& add_unless_empty(std::string_view name, std::string_view value) {
        return value.empty() ? *this : add(name, value);
    }

    const std::string& text() const { return text_; }

private:
    std::string text_;
};

}  // namespace creditd::daemon
