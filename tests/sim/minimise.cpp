#include "tests/sim/minimise.hpp"

namespace creditd::sim {
namespace {

constexpr unsigned runs_max = 200;

class Search {
public:
    Search(const SimulationOptions& failing, std::string check)
        : best_(failing), check_(std::move(check)) {}

    SimulationOptions shortest() {
        shorten();
        drop_faults();
        for (unsigned size = best_.operations / 2; size > 0; size /= 2) mute(size);
        return best_;
    }

private:
    /// Takes the options over if they fail by the same check: another failure is another story.
    bool offer(const SimulationOptions& options) {
        if (runs_ >= runs_max) return false;
        ++runs_;
        if (run(options).check != check_) return false;
        best_ = options;
        return true;
    }

    void shorten() {
        for (unsigned step = best_.operations / 2; step > 0; step /= 2) {
            SimulationOptions options = best_;
            options.operations -= std::min(step, options.operations - 1);
            offer(options);
        }
    }

    void drop_faults() {
        for (std::size_t i = 0; i < faults_count; ++i) {
            const auto fault = static_cast<Fault>(i);
            if (!best_.swarm.has(fault)) continue;
            SimulationOptions options = best_;
            options.swarm.drop(fault);
            offer(options);
        }
    }

    void mute(unsigned size) {
        for (unsigned first = 0; first < best_.operations; first += size) {
            SimulationOptions options = best_;
            for (unsigned i = first; i < first + size; ++i) options.muted.insert(i);
            if (options.muted.size() > best_.muted.size()) offer(options);
        }
    }

    SimulationOptions best_;
    const std::string check_;
    unsigned runs_ = 0;
};

}  // namespace

SeedOutcome minimise(const SimulationOptions& failing) {
    return run(Search(failing, run(failing).check).shortest(), true);
}

}  // namespace creditd::sim
