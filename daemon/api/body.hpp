// Reading a request's body or its query, and the answer to wrong fields: one JSON document a
// thread. What the fields mean is parse_command.hpp's affair. Io threads.
#pragma once

#include <optional>
#include <type_traits>

#include "daemon/api/call.hpp"
#include "daemon/api/parse_command.hpp"
#include "daemon/basics/query_text.hpp"

namespace creditd::daemon {

/// The tape of this thread, reused from request to request.
JsonDocument& thread_document();

/// 400 with every wrong field; the code is that of the gravest.
void respond_field_errors(Call& call, const FieldErrors& errors);

ParseContext parse_context(const Call& call, FieldErrors& errors);

/// Reads the call's body with `read(ObjectReader&, const ParseContext&)` and finishes the reader.
/// Nothing: answered already with 400. An absent body counts as an empty object.
template <class Read>
auto read_body(Call& call, const Read& read)
    -> std::optional<std::invoke_result_t<Read, ObjectReader&, const ParseContext&>> {
    const std::string_view body = call.request().body;
    FieldErrors errors;
    const auto root = thread_document().parse(body.empty() ? std::string_view("{}") : body);
    if (!root) {
        errors.add(root.error().pointer, root.error().detail);
        respond_field_errors(call, errors);
        return std::nullopt;
    }
    ObjectReader reader(*root, errors);
    auto result = read(reader, parse_context(call, errors));
    reader.finish();
    if (!errors.empty()) {
        respond_field_errors(call, errors);
        return std::nullopt;
    }
    return result;
}

/// Reads the call's query with `read(QueryReader&)` and finishes the reader. Nothing: answered
/// already with 400.
template <class Read>
auto read_query(Call& call, const Read& read)
    -> std::optional<std::invoke_result_t<Read, QueryReader&>> {
    FieldErrors errors;
    const auto parameters = QueryParameters::parse(call.request().query);
    if (!parameters) {
        errors.add(parameters.error().pointer, parameters.error().detail);
        respond_field_errors(call, errors);
        return std::nullopt;
    }
    QueryReader reader(*parameters, errors);
    auto result = read(reader);
    reader.finish();
    if (!errors.empty()) {
        respond_field_errors(call, errors);
        return std::nullopt;
    }
    return result;
}

/// Parses the body of a single command and finishes the reader. Nothing: answered already with 400.
/// An absent body counts as an empty object.
std::optional<ParsedCommand> parse_body(Call& call, CommandKind kind, std::string_view target);

}  // namespace creditd::daemon
