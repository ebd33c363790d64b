// What a catalog may say of the names of what a use makes: text with places in braces
// (`results/{account}/{account}_{time}_{id8}.png`). Which are known is said here; the daemon fills
// them in. Pure functions, any thread.
#pragma once

#include <algorithm>
#include <string_view>

namespace creditd {

/// Does it name only places that are known?
bool is_valid_template(std::string_view text);

/// Calls `literal` with the texts between places and `place` with their names; false: a brace
/// stands alone.
template <class Literal, class Place>
bool walk_template(std::string_view text, Literal literal, Place place) {
    while (true) {
        const std::size_t begin = std::min(text.find_first_of("{}"), text.size());
        literal(text.substr(0, begin));
        if (begin == text.size()) return true;
        const std::size_t end = text.find('}', begin);
        if (text[begin] == '}' || end == std::string_view::npos) return false;
        place(text.substr(begin + 1, end - begin - 1));
        text.remove_prefix(end + 1);
    }
}

}  // namespace creditd
