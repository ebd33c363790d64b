#include "daemon/webhooks/webhook_store.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>

#include "replay/database.hpp"
#include "replay/text_lines.hpp"

namespace creditd::daemon {
namespace {

constexpr const char* used_key = "u";

// Keys: `u`; `o` and the endpoint; `a`, the endpoint, a zero byte and the attempt's number,
// big-endian.
std::string outbox_key(std::string_view endpoint) { return "o" + std::string(endpoint); }

std::string attempt_key(std::string_view endpoint, std::uint64_t number) {
    std::string key = "a" + std::string(endpoint) + '\0';
    for (int shift = 56; shift >= 0; shift -= 8) {
        key += static_cast<char>(number >> shift & 0xff);
    }
    return key;
}

std::uint64_t number_of(std::string_view key) {
    std::uint64_t number = 0;
    for (const char byte : key.substr(key.size() - 8)) {
        number = number << 8 | static_cast<std::uint8_t>(byte);
    }
    return number;
}

/// One line a field; the error, which may be anything but a line's end, comes last.
std::string print(const WebhookAttempt& attempt) {
    std::string text = attempt.message + '\n' + attempt.type + '\n';
    text += std::to_string(attempt.at.value) + '\n' + std::to_string(attempt.attempt) + '\n';
    text += std::to_string(attempt.status) + '\n' + std::to_string(attempt.took_us) + '\n';
    return text + attempt.error;
}

WebhookAttempt parse(std::uint64_t number, std::string_view text) {
    WebhookAttempt attempt;
    attempt.number = number;
    attempt.message = replay::take_line(text);
    attempt.type = replay::take_line(text);
    replay::parse_number(replay::take_line(text), attempt.at.value);
    replay::parse_number(replay::take_line(text), attempt.attempt);
    replay::parse_number(replay::take_line(text), attempt.status);
    replay::parse_number(replay::take_line(text), attempt.took_us);
    attempt.error = text;
    return attempt;
}

}  // namespace

WebhookStore::WebhookStore(replay::Database& database)
    : database_(database), family_(database.family("webhooks")) {}

bool WebhookStore::was_used() const {
    std::string value;
    return database_.db().Get(rocksdb::ReadOptions(), family_, used_key, &value).ok();
}

bool WebhookStore::mark_used() {
    rocksdb::WriteOptions options;
    options.sync = true;
    rocksdb::WriteBatch batch;
    return batch.Put(family_, used_key, "1").ok() && database_.write(options, batch).ok();
}

std::optional<std::string> WebhookStore::outbox(std::string_view endpoint) const {
    std::string value;
    const auto status =
        database_.db().Get(rocksdb::ReadOptions(), family_, outbox_key(endpoint), &value);
    if (!status.ok()) return std::nullopt;
    return value;
}

std::vector<WebhookAttempt> WebhookStore::attempts(std::string_view endpoint, std::uint64_t before,
                                                   std::size_t limit) const {
    const std::string first = attempt_key(endpoint, 0);
    const std::string last = attempt_key(endpoint, before == 0 ? UINT64_MAX : before - 1);
    const std::unique_ptr<rocksdb::Iterator> at(
        database_.db().NewIterator(rocksdb::ReadOptions(), family_));
    std::vector<WebhookAttempt> result;
    for (at->SeekForPrev(last); at->Valid() && result.size() < limit; at->Prev()) {
        const std::string_view key(at->key().data(), at->key().size());
        if (key < first) break;
        result.push_back(parse(number_of(key), {at->value().data(), at->value().size()}));
    }
    return result;
}

std::uint64_t WebhookStore::last_attempt(std::string_view endpoint) const {
    const auto newest = attempts(endpoint, 0, 1);
    return newest.empty() ? 0 : newest.front().number;
}

bool WebhookStore::save(std::span<const Change> changes) {
    rocksdb::WriteBatch batch;
    for (const Change& change : changes) {
        if (change.outbox.empty()) {
            batch.Delete(family_, outbox_key(change.endpoint));
            batch.DeleteRange(family_, attempt_key(change.endpoint, 0),
                              attempt_key(change.endpoint, UINT64_MAX));
            continue;
        }
        batch.Put(family_, outbox_key(change.endpoint), change.outbox);
        for (const WebhookAttempt& attempt : change.attempts) {
            batch.Put(family_, attempt_key(change.endpoint, attempt.number), print(attempt));
            if (attempt.number <= attempts_kept) continue;
            batch.Delete(family_, attempt_key(change.endpoint, attempt.number - attempts_kept));
        }
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    return database_.write(options, batch).ok();
}

}  // namespace creditd::daemon
