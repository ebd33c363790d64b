#include "daemon/basics/log.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/support/temporary_folder.hpp"
#include "text/json_tape.hpp"

namespace creditd::daemon {
namespace {

std::string line(LogFormat format, std::string_view event, LogFields fields) {
    std::string out;
    append_log_line(out, format, Timestamp{1'795'212'000'123'456}, LogLevel::warning, event,
                    fields);
    return out;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos;) {
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    EXPECT_EQ(begin, text.size()) << "the last line has no end";
    return lines;
}

const std::vector<std::string> hostile_texts = {
    "plain",
    "",
    "with \"quotes\" and \\",
    "two\nlines",
    "\r\n{\"level\":\"forged\"}",
    std::string("nul\0inside", 10),
    "\xff\xfe invalid \xc3\x28 utf-8",
    "\x1b[31mred\x1b[0m",
    "line\xe2\x80\xa8separator",
    "next\xc2\x85line",
    "tab\tend\x7f",
    "emoji \xf0\x9f\x98\x80",
    "\xed\xa0\x80 surrogate",
    std::string(5000, '"'),
};

TEST(LogLine, IsOneJsonObject) {
    EXPECT_EQ(line(LogFormat::json, "disk_low",
                   {{"path", "/data"}, {"free_bytes", 12u}, {"delta", -3}, {"full", false}}),
              R"({"ts":"2026-11-20T22:00:00.123456Z","level":"warning","event":"disk_low",)"
              R"("path":"/data","free_bytes":12,"delta":-3,"full":false})");
}

TEST(LogLine, TextIsForPeople) {
    EXPECT_EQ(line(LogFormat::text, "listening", {{"address", "127.0.0.1:80"}, {"why", "a b"}}),
              "2026-11-20T22:00:00.123456Z warning listening address=127.0.0.1:80 why=\"a b\"");
}

TEST(LogLine, HostileValuesStayInTheirField) {
    JsonDocument document;
    for (const std::string& text : hostile_texts) {
        const std::string json = line(LogFormat::json, text, {{"value", text}});
        for (const char c : json) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << json;
        const auto parsed = document.parse(json);
        // The reader refuses U+0000 even when escaped; the line is valid JSON all the same.
        if (text.find('\0') == std::string::npos) {
            ASSERT_TRUE(parsed.has_value()) << json << parsed.error().detail;
            EXPECT_EQ(parsed->size(), 4u);
        }
        const std::string people = line(LogFormat::text, "event", {{"value", text}});
        for (const char c : people) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << people;
    }
}

TEST(Log, WritesOneLineAnEventFromManyThreads) {
    const tests::TemporaryFolder folder;
    const std::string file = folder.file("log");
    ASSERT_EQ(start_logging({.level = LogLevel::debug, .requests = true, .file = file}), "");
    std::vector<std::thread> threads;
    threads.reserve(16);
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([t] {
            for (int i = 0; i < 250; ++i) {
                log_debug("step", {{"thread", t}, {"text", hostile_texts[8]}});
                log_request({{"path", "/v1/\"x\"\n"}, {"status", 200}});
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    flush_log();
    JsonDocument document;
    const auto lines = lines_of(tests::text_of_file(file));
    EXPECT_EQ(lines.size() + dropped_log_lines(), 2000u);
    for (const std::string& one : lines) EXPECT_TRUE(document.parse(one).has_value()) << one;
    stop_logging();
}

TEST(Log, PythonReadsEveryLine) {
    const tests::TemporaryFolder folder;
    const std::string file = folder.file("log");
    ASSERT_EQ(start_logging({.file = file}), "");
    for (const std::string& text : hostile_texts) log_error("hostile", {{"value", text}});
    stop_logging();
    const std::string script = "import json; rows=[json.loads(l) for l in open('" + file +
                               "', encoding='utf-8', newline='\\n')]; "
                               "assert len(rows)==" +
                               std::to_string(hostile_texts.size()) +
                               "; assert all(set(r)=={'ts','level','event','value'} for r in rows)";
    EXPECT_EQ(std::system(("python3 -c \"" + script + "\"").c_str()), 0);
}

TEST(Log, HasLevelsAndASwitchForRequests) {
    const tests::TemporaryFolder folder;
    const std::string file = folder.file("log");
    ASSERT_EQ(start_logging({.level = LogLevel::warning, .file = file}), "");
    log_debug("a");
    log_info("b");
    log_request({{"path", "/"}});
    log_warning("c");
    log_error("d");
    EXPECT_FALSE(is_logged(LogLevel::info));
    stop_logging();
    EXPECT_EQ(lines_of(tests::text_of_file(file)).size(), 2u);
    log_error("after the end it goes to standard error");
}

TEST(Log, SaysWhyAFileCannotBeOpened) {
    EXPECT_NE(start_logging({.file = "/nonexistent/folder/log"}), "");
}

TEST(Log, CanStartAgainAndAppends) {
    const tests::TemporaryFolder folder;
    const std::string file = folder.file("log");
    for (int round = 0; round < 3; ++round) {
        ASSERT_EQ(start_logging({.file = file}), "");
        log_info("round", {{"n", round}});
    }
    stop_logging();
    EXPECT_EQ(lines_of(tests::text_of_file(file)).size(), 3u);
}

}  // namespace
}  // namespace creditd::daemon
