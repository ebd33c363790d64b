#include "daemon/api/call.hpp"

#include <atomic>

#include "daemon/api/command_operation.hpp"
#include "daemon/api/cors.hpp"
#include "daemon/api/payments.hpp"
#include "daemon/basics/http_text.hpp"
#include "daemon/basics/log.hpp"

namespace creditd::daemon {
namespace {

/// Spread over 3 to 7 s, so that callers who were refused together do not come back together.
void append_retry_after(std::string& lines) {
    static std::atomic<unsigned> turn{0};
    lines += "Retry-After: ";
    lines += static_cast<char>('3' + turn.fetch_add(1, std::memory_order_relaxed) % 5);
    lines += "\r\n";
}

}  // namespace

Call::Call() = default;
Call::~Call() = default;
Gate::Gate() = default;
Gate::~Gate() = default;

CommandOperation& Call::new_command() {
    commands_.push_back(gate_->take_command());
    commands_.back()->begin(*this);
    return *commands_.back();
}

void Call::begin(const Api& api, Gate& gate, http::Exchange& exchange) {
    api_ = &api;
    gate_ = &gate;
    exchange_ = &exchange;
    header_lines.clear();
    path.assign(exchange.request().path);
    trace_id.clear();
    key.clear();
    caller = {};
    if (api.cors != nullptr) append_cors_lines(header_lines, *api.cors, exchange.request());
    gate.retire(kept_);
    gate.retire(commands_);
    add_request_id();
}

void Call::add_request_id() {
    header_lines += "X-Request-Id: ";
    if (const auto given = valid_request_id(request().header(http::Header::x_request_id))) {
        header_lines += *given;
    } else {
        append_request_id(header_lines);
    }
    header_lines += "\r\n";
}

std::string& Call::begin_json(unsigned status, bool replayed) {
    if (replayed) header_lines += "Idempotent-Replayed: true\r\n";
    return begin_answer(status, "application/json");
}

void Call::begin_no_content(bool replayed) {
    if (replayed) header_lines += "Idempotent-Replayed: true\r\n";
    begin_answer(204, "");
}

std::string& Call::begin_text(unsigned status, std::string_view content_type) {
    return begin_answer(status, content_type);
}

std::string& Call::begin_answer(unsigned status, std::string_view content_type) {
    status_ = status;
    return exchange_->begin({status, content_type, header_lines});
}

void Call::begin_stream(std::move_only_function<void()> on_gone) {
    status_ = 200;
    log_answer();
    header_lines += "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n";
    exchange_->begin_stream({status_, "text/event-stream", header_lines, true}, std::move(on_gone));
}

void Call::log_answer() const {
    if (!are_requests_logged()) return;
    log_request({{"method", request().method_name},
                 {"path", path},
                 {"status", status_},
                 {"actor", caller.actor},
                 {"remote", request().remote_address}});
}

void Call::finish() {
    log_answer();
    exchange_->finish();
}

void Call::respond_problem(const Problem& problem) {
    if (wants_retry_after(problem.code)) append_retry_after(header_lines);
    if (problem.code == ProblemCode::unauthorized) {
        header_lines += "WWW-Authenticate: Bearer realm=\"creditd\"\r\n";
    }
    Problem complete = problem;
    complete.instance = path;
    std::string& out = begin_answer(problem_info(problem.code).status, problem_content_type);
    render_problem(out, complete);
    finish();
}

void Call::respond_problem(ProblemCode code, std::string_view detail) {
    Problem problem;
    problem.code = code;
    problem.detail = detail;
    respond_problem(problem);
}

void Call::respond_refusal(const Refusal& refusal, std::uint32_t index, bool in_batch,
                           bool replayed) {
    if (replayed) header_lines += "Idempotent-Replayed: true\r\n";
    std::string members = refusal_members(refusal, decimals());
    if (in_batch) {
        members += members.empty() ? "\"index\":" : ",\"index\":";
        members += std::to_string(index);
    }
    Problem problem;
    problem.code = problem_of(refusal.code);
    problem.extra_members = members;
    respond_problem(problem);
}

void Call::respond_unavailable(Unavailable reason) { respond_problem(problem_of(reason)); }

void Call::submit(Operation& to_submit) {
    to_submit.home = &exchange_->io_thread();
    gate_->add(to_submit, *this);
    if (gate_->is_full()) gate_->hand_over(api_->engine);
}

void Call::read(std::move_only_function<void()> work, std::move_only_function<void()> then) {
    http::IoThread& home = exchange_->io_thread();
    std::move_only_function<void()> task = [&home, work = std::move(work),
                                            then = std::move(then)]() mutable {
        work();
        home.post(std::move(then));
    };
    if (!api_->readers.run(task)) respond_unavailable(Unavailable::overloaded);
}

void Call::fetch(HttpRequest request, std::move_only_function<void(HttpResult)> then) {
    http::IoThread& home = exchange_->io_thread();
    auto shared = std::make_shared<std::move_only_function<void(HttpResult)>>(std::move(then));
    api_->payments->send(std::move(request), [&home, shared](HttpResult result) {
        home.post([shared, result = std::move(result)]() mutable { (*shared)(std::move(result)); });
    });
}

void Gate::retire(std::vector<std::unique_ptr<Operation>>& operations) {
    for (auto& operation : operations) retired_.push_back(std::move(operation));
    operations.clear();
}

void Gate::retire(std::vector<std::unique_ptr<CommandOperation>>& operations) {
    for (auto& operation : operations) retired_commands_.push_back(std::move(operation));
    operations.clear();
}

void Gate::bury_retired() {
    retired_.clear();
    for (auto& operation : retired_commands_) {
        if (spare_.size() == spare_max) break;
        spare_.push_back(std::move(operation));
        spare_.back()->clear();
    }
    retired_commands_.clear();
}

std::unique_ptr<CommandOperation> Gate::take_command() {
    if (spare_.empty()) return std::make_unique<CommandOperation>();
    auto taken = std::move(spare_.back());
    spare_.pop_back();
    return taken;
}

void Gate::hand_over(Engine& engine) {
    if (operations_.empty()) return;
    if (!engine.submit(operations_)) {
        for (Call* call : calls_) call->respond_unavailable(Unavailable::overloaded);
    }
    operations_.clear();
    calls_.clear();
}

}  // namespace creditd::daemon
