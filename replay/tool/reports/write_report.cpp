#include <cerrno>
#include <cstring>

#include "replay/tool/reports/reports.hpp"

namespace creditd::replay::tool {

Exit write_report(const CommonOptions& options, const ReportOptions& report,
                  const std::string& text) {
    Output output(report.output);
    if (!output.is_open()) {
        return fail(options, Exit::usage, report.output.string() + ": " + std::strerror(errno));
    }
    output.text() = text;
    if (!output.drain(true)) return fail(options, Exit::failed_check, "writing the report failed");
    return Exit::fine;
}

}  // namespace creditd::replay::tool
