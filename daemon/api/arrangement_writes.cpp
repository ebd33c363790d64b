#include "daemon/api/account_view.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/stripe_subscription.hpp"
#include "daemon/api/writes.hpp"

namespace creditd::daemon {
namespace {

CommandOperation& operation_of(Call& call, ParsedCommand parsed) {
    CommandOperation& operation = new_operation(call, std::move(parsed.body));
    operation.personal = std::move(parsed.personal);
    operation.dry_run = parsed.dry_run;
    return operation;
}

/// The moment that the body asks for: `advance` from now, or `now` itself.
Timestamp read_test_time(ObjectReader& reader, Timestamp now) {
    const auto advance = reader.duration("advance");
    const auto moment = reader.timestamp("now");
    if (reader.has("advance") == reader.has("now")) {
        reader.fail(reader.has("advance") ? "now" : "advance", "give either advance or now");
    }
    const Timestamp asked = moment.value_or(now + advance.value_or(Duration{}));
    if (asked < now) reader.fail("now", "must not lie before the present time of the clock");
    return asked;
}

}  // namespace

// Where nothing had to be done, the subscription as it stands is the answer.
void handle_subscription_command(Call& call, CommandKind kind) {
    auto parsed = parse_body(call, kind, call.parameter());
    if (!parsed) return;
    const CommandBody asked = parsed->body;
    CommandOperation& operation = operation_of(call, std::move(*parsed));
    operation.answer_unchanged = [&call] { handle_get_subscription(call); };
    if (operation.dry_run) return operation.start();
    at_stripe_first(call, asked, [&operation] { operation.start(); });
}

void handle_subscribe(Call& call) { handle_subscription_command(call, CommandKind::subscribe); }

void handle_put_named(Call& call, CommandKind kind) {
    auto parsed = parse_body(call, kind, call.parameter());
    if (!parsed) return;
    if (!is_valid_id(call.second_parameter())) {
        call.respond_problem(ProblemCode::invalid_request,
                             "An id has 1 to 128 of A-Z a-z 0-9 . _ : @ - and begins with a letter "
                             "or digit.");
        return;
    }
    operation_of(call, std::move(*parsed)).start();
}

void handle_removal(Call& call, CommandBody body) {
    CommandOperation& operation = new_operation(call, std::move(body));
    operation.answer = [&call](const Event&) {
        call.begin_no_content();
        call.finish();
    };
    operation.start();
}

void handle_advance_clock(Call& call) {
    TestClock* const clock = call.api().test_clock;
    if (clock == nullptr) {
        call.respond_problem(ProblemCode::clock_not_testable);
        return;
    }
    const auto asked = read_body(call, [clock](ObjectReader& reader, const ParseContext&) {
        return read_test_time(reader, clock->wall());
    });
    if (!asked) return;
    // A repeat under the same key would be answered from the log, having moved the clock again.
    call.key.clear();
    // Two that race: the later time holds for both.
    clock->move_to(*asked);
    call.api().engine.clock_guard().accept();
    new_operation(call, AdvanceClock{}).start();
}

}  // namespace creditd::daemon
