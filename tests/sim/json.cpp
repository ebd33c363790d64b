#include "tests/sim/json.hpp"

#include <cctype>
#include <charconv>
#include <cstdint>

#include "tests/sim/crash.hpp"

namespace creditd::sim {
namespace {

constexpr std::size_t items_expected = 4;

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Json parse_all() {
        Json value = parse_value();
        if (at_ != text_.size()) fail();
        return value;
    }

private:
    [[noreturn]] void fail() const {
        throw Failure{"answers are JSON", std::string(text_.substr(0, 200))};
    }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char letter) {
        if (peek() != letter) return false;
        ++at_;
        return true;
    }
    void need(char letter) {
        if (!take(letter)) fail();
    }

    std::string parse_text() {
        need('"');
        const std::size_t begin = at_;
        // An escape is kept as it stands: texts are only compared.
        while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
        if (at_ >= text_.size()) fail();
        return std::string(text_.substr(begin, at_++ - begin));
    }

    Json parse_value() {
        Json value;
        if (take('{')) {
            value.kind = Json::Kind::object;
            parse_items(value, '}');
        } else if (take('[')) {
            value.kind = Json::Kind::list;
            parse_items(value, ']');
        } else if (peek() == '"') {
            value.kind = Json::Kind::text;
            value.text = parse_text();
        } else {
            parse_word(value);
        }
        return value;
    }

    void parse_items(Json& value, char end) {
        if (take(end)) return;
        value.items.reserve(items_expected);
        do {
            std::string name;
            if (value.kind == Json::Kind::object) {
                name = parse_text();
                need(':');
            }
            value.items.emplace_back(std::move(name), parse_value());
        } while (take(','));
        need(end);
    }

    void parse_word(Json& value) {
        const std::size_t begin = at_;
        while (std::isalnum(static_cast<unsigned char>(peek())) != 0 || peek() == '-' ||
               peek() == '.') {
            ++at_;
        }
        value.text = text_.substr(begin, at_ - begin);
        if (value.text.empty()) fail();
        if (value.text == "null") value.kind = Json::Kind::null;
        else if (value.text == "true" || value.text == "false") value.kind = Json::Kind::boolean;
        else value.kind = Json::Kind::number;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

const Json nothing;

}  // namespace

Json Json::parse(std::string_view text) { return Parser(text).parse_all(); }

const Json& Json::at(std::string_view path) const {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    for (const auto& [item_name, item] : items) {
        if (item_name != name) continue;
        return dot == std::string_view::npos ? item : item.at(path.substr(dot + 1));
    }
    return nothing;
}

std::uint64_t Json::number() const {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool Json::operator==(const Json& other) const {
    return kind == other.kind && text == other.text && items == other.items;
}

std::string print(const Json& value) {
    if (value.kind == Json::Kind::text) return '"' + value.text + '"';
    if (value.kind != Json::Kind::list && value.kind != Json::Kind::object) return value.text;
    const bool is_object = value.kind == Json::Kind::object;
    std::string text;
    for (const auto& [name, item] : value.items) {
        text += text.empty() ? "" : ",";
        if (is_object) text += '"' + name + "\":";
        text += print(item);
    }
    return is_object ? '{' + text + '}' : '[' + text + ']';
}

}  // namespace creditd::sim
