// One request on its way through the daemon, and the operations that it reuses from request to
// request on the same connection. Belongs to its io thread; only its operations travel.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/assert.hpp"
#include "daemon/api/context.hpp"
#include "daemon/api/problems.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/http/exchange.hpp"
#include "daemon/outbound/http_client.hpp"

namespace creditd::daemon {

class CommandOperation;
class Gate;

class Call final : public http::UserState {
public:
    Call();
    ~Call() override;

    /// Starts on a new request of the connection.
    void begin(const Api& api, Gate& gate, http::Exchange& exchange);

    const Api& api() const { return *api_; }
    /// Where the routes of payments are, this is.
    const Payments& payments() const {
        CREDITD_ASSERT(api_->payments != nullptr);
        return *api_->payments;
    }
    http::Exchange& exchange() { return *exchange_; }
    const http::Request& request() const { return exchange_->request(); }
    const std::string& parameter() const { return match.parameters[0]; }
    const std::string& second_parameter() const { return match.parameters[1]; }
    unsigned decimals() const { return api_->engine.decimals(); }

    // --- answers: each ends the request ----------------------------------------------------------
    /// Begins a JSON answer: append the body to what it returns, then call `finish`.
    std::string& begin_json(unsigned status, bool replayed = false);
    /// Begins a 204: there is nothing to append.
    void begin_no_content(bool replayed = false);
    /// An answer of events that goes on; see Exchange::begin_stream. Ends by exchange().finish().
    void begin_stream(std::move_only_function<void()> on_gone);
    std::string& begin_text(unsigned status, std::string_view content_type);
    void finish();
    void respond_problem(const Problem& problem);
    void respond_problem(ProblemCode code, std::string_view detail = {});
    void respond_refusal(const Refusal& refusal, std::uint32_t index, bool in_batch,
                         bool replayed = false);
    void respond_unavailable(Unavailable reason);
    /// Further headers of the answer, each line with CRLF; set before beginning it.
    std::string header_lines;

    // --- work ------------------------------------------------------------------------------------
    /// Hands an operation to the ledger with the next group; answers 503 itself if it is full.
    void submit(Operation& operation);
    /// Runs `work` on a reader thread, then `then` back here; answers 503 itself if it cannot.
    void read(std::move_only_function<void()> work, std::move_only_function<void()> then);

    /// Sends a request to a payment provider, then `then` back here with what came of it.
    void fetch(HttpRequest request, std::move_only_function<void(HttpResult)> then);

    RouteMatch match;
    Caller caller;
    std::string path;  // for `instance`
    std::string trace_id;
    std::string key;  // Idempotency-Key, normalised

    /// Keeps an operation until the request is answered, and a little longer (see Gate::retire).
    void keep(std::unique_ptr<Operation> operation) { kept_.push_back(std::move(operation)); }
    /// An empty command operation, kept like the others, then used again by another call.
    CommandOperation& new_command();

private:
    void add_request_id();
    void log_answer() const;
    std::string& begin_answer(unsigned status, std::string_view content_type);

    const Api* api_ = nullptr;
    Gate* gate_ = nullptr;
    http::Exchange* exchange_ = nullptr;
    unsigned status_ = 0;  // of the answer that was begun
    std::vector<std::unique_ptr<Operation>> kept_;
    std::vector<std::unique_ptr<CommandOperation>> commands_;
};

/// Gathers the operations of one io thread, so that the ledger gets them in groups. One a thread.
class Gate {
public:
    Gate();
    ~Gate();

    void add(Operation& operation, Call& call) {
        operations_.push_back(&operation);
        calls_.push_back(&call);
    }
    /// Takes operations whose request is answered. They are destroyed by `bury_retired`, when no
    /// completion of theirs can be on the stack any more: answering a request may begin the next.
    void retire(std::vector<std::unique_ptr<Operation>>& operations);
    /// Command operations are not destroyed but become spare.
    void retire(std::vector<std::unique_ptr<CommandOperation>>& operations);
    void bury_retired();
    /// A command operation that nobody uses: a spare one, or a new one.
    std::unique_ptr<CommandOperation> take_command();
    bool is_empty() const { return operations_.empty(); }
    bool is_full() const { return operations_.size() >= group_max; }
    /// Hands over what was gathered; calls whose group is refused are answered.
    void hand_over(Engine& engine);

private:
    static constexpr std::size_t group_max = 8;
    static constexpr std::size_t spare_max = 1024;
    std::vector<Operation*> operations_;
    std::vector<Call*> calls_;
    std::vector<std::unique_ptr<Operation>> retired_;
    std::vector<std::unique_ptr<CommandOperation>> retired_commands_;
    std::vector<std::unique_ptr<CommandOperation>> spare_;
};

}  // namespace creditd::daemon
