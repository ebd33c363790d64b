// The API's own description as JSON, made from schemas/openapi.yaml when creditd is built.
#pragma once

#include <string>

namespace creditd::daemon {

const std::string& openapi_document();

}  // namespace creditd::daemon
