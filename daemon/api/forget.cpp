#include "daemon/api/forget.hpp"

#include "daemon/api/body.hpp"
#include "daemon/api/command_operation.hpp"
#include "daemon/api/writes.hpp"

namespace creditd::daemon {
namespace {

using std::chrono::steady_clock;

// A reader thread waits so long at most, and there are few: a small log is done by then, and who
// has a large one asks again.
constexpr auto erasing_max = std::chrono::milliseconds(250);

bool is_erased(const Api& api, Seq seq) {
    CREDITD_ASSERT(api.eraser != nullptr);
    return api.followers.wait_for([&] { return api.eraser->erased() >= seq; },
                                  steady_clock::now() + erasing_max);
}

void respond(Call& call, const std::string& body, bool is_done, bool is_replayed) {
    if (!is_done && !call.api().followers.is_healthy()) {
        return call.respond_unavailable(Unavailable::overloaded);
    }
    if (!is_done) call.header_lines += "Retry-After: 2\r\n";
    call.begin_json(is_done ? 200 : 202, is_replayed) += body;
    call.finish();
}

/// `seq`: of the event that says so, which has been answered with `body`.
void respond_when_erased(Call& call, Seq seq, std::string body, bool is_replayed) {
    auto is_done = std::make_shared<bool>(false);
    call.read([&call, seq, is_done] { *is_done = is_erased(call.api(), seq); },
              [&call, is_done, is_replayed, body = std::move(body)] {
                  respond(call, body, *is_done, is_replayed);
              });
}

}  // namespace

void handle_forget(Call& call) {
    auto parsed = parse_body(call, CommandKind::forget, call.parameter());
    if (!parsed) return;
    CommandOperation& operation = new_operation(call, std::move(parsed->body));
    operation.personal = std::move(parsed->personal);
    operation.dry_run = parsed->dry_run;
    if (operation.dry_run) return operation.start();
    operation.answer = [&call, &operation](const Event& event) {
        std::string body;
        const EventRecord record(event, operation.personal);
        render_answer(body, std::span(&record, 1), call.decimals());
        respond_when_erased(call, event.seq, std::move(body), false);
    };
    operation.answer_again = [&call](const RecordedAnswer& recorded) {
        respond_when_erased(call, recorded.seq, recorded.body, true);
    };
    operation.start();
}

}  // namespace creditd::daemon
