// What may arrive on a connection, and what must come back: tables of requests and outcomes.
// The tables are in framing_length_cases.cpp and framing_head_cases.cpp; framing_test.cpp runs
// them.
#pragma once

#include <string>
#include <vector>

namespace creditd::daemon::http::testing {

enum class After {
    open,     // the connection is in step: one more request gets exactly one more answer
    closed,   // the server closes by itself
    waiting,  // nothing yet: the server waits for more, and closes silently at the end of the
              // stream
};

struct FramingCase {
    const char* name;
    std::string bytes;
    std::vector<unsigned> statuses;  // of all answers, in order
    After after;
};

// framing_length_cases.cpp: where does the body end?
extern const std::vector<FramingCase> plain_cases;
extern const std::vector<FramingCase> pipelining_cases;
extern const std::vector<FramingCase> transfer_encoding_cases;
extern const std::vector<FramingCase> content_length_cases;
// framing_head_cases.cpp: is the head well-formed?
extern const std::vector<FramingCase> host_cases;
extern const std::vector<FramingCase> header_cases;
extern const std::vector<FramingCase> request_line_cases;
extern const std::vector<FramingCase> size_cases;
extern const std::vector<FramingCase> unfinished_cases;

/// Follows many a case: if it is ever answered, somebody was fooled about where a body ends.
inline const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

inline std::string get(const std::string& lines) { return "GET / HTTP/1.1\r\n" + lines + "\r\n"; }

inline std::string post(const std::string& lines, const std::string& body = {}) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n" + body;
}

inline std::string repeated(int times, const char* text) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace creditd::daemon::http::testing
