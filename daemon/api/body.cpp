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
    return {call.decimals(), call.api().clock.wall(), is_administrator, errors,
            call.second_parameter()};
}

std::optional<ParsedCommand> parse_body(Call& call, CommandKind kind, std::string_view target) {
    return read_body(call, [&](ObjectReader& reader, const ParseContext& context) {
        return parse_command(kind, reader, target, context);
    });
}

}  // namespace creditd::daemon
