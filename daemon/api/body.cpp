#include "daemon/api/body.hpp"

namespace creditd::daemon {

JsonDocument& thread_document() {
    thread_local JsonDocument document;
    return document;
}

void respond_field_errors(Call& call, const FieldErrors& errors) {
    Problem problem;
    problem.code = problem_of(errors.fault());
    problem.errors = errors.list();
    call.respond_problem(problem);
}

ParseContext parse_context(const Call& call, FieldErrors& errors) {
    const bool is_administrator = (call.caller.scopes & bit_of(Scope::admin)) != 0;
    return {call.decimals(), call.api().clock.wall(), is_administrator, errors};
}

std::optional<ParsedCommand> parse_body(Call& call, CommandKind kind, std::string_view target) {
    FieldErrors errors;
    const std::string_view body = call.request().body;
    const auto root = thread_document().parse(body.empty() ? std::string_view("{}") : body);
    if (!root) {
        errors.add(root.error().pointer, root.error().detail);
        respond_field_errors(call, errors);
        return std::nullopt;
    }
    ObjectReader reader(*root, errors);
    ParsedCommand parsed = parse_command(kind, reader, target, parse_context(call, errors));
    reader.finish();
    if (!errors.empty()) {
        respond_field_errors(call, errors);
        return std::nullopt;
    }
    return parsed;
}

}  // namespace creditd::daemon
