// creditd: serve | check-config | print-config | version. Reads the command line, wires signals,
// and says with the exit code what happened: 0 fine, 1 failed, 2 usage, 3 damaged data.
#include <signal.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "catalog/catalog_file.hpp"
#include "daemon/app/daemon.hpp"
#include "daemon/app/notify.hpp"
#include "daemon/app/out_of_memory.hpp"
#include "daemon/basics/config.hpp"
#include "daemon/basics/log.hpp"
#include "daemon/outbound/outbound_config.hpp"
#include "daemon/witnesses/witness_config.hpp"

namespace creditd::daemon {
namespace {

enum ExitCode : int { exit_fine = 0, exit_failed = 1, exit_usage = 2 };

struct CommandLine {
    std::string config_file;
    std::string data_dir;
    std::string listen;
    std::string catalog_file;
    bool test_clock = false;
};

ConfigSources sources_of(const CommandLine& line) {
    ConfigSources sources;
    if (!line.config_file.empty()) sources.file = line.config_file;
    sources.environment = process_environment();
    if (!line.data_dir.empty()) {
        sources.flags.push_back({"data-dir", "ledger.data_dir", line.data_dir});
    }
    if (!line.listen.empty()) sources.flags.push_back({"listen", "server.listen", line.listen});
    return sources;
}

int print_errors(const ConfigErrors& errors) {
    for (const ConfigError& error : errors) {
        std::fprintf(stderr, "creditd: %s\n", error.text().c_str());
    }
    return exit_usage;
}

/// Everything that can be known of it before it is used.
std::expected<Config, ConfigErrors> whole_config(const CommandLine& line) {
    auto config = load_config(sources_of(line));
    if (!config) return config;
    ConfigErrors errors = check_outbound(*config);
    std::ranges::move(check_witnesses(*config), std::back_inserter(errors));
    if (!errors.empty()) return std::unexpected(std::move(errors));
    return config;
}

int check_configuration(const CommandLine& line) {
    const auto config = whole_config(line);
    if (!config) return print_errors(config.error());
    if (!line.catalog_file.empty()) {
        const auto decimals = static_cast<unsigned>(config->ledger.decimals);
        if (const auto catalog = read_catalog_file(line.catalog_file, decimals); !catalog) {
            std::fprintf(stderr, "%s\n", catalog.error().c_str());
            return exit_failed;
        }
        std::puts("catalog ok");
    }
    std::puts("configuration ok");
    return exit_fine;
}

int print_configuration(const CommandLine& line) {
    const auto config = load_config(sources_of(line));
    if (!config) return print_errors(config.error());
    std::fputs(print_config(*config).c_str(), stdout);
    return exit_fine;
}

/// Blocked in every thread, so that the main thread alone receives them.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    return signals;
}

void run_until_stopped(Daemon& daemon, const sigset_t& signals) {
    while (true) {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0) continue;
        if (signal == SIGUSR1) {
            daemon.request_snapshot();
        } else if (signal == SIGHUP) {
            daemon.reload();
        } else {
            log_info("stopping", {{"signal", signal}});
            return;
        }
    }
}

int serve(const CommandLine& line) {
    stop_when_memory_ends();
    auto config = whole_config(line);
    if (!config) return print_errors(config.error());
    const sigset_t signals = block_signals();
    if (const std::string error = start_logging(config->log); !error.empty()) {
        std::fprintf(stderr, "creditd: %s\n", error.c_str());
        return exit_failed;
    }
    int code = exit_fine;
    {
        Daemon daemon(std::move(*config), line.catalog_file, line.test_clock);
        if (const auto started = daemon.start(); !started) {
            log_error("start_failed", {{"reason", started.error().message}});
            code = started.error().exit_code;
        } else {
            notify_supervisor("READY=1");
            run_until_stopped(daemon, signals);
            notify_supervisor("STOPPING=1");
            daemon.stop();
        }
    }
    stop_logging();
    return code;
}

int run(int argc, char** argv) {
    CLI::App app{"creditd, an event-sourced credit ledger"};
    app.require_subcommand(1);
    CommandLine line;
    const auto add_options = [&line](CLI::App* command) {
        command->add_option("--config", line.config_file, "configuration file (TOML)");
        command->add_option("--data-dir", line.data_dir, "folder of the ledger");
        command->add_option("--listen", line.listen, "HOST:PORT to serve on");
        return command;
    };
    auto* const serve_command = add_options(app.add_subcommand("serve", "serve a ledger"));
    auto* const check =
        add_options(app.add_subcommand("check-config", "say what is wrong with the configuration"));
    auto* const print = add_options(
        app.add_subcommand("print-config", "print the configuration in force, secrets masked"));
    for (CLI::App* const command : {serve_command, check}) {
        command->add_option("--catalog", line.catalog_file,
                            "catalog file (TOML, or JSON if its name ends with .json)");
    }
    serve_command->add_flag("--test-clock", line.test_clock,
                            "make a ledger whose time an administrator tells, for tests");
    app.add_subcommand("version", "print the version");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? exit_fine : exit_usage;
    }
    if (serve_command->parsed()) return serve(line);
    if (check->parsed()) return check_configuration(line);
    if (print->parsed()) return print_configuration(line);
    std::puts("creditd " CREDITD_VERSION);
    return exit_fine;
}

}  // namespace
}  // namespace creditd::daemon

int main(int argc, char** argv) { return creditd::daemon::run(argc, argv); }
