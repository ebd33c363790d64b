#include <cerrno>
#include <cstring>

#include "replay/tool/backup/s3_target.hpp"
#include "replay/tool/reports/reports.hpp"
#include "text/time_text.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::string_view bucket_prefix = "s3://";

std::string_view media_type(ReportFormat format) {
    switch (format) {
        case ReportFormat::json: return "application/json";
        case ReportFormat::csv: return "text/csv; charset=utf-8";
        case ReportFormat::text: break;
    }
    return "text/plain; charset=utf-8";
}

/// Puts the report into a bucket, and prints an address that whoever is to read it may be given.
Exit share_report(const CommonOptions& options, const ReportOptions& report,
                  const std::string& text) {
    const auto length = parse_duration(report.share.empty() ? "1d" : report.share);
    const std::int64_t seconds = length ? length->value / Duration::seconds(1).value : 0;
    if (seconds < 1 || seconds > presigned_seconds_max) {
        return fail(options, Exit::usage, "--share is a length from 1s to 7d, such as 12h");
    }
    const std::string name = report.output.string();
    const std::size_t slash = name.rfind('/');
    if (slash < bucket_prefix.size() || slash + 1 == name.size()) {
        return fail(options, Exit::usage, "a report in a bucket is written s3://BUCKET/NAME");
    }
    auto place = read_s3_place(name.substr(0, slash));
    if (!place) return fail(options, Exit::usage, place.error());
    S3Target target(std::move(*place));
    const std::string file = name.substr(slash + 1);
    if (auto done = target.put_report(file, text, media_type(report.format)); !done) {
        return fail(options, Exit::failed_check, done.error().detail);
    }
    std::printf("%s\n", target.shared_address(file, seconds).c_str());
    return Exit::fine;
}

}  // namespace

Exit write_report(const CommonOptions& options, const ReportOptions& report,
                  const std::string& text) {
    if (report.output.string().starts_with(bucket_prefix))
        return share_report(options, report, text);
    if (!report.share.empty()) {
        return fail(options, Exit::usage, "--share is for what goes to s3://BUCKET/NAME");
    }
    Output output(report.output);
    if (!output.is_open()) {
        return fail(options, Exit::usage, report.output.string() + ": " + std::strerror(errno));
    }
    output.text() = text;
    if (!output.drain(true)) return fail(options, Exit::failed_check, "writing the report failed");
    return Exit::fine;
}

}  // namespace creditd::replay::tool
