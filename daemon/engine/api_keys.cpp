#include "daemon/engine/api_keys.hpp"

#include <openssl/crypto.h>

#include "core/canary.hpp"
#include "core/command.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

Caller caller_of(const ApiKeyCreated& key) {
    return {key.id, key.scopes, key.account_prefix, key.expires_at};
}

}  // namespace

Hash256 hash_secret(std::string_view secret) { return replay::sha256(secret); }

ApiKeyTable::ApiKeyTable(const Catalog& catalog, std::string_view admin_secret) {
    auto table = std::make_shared<Table>();
    for (const auto& [id, key] : catalog.api_keys) {
        table->emplace(key.created.secret_hash, caller_of(key.created));
    }
    (*table)[hash_secret(admin_secret)] =
        Caller{"admin", 1U << static_cast<unsigned>(Scope::admin), "", Timestamp::never()};
    table_ = std::move(table);
}

std::shared_ptr<const ApiKeyTable::Table> ApiKeyTable::current() const {
    const std::lock_guard lock(mutex_);
    return table_;
}

const Caller* ApiKeyTable::find(std::string_view secret, Timestamp now) const {
    // Each thread keeps the table that it saw last; a new version is rare, and seen at once.
    thread_local const ApiKeyTable* owner = nullptr;
    thread_local std::uint64_t seen = 0;
    thread_local std::shared_ptr<const Table> table;
    const std::uint64_t version = version_.load(std::memory_order_acquire);
    if (owner != this || seen != version) {
        owner = this;
        seen = version;
        table = current();
    }
    const Hash256 hash = hash_secret(secret);
    // Ordered by the hash of the secret: the time of the search tells nothing about a secret.
    const auto found = table->lower_bound(hash);
    if (found == table->end()) return nullptr;
    if (CRYPTO_memcmp(found->first.bytes.data(), hash.bytes.data(), hash.bytes.size()) != 0) {
        return nullptr;
    }
    return found->second.expires_at > now ? &found->second : nullptr;
}

void ApiKeyTable::publish(const Event& event) {
    const auto* created = std::get_if<ApiKeyCreated>(&event.body);
    const auto* revoked = std::get_if<ApiKeyRevoked>(&event.body);
    if (created == nullptr && revoked == nullptr) return;
    if (canary(Canary::revoked_key_works) && revoked != nullptr) return;
    auto next = std::make_shared<Table>(*current());
    if (created != nullptr) {
        next->emplace(created->secret_hash, caller_of(*created));
    } else {
        std::erase_if(*next, [&](const auto& entry) { return entry.second.actor == revoked->id; });
    }
    const std::lock_guard lock(mutex_);
    table_ = std::move(next);
    version_.fetch_add(1, std::memory_order_release);
}

}  // namespace creditd::daemon
