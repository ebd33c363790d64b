// The application behind the HTTP layer: who asks, for which route, and then the route's handler.
// Called on io threads; keeps nothing but what each io thread gathers for the ledger.
#pragma once

#include <vector>

#include "daemon/api/call.hpp"
#include "daemon/http/service.hpp"

namespace creditd::daemon {

class ApiService final : public http::Service {
public:
    /// `turn_engine`: in the thread layout where the io thread is the ledger, its turn.
    ApiService(const Api& api, unsigned io_threads, bool turn_engine);

    http::HeadVerdict on_head(http::Exchange& exchange) override;
    void on_request(http::Exchange& exchange) override;
    void on_idle(http::IoThread& thread) override;
    void on_wire_error(http::WireError error, http::Exchange& exchange) override;
    void on_exception(std::string_view what) noexcept override;

private:
    bool authenticate(Call& call);
    bool check_head(Call& call);

    const Api& api_;
    std::vector<Gate> gates_;  // one an io thread
    const bool turn_engine_;
};

}  // namespace creditd::daemon
