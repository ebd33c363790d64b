// The text of a configuration file: it is read, or every fault has a place and a sentence. What was
// read can be printed, and the printed text means the same.
#include "daemon/basics/config.hpp"
#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/support.hpp"

using namespace creditd::daemon;
using creditd::tests::MemoryFile;
using creditd::tests::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // It names another file, which may be any device of this machine.
    if (text.find("admin_key_file") != std::string_view::npos) return 0;
    const MemoryFile file(text);
    const auto loaded = load_config({.file = file.path().string()});
    const ConfigErrors errors = check_config({.file = file.path().string()});
    require(loaded.has_value() == errors.empty(), "check_config and load_config agree");
    for (const ConfigError& error : errors) {
        require(!error.message.empty(), "every fault has a sentence");
    }
    if (!loaded) return 0;
    const std::string printed = print_config(*loaded);
    const MemoryFile again(printed);
    const auto reloaded = load_config({.file = again.path().string()});
    require(reloaded.has_value(), "a printed configuration can be read");
    require(print_config(*reloaded) == printed, "a printed configuration means the same");
    return 0;
}
