#include "replay/progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace creditd::replay {
namespace {

constexpr std::chrono::milliseconds period{200};
constexpr double patience_seconds = 0.5;  // before the time left is anything but noise

std::string rate_text(std::string_view stage, double rate) {
    if (stage == "snapshot") return fmt::format("{:.0f} MB/s", rate / 1e6);
    return rate >= 1e6 ? fmt::format("{:.2f} M events/s", rate / 1e6)
                       : fmt::format("{:.0f} k events/s", rate / 1e3);
}

}  // namespace

std::string progress_text(const RecoveryProgress& progress, double seconds) {
    const double total = std::max<double>(1, static_cast<double>(progress.total));
    const auto done = static_cast<double>(progress.done);
    std::string text = fmt::format("{}: {:.0f} %", progress.stage, 100 * done / total);
    if (seconds < patience_seconds || progress.done == 0) return text;
    const double rate = done / seconds;
    const auto left = static_cast<std::uint64_t>((total - done) / rate + 0.5);
    return text + fmt::format(", {}, {}:{:02} left", rate_text(progress.stage, rate), left / 60,
                              left % 60);
}

ProgressLine::ProgressLine() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { wipe(); }

void ProgressLine::wipe() {
    if (is_shown_) std::fputs("\r\033[K", stderr);
    is_shown_ = false;
}

void ProgressLine::show(const RecoveryProgress& progress) {
    if (!is_terminal_) return;
    const auto now = Clock::now();
    if (stage_ != progress.stage) {
        stage_ = progress.stage;
        stage_start_ = now;
    } else if (now - last_ < period && !progress.is_last) {
        return;
    }
    last_ = now;
    const double seconds = std::chrono::duration<double>(now - stage_start_).count();
    wipe();
    if (progress.is_last) return;
    std::fputs(progress_text(progress, seconds).c_str(), stderr);
    std::fflush(stderr);
    is_shown_ = true;
}

}  // namespace creditd::replay
