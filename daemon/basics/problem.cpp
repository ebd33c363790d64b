#include "daemon/basics/problem.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

constexpr std::string_view type_prefix = "/problems/";

/// Of several wrong fields, say the first in the sentence that most clients show.
std::string detail_of(const FieldError& first, std::string_view general) {
    return std::string(general) + " First: " + first.pointer + " " + first.detail + ".";
}

void write_errors(JsonWriter& json, std::span<const FieldError> errors) {
    json.begin_array("errors");
    for (const FieldError& error : errors) {
        json.begin_object();
        json.lossy_text("pointer", error.pointer);
        json.lossy_text("detail", error.detail);
        json.end_object();
    }
    json.end_array();
}

void append_html_text(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '<') out += "&lt;";
        else if (c == '&') out += "&amp;";
        else out += c;
    }
}

std::string_view advice_for(const ProblemInfo& info) {
    if (wants_retry_after(info.code)) {
        return "Nothing was recorded. Send the same request with the same Idempotency-Key again "
               "after the seconds that the Retry-After header names.";
    }
    if (info.status == 402 || info.status == 409 || info.status == 422) {
        return "The answer is final for this Idempotency-Key. After the cause is gone, send the "
               "request with a new key.";
    }
    return "Nothing was recorded. Correct the request before sending it again.";
}

}  // namespace

bool wants_retry_after(ProblemCode code) {
    const std::uint16_t status = problem_info(code).status;
    return status == 429 || status == 503;
}

ProblemCode problem_of(FieldFault fault) {
    switch (fault) {
        case FieldFault::invalid: return ProblemCode::invalid_request;
        case FieldFault::amount_precision: return ProblemCode::amount_precision;
        case FieldFault::amount_range: return ProblemCode::amount_range;
    }
    CREDITD_ASSERT(false);
    return ProblemCode::invalid_request;
}

void render_problem(std::string& out, const Problem& problem) {
    const ProblemInfo& info = problem_info(problem.code);
    JsonWriter json(out);
    json.begin_object();
    json.key("type");
    std::string type(type_prefix);
    type += problem_slug(problem.code);
    json.text(type);
    json.text("title", info.title);
    json.integer("status", info.status);
    if (!problem.detail.empty()) json.lossy_text("detail", problem.detail);
    else if (problem.errors.empty()) json.text("detail", info.detail);
    else json.lossy_text("detail", detail_of(problem.errors.front(), info.detail));
    if (!problem.instance.empty()) json.lossy_text("instance", problem.instance);
    json.text("code", info.name);
    if (!problem.extra_members.empty()) json.raw(problem.extra_members);
    if (!problem.errors.empty()) write_errors(json, problem.errors);
    json.end_object();
}

std::string problem_slug(ProblemCode code) {
    std::string slug(problem_info(code).name);
    std::ranges::replace(slug, '_', '-');
    return slug;
}

std::optional<ProblemCode> problem_by_slug(std::string_view slug) {
    for (const ProblemInfo& info : problem_table()) {
        if (problem_slug(info.code) == slug) return info.code;
    }
    return std::nullopt;
}

std::string problem_page(ProblemCode code) {
    const ProblemInfo& info = problem_info(code);
    std::string page = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>";
    append_html_text(page, info.name);
    page += "</title></head>\n<body><h1>";
    append_html_text(page, info.title);
    page += "</h1>\n<p><code>";
    append_html_text(page, info.name);
    page += "</code>, status " + std::to_string(info.status) + "</p>\n<p>";
    append_html_text(page, info.detail);
    page += "</p>\n<p>";
    append_html_text(page, advice_for(info));
    page += "</p>\n</body></html>\n";
    return page;
}

}  // namespace creditd::daemon
