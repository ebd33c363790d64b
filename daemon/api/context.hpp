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
#include "replay/event_lookup.hpp"
#include "replay/evidence.hpp"
#include "replay/followers/account_index.hpp"
#include "replay/followers/follower_thread.hpp"
#include "replay/followers/history_index.hpp"
#include "replay/followers/key_index.hpp"

namespace creditd::daemon {

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
    const std::string& openapi;
    std::function<void(std::string& out)> write_metrics;
    std::function<bool(std::string& out, bool verbose)> write_readiness;
};

}  // namespace creditd::daemon
