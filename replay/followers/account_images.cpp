#include "replay/followers/account_images.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>

#include "replay/database.hpp"
#include "replay/followers/encoding.hpp"
#include "replay/snapshot_format.hpp"

namespace creditd::replay::followers {
namespace {

constexpr unsigned format_bytes = 2;

std::string key_of(AccountNo no, Seq seq) {
    std::string key;
    append_be(key, no.value, 4);
    append_be(key, seq.value, 8);
    return key;
}

std::string value_of(const AccountImage& image) {
    std::string value;
    append_be(value, snapshot_format::version, format_bytes);
    value += image.chunk;
    return value;
}

}  // namespace

AccountImages::AccountImages(Database& database) : database_(database) {}

bool AccountImages::add(std::span<const AccountImage> images) {
    rocksdb::WriteBatch batch;
    for (const AccountImage& image : images) {
        const auto put =
            batch.Put(database_.family("images"), key_of(image.no, image.seq), value_of(image));
        if (!put.ok()) return false;
    }
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return database_.write(options, batch).ok();
}

std::expected<std::optional<AccountImage>, JournalError> AccountImages::find(AccountNo no,
                                                                             Seq seq) const {
    const std::unique_ptr<rocksdb::Iterator> at(
        database_.db().NewIterator({}, database_.family("images")));
    at->SeekForPrev(key_of(no, seq));
    if (!at->Valid()) {
        if (!at->status().ok())
            return std::unexpected(
                JournalError{JournalFault::io, "reading an image: " + at->status().ToString(), {}});
        return std::nullopt;
    }
    Reader key({at->key().data(), at->key().size()});
    if (key.be(4) != no.value) return std::nullopt;
    AccountImage image{no, Seq{key.be(8)}, {}};
    Reader value({at->value().data(), at->value().size()});
    if (value.be(format_bytes) != snapshot_format::version || value.is_bad()) return std::nullopt;
    image.chunk = std::string(value.take(at->value().size() - format_bytes));
    return image;
}

}  // namespace creditd::replay::followers
