// One line on a terminal that shows how far a long replay is: percent, rate, time left. Silent
// where stderr is no terminal. Written by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "replay/recovery.hpp"

namespace creditd::replay {

class ProgressLine {
public:
    ProgressLine();
    /// Wipes the line.
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// Shows it, at most five times a second.
    void show(const RecoveryProgress& progress);

private:
    using Clock = std::chrono::steady_clock;
    void wipe();

    bool is_terminal_;
    bool is_shown_ = false;
    std::string stage_;
    Clock::time_point stage_start_;
    Clock::time_point last_;
};

/// What the line says `seconds` after its stage began.
std::string progress_text(const RecoveryProgress& progress, double seconds);

}  // namespace creditd::replay
