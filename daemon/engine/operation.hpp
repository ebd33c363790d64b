// What an io thread hands to the ledger thread and gets back: one operation, its events, and where
// to complete it. The stages are received → decided → durable → published.
#pragma once

#include <cstdint>
#include <vector>

#include "core/execute.hpp"
#include "daemon/http/exchange.hpp"

namespace creditd::daemon {

/// Why no write is decided at the moment; reads go on.
enum class Unavailable : std::uint8_t { none, overloaded, disk_full, clock_suspect, recovering };

/// What the ledger thread offers to an operation.
struct LedgerTurn {
    State& state;
    Timestamp now{};
    const Policy& policy;
    Unavailable writes = Unavailable::none;
};

class Operation {
public:
    Operation() = default;
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual ~Operation() = default;

    /// On the ledger thread: decides and applies, leaving its events in `events`; or reads.
    virtual void execute(const LedgerTurn& turn) = 0;
    /// On the io thread `home`, once everything that execute saw or made is durable.
    virtual void complete() = 0;
    /// One block for all its events, as an atomic batch needs.
    virtual bool is_one_block() const { return false; }
    /// Does it ask for a change? Decides what is shed when the queue is full.
    virtual bool is_write() const { return true; }

    std::vector<DecidedEvent> events;
    http::IoThread* home = nullptr;
    std::int64_t received_us = 0;  // monotonic; for the age of the queue
};

}  // namespace creditd::daemon
