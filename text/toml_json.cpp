#include <vector>

#include "text/field_error.hpp"
#include "text/json_writer.hpp"
#include "text/toml_json.hpp"
#include "text/toml_library.hpp"

namespace creditd {
namespace {

/// The document's lines, to find the token of a number again.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

class Translator {
public:
    Translator(std::string_view text, std::string& json,
               std::map<std::string, std::size_t, std::less<>>& lines)
        : lines_of_text_(lines_of(text)), json_(json), lines_(lines) {}

    void translate(const toml::table& table) { add(table); }

private:
    void add(const toml::node& node) {
        lines_.emplace(pointer_, node.source().begin.line);
        if (const auto* table = node.as_table()) return add_table(*table);
        if (const auto* list = node.as_array()) return add_list(*list);
        if (const auto* text = node.as_string()) return json_.text(text->get());
        if (const auto* flag = node.as_boolean()) return json_.boolean(flag->get());
        if (node.is_integer() || node.is_floating_point()) return json_.raw(number_of(node));
        json_.text(token_of(node));  // a date: the reader of the field knows what it may be
    }
    void add_table(const toml::table& table) {
        json_.begin_object();
        for (const auto& [key, value] : table) {
            json_.foreign_key(key.str());
            add_at(key.str(), value);
        }
        json_.end_object();
    }
    void add_list(const toml::array& list) {
        json_.begin_array();
        std::size_t index = 0;
        for (const toml::node& value : list) add_at(std::to_string(index++), value);
        json_.end_array();
    }
    void add_at(std::string_view token, const toml::node& value) {
        const std::size_t before = pointer_.size();
        append_pointer_token(pointer_, token);
        add(value);
        pointer_.resize(before);
    }

    /// As it was written.
    std::string token_of(const toml::node& node) const {
        const toml::source_region& place = node.source();
        const std::size_t line = place.begin.line;
        if (line == 0 || line > lines_of_text_.size() || place.end.line != line) return {};
        const std::string_view text = lines_of_text_[line - 1];
        const std::size_t from = std::min<std::size_t>(place.begin.column - 1, text.size());
        const std::size_t to = std::min<std::size_t>(place.end.column - 1, text.size());
        return std::string(text.substr(from, to - from));
    }
    /// JSON has neither `+1` nor `1_000` nor `0x10` nor `inf`: what it has not stays a string,
    /// which no reader of a number takes for one.
    std::string number_of(const toml::node& node) const {
        std::string token = token_of(node);
        std::erase(token, '_');
        if (token.starts_with('+')) token.erase(0, 1);
        const bool is_json =
            !token.empty() && token.find_first_not_of("0123456789.-") == std::string::npos;
        if (is_json) return token;
        std::string text;
        append_json_string_lossy(text, token);
        return text;
    }

    const std::vector<std::string_view> lines_of_text_;
    JsonWriter json_;
    std::map<std::string, std::size_t, std::less<>>& lines_;
    std::string pointer_{"#"};
};

}  // namespace

std::expected<TomlDocument, TomlError> TomlDocument::parse(std::string_view text) {
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        return std::unexpected(TomlError{parsed.error().source().begin.line,
                                         std::string(parsed.error().description())});
    }
    TomlDocument document;
    Translator(text, document.json_, document.lines_).translate(parsed.table());
    return document;
}

std::size_t TomlDocument::line_of(std::string_view pointer) const {
    for (;;) {
        if (const auto found = lines_.find(pointer); found != lines_.end()) return found->second;
        const std::size_t cut = pointer.rfind('/');
        if (cut == std::string_view::npos) return 1;
        pointer = pointer.substr(0, cut);
    }
}

}  // namespace creditd
