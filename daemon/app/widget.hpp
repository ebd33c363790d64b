// The script at /widget.js, a custom element that shows an account's balance on any page; made from
// widget.js when creditd is built. Any thread.
#pragma once

#include <string_view>

namespace creditd::daemon {

std::string_view widget_script();

}  // namespace creditd::daemon
