// The API's own description as JSON, one string for the life of the process,
// made from schemas/openapi.yaml when creditd is built. Any thread.
#pragma once

#include <string>

namespace creditd::daemon {

const std::string& openapi_document();

}  // namespace creditd::daemon
