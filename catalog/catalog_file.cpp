#include "catalog/catalog_file.hpp"

#include "catalog/catalog_json.hpp"
#include "text/json_tape.hpp"
#include "text/small_file.hpp"
#include "text/toml_json.hpp"

namespace creditd {
namespace {

std::string at_line(std::size_t line) { return " (line " + std::to_string(line) + ")"; }

std::expected<ReplaceCatalog, FieldErrors> parse_json(std::string_view text, unsigned decimals) {
    FieldErrors errors;
    JsonDocument document;
    const auto root = document.parse(text);
    if (!root) {
        errors.add(root.error().pointer, root.error().detail);
        return std::unexpected(std::move(errors));
    }
    ObjectReader reader(*root, errors);
    ReplaceCatalog catalog = read_catalog(reader, {decimals, errors, {}});
    reader.finish();
    if (!errors.empty()) return std::unexpected(std::move(errors));
    return catalog;
}

}  // namespace

std::expected<ReplaceCatalog, FieldErrors> parse_catalog(std::string_view text,
                                                         CatalogFormat format, unsigned decimals) {
    if (format == CatalogFormat::json) {
        return parse_json(text.empty() ? std::string_view("{}") : text, decimals);
    }
    const auto toml = TomlDocument::parse(text);
    if (!toml) {
        FieldErrors errors;
        errors.add("#", toml.error().detail + at_line(toml.error().line));
        return std::unexpected(std::move(errors));
    }
    auto catalog = parse_json(toml->json(), decimals);
    if (!catalog) {
        catalog.error().for_each(
            [&](FieldError& error) { error.detail += at_line(toml->line_of(error.pointer)); });
    }
    return catalog;
}

std::expected<ReplaceCatalog, std::string> read_catalog_file(const std::string& path,
                                                             unsigned decimals) {
    const auto text = read_small_file(path, limits::http_bulk_body_bytes_max);
    if (!text) return std::unexpected(path + ": cannot be read, or is larger than 4 MB");
    const auto format = path.ends_with(".json") ? CatalogFormat::json : CatalogFormat::toml;
    auto catalog = parse_catalog(*text, format, decimals);
    if (catalog) return std::move(*catalog);
    std::string lines;
    for (const FieldError& error : catalog.error().list()) {
        if (!lines.empty()) lines += '\n';
        lines += path + ": " + error.pointer + ": " + error.detail;
    }
    return std::unexpected(std::move(lines));
}

}  // namespace creditd
