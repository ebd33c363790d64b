#include "daemon/api/operations.hpp"

#include "text/json_writer.hpp"

namespace creditd::daemon {

void handle_livez(Call& call) {
    call.begin_text(200, "text/plain; charset=utf-8") += "ok\n";
    call.finish();
}

// Ready means: recovered and answering. It stays so while only writes are refused; ?verbose says
// what is wrong then.
void handle_readyz(Call& call) {
    const bool verbose = call.request().query.starts_with("verbose");
    std::string text;
    const bool is_ready = call.api().write_readiness(text, verbose);
    call.begin_text(is_ready ? 200 : 503, "text/plain; charset=utf-8") += text;
    call.finish();
}

void handle_metrics(Call& call) {
    call.api().write_metrics(call.begin_text(200, "text/plain; version=0.0.4; charset=utf-8"));
    call.finish();
}

void handle_version(Call& call) {
    JsonWriter json(call.begin_json(200));
    json.begin_object();
    json.text("name", "creditd");
    json.text("version", CREDITD_VERSION);
    json.integer("log_format", 1);
    json.end_object();
    call.finish();
}

void handle_openapi(Call& call) {
    call.begin_json(200) += call.api().openapi;
    call.finish();
}

void handle_widget(Call& call) {
    // Pages of other origins load it, pages under Cross-Origin-Embedder-Policy too.
    call.header_lines +=
        "Cache-Control: public, max-age=3600\r\nX-Content-Type-Options: nosniff\r\n"
        "Cross-Origin-Resource-Policy: cross-origin\r\n";
    call.begin_text(200, "text/javascript; charset=utf-8") += call.api().widget;
    call.finish();
}

void handle_problem_page(Call& call) {
    const auto code = problem_by_slug(call.parameter());
    if (!code) {
        call.respond_problem(ProblemCode::route_not_found);
        return;
    }
    call.begin_text(200, "text/html; charset=utf-8") += problem_page(*code);
    call.finish();
}

}  // namespace creditd::daemon
