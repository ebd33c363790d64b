// The calls of operators: health, metrics, version, the API's own description, problem pages.
// None needs a key; none touches the ledger thread.
#pragma once

#include "daemon/api/call.hpp"

namespace creditd::daemon {

void handle_livez(Call& call);
void handle_readyz(Call& call);
void handle_metrics(Call& call);
void handle_version(Call& call);
void handle_openapi(Call& call);
/// The custom element that shows a balance on any page.
void handle_widget(Call& call);
void handle_problem_page(Call& call);

}  // namespace creditd::daemon
