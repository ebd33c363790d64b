// A whole catalog out of text, TOML or JSON: for PUT /v1/catalog, `serve --catalog` and
// `check-config --catalog` alike. Pure but for the reading of a file; any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/command.hpp"
#include "text/field_error.hpp"

namespace creditd {

enum class CatalogFormat : bool { json, toml };

/// The catalog, or everything that is wrong with it. What is wrong in TOML names its line: one that
/// is no TOML has the pointer `#`.
std::expected<ReplaceCatalog, FieldErrors> parse_catalog(std::string_view text,
                                                         CatalogFormat format, unsigned decimals);

/// Reads a file: JSON if its name ends with `.json`, else TOML. What is wrong is told as lines
/// `FILE: FIELD: sentence (line n)`, joined by new lines.
std::expected<ReplaceCatalog, std::string> read_catalog_file(const std::string& path,
                                                             unsigned decimals);

}  // namespace creditd
