// How creditd-replay's commands are declared on its command line, and the reports among them. Part
// of the program, not of the library: tests run the program. One thread.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "replay/tool/commands.hpp"
#include "replay/tool/reports/reports.hpp"

namespace creditd::replay::tool {

/// A command with what every command takes.
CLI::App* add_command(CLI::App& app, CommonOptions& common, const std::string& name,
                      const std::string& what, bool may_be_live);

/// A position, if one was given; false where it is not one.
bool read_position(const std::string& text, std::optional<Position>& position);

/// statement, revenue, diff and what-if.
class ReportCommands {
public:
    void add_to(CLI::App& app, CommonOptions& common);
    /// Nothing: the command is not one of these.
    std::optional<Exit> run(const std::string& name, const CommonOptions& common);

private:
    void add_report_options(CLI::App& command);

    StatementOptions statement_;
    RevenueOptions revenue_;
    DiffOptions diff_;
    WhatIfOptions what_if_;
    ReportOptions report_;
    std::string from_;
    std::string to_;
};

}  // namespace creditd::replay::tool
