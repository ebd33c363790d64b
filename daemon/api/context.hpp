// Everything that handlers reach: the engine, the readers' side, keys, and what /readyz and
// /metrics tell. Owned by the daemon; handlers only borrow it.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "daemon/basics/random.hpp"
#include "daemon/engine/api_keys.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/reader_pool.hpp"
#include "daemon/feeds/feed_hub.hpp"
#include "replay/event_lookup.hpp"
#include "replay/evidence.hpp"
#include "replay/followers/account_images.hpp"
#include "replay/followers/account_index.hpp"
#include "replay/followers/follower_thread.hpp"
#include "replay/followers/history_index.hpp"
#include "replay/followers/key_index.hpp"
#include "replay/followers/merkle_index.hpp"
#include "replay/followers/personal_eraser.hpp"
#include "replay/followers/usage_index.hpp"
#include "replay/log_signer.hpp"

namespace creditd::daemon {

class CosignedHeads;
class EndUsers;
struct CorsRules;
struct Payments;
struct Webhooks;

struct Api {
    Engine& engine;
    ReaderPool& readers;
    const Clock& clock;
    Random& random;
    const ApiKeyTable& keys;
    const replay::EvidenceReader& evidence;
    const replay::Journal& journal;
    replay::followers::FollowerThread& followers;
    const replay::followers::HistoryIndex& history;
    const replay::followers::AccountIndex& accounts;
    const replay::followers::KeyIndex& key_index;
    const replay::followers::UsageIndex& usage;
    const replay::followers::MerkleIndex& merkle;
    const std::string& openapi;
    std::function<void(std::string& out)> write_metrics;
    std::function<bool(std::string& out, bool verbose)> write_readiness;
    TestClock* test_clock = nullptr;                           // only where the ledger has one
    const replay::followers::AccountImages* images = nullptr;  // without: the past takes longer
    FeedHub* feeds = nullptr;                                  // without: no streams
    replay::LogSigner* signer = nullptr;  // only the daemon signs: without it, no proofs
    EndUsers* end_users = nullptr;        // without: nobody but who has an API key
    const CorsRules* cors = nullptr;      // without: no page of another origin may call
    std::string_view widget{};
    const Webhooks* webhooks = nullptr;  // without: endpoints cannot be asked for
    const Payments* payments = nullptr;  // without: no orders and no notifications
    const replay::followers::PersonalEraser* eraser = nullptr;  // without: nobody is forgotten
    CosignedHeads* cosigned = nullptr;                          // without: no witnesses
};

}  // namespace creditd::daemon
