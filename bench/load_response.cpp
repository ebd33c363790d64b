#include "bench/load_response.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace creditd::bench {

namespace {

constexpr std::string_view item_mark = "\"status\":";
constexpr std::string_view length_name = "content-length:";
constexpr std::size_t sample_bytes_max = 400;
constexpr std::size_t head_bytes_max = 64 * 1024;

/// The value of Content-Length, or npos.
std::size_t content_length(std::string_view head) {
    for (std::size_t at = head.find('\n'); at != std::string_view::npos;
         at = head.find('\n', at + 1)) {
        const std::string_view line = head.substr(at + 1);
        if (line.size() <= length_name.size() ||
            strncasecmp(line.data(), length_name.data(), length_name.size()) != 0) {
            continue;
        }
        std::size_t first = length_name.size();
        while (first < line.size() && line[first] == ' ') {
            ++first;
        }
        std::size_t value = 0;
        const auto parsed = std::from_chars(line.data() + first, line.data() + line.size(), value);
        return parsed.ec == std::errc{} ? value : std::string_view::npos;
    }
    return std::string_view::npos;
}

unsigned status_of(std::string_view head) {
    if (head.size() < 12 || !head.starts_with("HTTP/1.1 ")) {
        return 0;
    }
    unsigned status = 0;
    std::from_chars(head.data() + 9, head.data() + 12, status);
    return status;
}

}  // namespace

void ItemCounter::count(std::string_view bytes) {
    // memmem, not find(): JSON is full of quotes, and find() stops at each of them.
    const char* const end = bytes.data() + bytes.size();
    const char* at = bytes.data();
    while (at < end) {
        const auto left = static_cast<std::size_t>(end - at);
        at = static_cast<const char*>(memmem(at, left, item_mark.data(), item_mark.size()));
        if (at == nullptr) {
            return;
        }
        at += item_mark.size();
        if (at < end && *at >= '1' && *at <= '5') {
            ++(*at == '2' ? succeeded : failed);
        }
    }
}

void ItemCounter::feed(std::string_view bytes) {
    // A match (mark and digit) that begins in the kept tail ends in the first bytes of this piece;
    // it is longer than the tail and than those bytes, so none is counted twice.
    if (bytes.size() <= item_mark.size()) {
        tail_ += bytes;
        count(tail_.size() > item_mark.size() ? std::string_view{tail_} : std::string_view{});
    } else {
        tail_ += bytes.substr(0, item_mark.size());
        count(tail_);
        count(bytes);
        tail_ = bytes.substr(bytes.size() - item_mark.size());
    }
    tail_.erase(0, tail_.size() - std::min(tail_.size(), item_mark.size()));
}

bool ResponseScanner::take_head(std::string_view& bytes, Scanned& scanned) {
    std::string_view head = bytes;
    if (!head_.empty()) {
        head_ += bytes;
        head = head_;
    }
    const std::size_t end = head.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        scanned.broken = head.size() > head_bytes_max;
        if (head_.empty()) {
            head_ = bytes;
        }
        bytes = {};
        return false;
    }
    const std::size_t before = head.size() - bytes.size();
    head = head.substr(0, end + 2);
    status_ = status_of(head);
    body_left_ = content_length(head);
    scanned.broken = status_ == 0 || body_left_ == std::string_view::npos;
    bytes.remove_prefix(end + 4 - before);
    head_.clear();
    sample_.clear();
    return !scanned.broken;
}

Scanned ResponseScanner::next(std::string_view& bytes) {
    Scanned scanned;
    if (status_ == 0 && !take_head(bytes, scanned)) {
        return scanned;
    }
    const std::string_view body = bytes.substr(0, body_left_);
    if (items_ != nullptr) {
        items_->feed(body);
    }
    if (status_ >= 300 && sample_.size() < sample_bytes_max) {
        sample_ += body.substr(0, sample_bytes_max - sample_.size());
    }
    body_left_ -= body.size();
    bytes.remove_prefix(body.size());
    if (body_left_ == 0) {
        scanned.status = status_;
        status_ = 0;
        if (items_ != nullptr) {
            items_->reset();
        }
    }
    return scanned;
}

}  // namespace creditd::bench
