#include "tests/sim/connection.hpp"

#include "core/assert.hpp"

namespace creditd::sim {

using daemon::http::WireError;

void Connection::send(daemon::http::Service& service, std::string_view bytes) {
    CREDITD_ASSERT(!is_busy_);
    const daemon::http::Options options;
    in_.assign(bytes);
    in_.append(daemon::http::body_padding_bytes, '\0');
    const std::string_view all = std::string_view(in_).substr(0, bytes.size());
    is_busy_ = true;
    daemon::http::HeadScanner scanner;
    const auto head_bytes = scanner.scan(all, options);
    if (!head_bytes) return service.on_wire_error(head_bytes.error(), *this);
    CREDITD_ASSERT(*head_bytes > 0);
    request_.remote_address = "192.0.2.1";
    const auto parsed = daemon::http::parse_head(all.substr(0, *head_bytes), options, request_);
    if (!parsed) return service.on_wire_error(parsed.error(), *this);
    const auto verdict = service.on_head(*this);
    if (!is_busy_) return;
    if (request_.content_length > verdict.body_bytes_max) {
        return service.on_wire_error(WireError::body_too_large, *this);
    }
    request_.body = all.substr(*head_bytes);
    CREDITD_ASSERT(request_.body.size() == request_.content_length);
    service.on_request(*this);
}

std::string& Connection::begin(const daemon::http::ResponseHead& head) {
    CREDITD_ASSERT(is_busy_);
    out_.clear();
    status_ = head.status;
    place_ = daemon::http::render_head(out_, head, head.close);
    return out_;
}

void Connection::finish() {
    CREDITD_ASSERT(is_busy_);
    daemon::http::complete_head(out_, place_, status_, request_.is_head());
    Answer answer;
    answer.status = status_;
    const std::string_view head = std::string_view(out_).substr(0, place_.body);
    answer.is_replayed = head.find("Idempotent-Replayed: true") != std::string_view::npos;
    answer.body = out_.substr(place_.body);
    is_busy_ = false;
    request_ = {};
    answered_(*this, std::move(answer));
}

}  // namespace creditd::sim
