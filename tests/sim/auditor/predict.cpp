// auditor_predict: the auditor behind standard input and output, one line each way.
//   do NOW WISH        predicts and carries out: the outcome as JSON
//   undo               forgets the last `do`
//   learn ?7 grt_42    the id of a placeholder
// Answers `ok` or `error: why` where there is no outcome.
#include <exception>
#include <iostream>
#include <string>

#include "tests/sim/auditor/auditor.hpp"
#include "tests/sim/auditor/lines.hpp"

namespace {

using creditd::sim::Auditor;

struct Desk {
    Auditor now;
    Auditor before;

    std::string answer(const std::string& line) {
        const std::size_t first = line.find(' ');
        const std::string word = line.substr(0, first);
        if (word == "undo") {
            now = before;
            return "ok";
        }
        const std::size_t second = line.find(' ', first + 1);
        if (second == std::string::npos) return "error: unknown line";
        const std::string middle = line.substr(first + 1, second - first - 1);
        const std::string rest = line.substr(second + 1);
        if (word == "learn") {
            const std::string trouble = now.learn(middle, rest);
            return trouble.empty() ? "ok" : "error: " + trouble;
        }
        if (word != "do") return "error: unknown word";
        before = now;
        const auto outcome = now.execute(std::stoll(middle), creditd::sim::read_wish(rest));
        if (!now.violation().empty()) return "error: " + now.violation();
        return creditd::sim::write_outcome(outcome);
    }
};

}  // namespace

int main() {
    Desk desk;
    std::string line;
    while (std::getline(std::cin, line)) {
        try {
            std::cout << desk.answer(line) << std::endl;
        } catch (const std::exception& error) {
            std::cout << "error: " << error.what() << std::endl;
        }
    }
    return 0;
}
