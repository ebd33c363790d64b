#include "replay/state_hash.hpp"

#include <algorithm>
#include <thread>

#include "core/state_digest.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay {

Hash256 hash_chunk(std::span<const Account> accounts, const TermsTable& terms,
                   std::string& scratch) {
    scratch.clear();
    for (const Account& account : accounts) append_canonical_account(scratch, account, terms);
    return sha256(scratch);
}

Hash256 combine_state_hash(std::string_view canonical_ledger, std::span<const Hash256> chunks) {
    Sha256 hash;
    hash.update(canonical_ledger);
    for (const Hash256& chunk : chunks) {
        hash.update({reinterpret_cast<const char*>(chunk.bytes.data()), chunk.bytes.size()});
    }
    return hash.finish();
}

Hash256 hash_state(const State& state, unsigned threads) {
    std::vector<Hash256> chunks(state.accounts.chunk_count());
    const auto hash_range = [&](std::size_t begin, std::size_t end) {
        std::string scratch;
        for (std::size_t chunk = begin; chunk < end; ++chunk) {
            scratch.clear();
            append_canonical_chunk(scratch, state, chunk);
            chunks[chunk] = sha256(scratch);
        }
    };
    const std::size_t share = chunks.size() / std::max(threads, 1u) + 1;
    std::vector<std::thread> helpers;
    for (std::size_t begin = share; begin < chunks.size(); begin += share) {
        helpers.emplace_back(hash_range, begin, std::min(begin + share, chunks.size()));
    }
    hash_range(0, std::min(share, chunks.size()));
    for (std::thread& helper : helpers) helper.join();
    std::string ledger;
    append_canonical_ledger(ledger, state);
    return combine_state_hash(ledger, chunks);
}

}  // namespace creditd::replay
