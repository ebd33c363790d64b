#include "daemon/api/writes.hpp"

#include "daemon/api/body.hpp"
#include "daemon/api/command_operation.hpp"
#include "daemon/api/render_catalog.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

/// `bytes` of randomness in hexadecimal.
std::string random_hex(Random& random, std::size_t bytes) {
    std::vector<std::uint8_t> drawn(bytes);
    random.fill(drawn);
    return replay::to_hex(drawn);
}

void respond_no_content(Call& call) {
    call.begin_no_content();
    call.finish();
}

}  // namespace

CommandOperation& new_operation(Call& call, CommandBody body) {
    CommandOperation& operation = call.new_command();
    operation.command.body = std::move(body);
    return operation;
}

void handle_command(Call& call, CommandKind kind) {
    auto parsed = parse_body(call, kind, call.parameter());
    if (!parsed) return;
    if (kind == CommandKind::account && !is_valid_id(call.parameter())) {
        call.respond_problem(ProblemCode::invalid_request,
                             "An account id has 1 to 128 of A-Z a-z 0-9 . _ : @ - and begins "
                             "with a letter or digit.");
        return;
    }
    CommandOperation& operation = new_operation(call, std::move(parsed->body));
    operation.personal = std::move(parsed->personal);
    operation.dry_run = parsed->dry_run;
    operation.start();
}

void handle_create_api_key(Call& call) {
    auto parsed = parse_body(call, CommandKind::api_key, {});
    if (!parsed) return;
    CreateApiKey body = std::get<CreateApiKey>(std::move(parsed->body));
    const std::string secret = "crd_" + random_hex(call.api().random, 24);
    body.id = "key_" + random_hex(call.api().random, 8);
    body.secret_hash = hash_secret(secret);
    CommandOperation& operation = new_operation(call, std::move(body));
    operation.answer = [&call, secret](const Event& event) {
        render_new_api_key(call.begin_json(201), std::get<ApiKeyCreated>(event.body), event.time,
                           event.seq, secret);
        call.finish();
    };
    operation.start();
}

void handle_delete_api_key(Call& call) {
    CommandOperation& operation = new_operation(call, RevokeApiKey{call.parameter()});
    operation.answer = [&call](const Event&) { respond_no_content(call); };
    operation.start();
}

void handle_accept_clock(Call& call) {
    call.api().engine.clock_guard().accept();
    call.begin_json(200) += "{\"accepted\":true}";
    call.finish();
}

}  // namespace creditd::daemon
