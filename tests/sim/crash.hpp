// A crash of the simulated process: thrown at an await point, caught by the simulation, which then
// throws the daemon away and starts another one on what the disk has kept. Not an error of anybody.
#pragma once

#include <string>

namespace creditd::sim {

/// Deliberately not a std::exception: nobody but the simulation may catch it.
struct Crash {
    std::string where;
};

/// A check of the simulation has failed.
struct Failure {
    std::string check;
    std::string what;
};

/// Counts await points down to the next crash.
class CrashTimer {
public:
    /// The `count`-th await point from now crashes; 0: none does.
    void arm(unsigned count) { left_ = count; }
    bool is_armed() const { return left_ > 0; }

    void await_point(const char* where) {
        if (left_ > 0 && --left_ == 0) throw Crash{where};
    }

private:
    unsigned left_ = 0;
};

}  // namespace creditd::sim
