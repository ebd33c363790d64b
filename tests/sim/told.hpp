// What clients have been told of transactions: each has one form for ever, whether a write, a look
// at it or a list shows it; and a list leaves out nothing that anybody knew of when it was asked
// for.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/sim/json.hpp"
#include "tests/sim/workload.hpp"

namespace creditd::sim {

class Told {
public:
    /// `heard`: the number of the answer; `known`: of the last one before the request was sent.
    /// Throws Failure.
    void hear(const Request& request, unsigned status, const Json& body, std::uint64_t heard,
              std::uint64_t known);

private:
    struct One {
        Json form;
        std::uint64_t heard = 0;
    };
    using OfAccount = std::map<std::uint64_t, One>;  // by seq

    void learn(const Request& request, const Json& form, std::uint64_t heard);
    void check_list(const Request& request, const Json& body, std::uint64_t known) const;

    std::map<std::string, OfAccount> accounts_;
};

}  // namespace creditd::sim
