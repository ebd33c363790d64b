#include "replay/backup/personal_rows.hpp"

#include <cstring>

namespace creditd::replay::backup {
namespace {

template <class Number>
void append_number(std::string& file, Number number) {
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    file.append(bytes, sizeof number);
}

template <class Number>
bool take_number(std::string_view& rest, Number& number) {
    if (rest.size() < sizeof number) return false;
    std::memcpy(&number, rest.data(), sizeof number);
    rest.remove_prefix(sizeof number);
    return true;
}

}  // namespace

void append_row(std::string& file, Seq seq, std::string_view part) {
    append_number(file, seq.value);
    append_number(file, static_cast<std::uint32_t>(part.size()));
    file += part;
}

std::optional<std::vector<RowView>> read_rows(std::string_view file) {
    std::vector<RowView> rows;
    while (!file.empty()) {
        RowView row;
        std::uint32_t length = 0;
        if (!take_number(file, row.seq.value) || !take_number(file, length)) return std::nullopt;
        if (length > file.size() || (!rows.empty() && row.seq <= rows.back().seq)) {
            return std::nullopt;
        }
        row.part = file.substr(0, length);
        file.remove_prefix(length);
        rows.push_back(row);
    }
    return rows;
}

}  // namespace creditd::replay::backup
