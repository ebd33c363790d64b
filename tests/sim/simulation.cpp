#include "tests/sim/simulation.hpp"

#include "replay/sha256.hpp"
#include "tests/sim/reading_payments.hpp"

namespace creditd::sim {
namespace {

constexpr std::size_t connections_count = 12;
/// A request that waits longer than this is stuck.
constexpr std::uint64_t steps_patience = 4'000;
constexpr unsigned drain_steps_max = 20'000;
constexpr unsigned settle_tries_max = 2'000;
/// Clients ask for an hour at most, and extend by less.
constexpr Duration longest_hold = Duration::seconds(2 * 3'600);

void add_to_trace(std::uint64_t& trace, std::string_view text) {
    for (const char letter : text) {
        trace = (trace ^ static_cast<unsigned char>(letter)) * 0x100000001B3ULL;
    }
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options)
    : options_(options),
      schedule_(Rng::of(options.seed, "schedule")),
      chaos_(Rng::of(options.seed, "chaos")),
      world_(options.seed, options.folder),
      shadow_([this](const Event& event) { clients_.judge().happened(event, shadow_.state()); }),
      clients_(options.seed, options.swarm) {
    world_.disk.set_meanwhile([this] { run_meanwhile(); });
    world_.window_generation_keys = std::size_t{4} << schedule_.below(8);
    world_.config.followers.run_entries = std::size_t{250} << schedule_.below(5);
    world_.config.ledger.queue_commands_max = options.swarm.has(Fault::small_queue) ? 6 : 1'000;
}

void Simulation::note(std::string_view what) {
    add_to_trace(report_.trace, what);
    if (options_.tell) options_.tell(what);
}

void Simulation::run() {
    start();
    while (report_.operations < options_.operations) {
        try {
            step();
        } catch (const Crash& what) {
            crash(what);
        }
    }
    finish();
    report_.events = shadow_.tip().seq.value;
}

void Simulation::step() {
    pass_time();
    stir_faults();
    const auto dice = schedule_.below(100);
    if (dice < 45) return send();
    if (dice < 60) return turn();
    run_background();
}

// Readers, followers and maintenance have threads of their own: they run also while the ledger
// waits for its write.
void Simulation::run_meanwhile() {
    if (!daemon_ || !schedule_.one_in(8)) return;
    switch (schedule_.below(3)) {
        case 0: daemon_->write_head(false); return;
        case 1: daemon_->followers().turn(); return;
        default:
            if (daemon_->readers().waiting() > 0) daemon_->readers().run_waiting(0);
    }
}

void Simulation::pass_time() {
    std::int64_t length_us = schedule_.between(0, 40'000);
    if (options_.swarm.has(Fault::long_pause) && chaos_.one_in(300)) {
        length_us = chaos_.between(1, 48) * 3'600'000'000;
        note("time passes: " + std::to_string(length_us / 3'600'000'000) + " h");
    } else if (chaos_.one_in(40)) {
        length_us = chaos_.between(1, 300) * 1'000'000;
    }
    if (!is_calm_) length_us += clients_.arrangements().pause().value;
    world_.clock.pass(Duration{length_us});
}

void Simulation::open_connections() {
    connections_.clear();
    in_flight_.clear();
    in_flight_.resize(connections_count);
    for (std::size_t i = 0; i < connections_count; ++i) {
        connections_.push_back(std::make_unique<Connection>(
            daemon_->io(),
            [this, i](Connection&, Answer answer) { answered(i, std::move(answer)); }));
    }
}

void Simulation::send() {
    const std::size_t first = schedule_.below(connections_count);
    for (std::size_t i = 0; i < connections_count; ++i) {
        const std::size_t place = (first + i) % connections_count;
        if (connections_[place]->is_busy()) continue;
        Ask ask = clients_.ask(world_.clock.wall());
        ask.sent_at = report_.operations++;
        clients_.stamp(ask, world_.clock.wall());
        if (options_.swarm.has(Fault::disconnect) && chaos_.one_in(25)) ask.is_gone = true;
        if (options_.muted.contains(ask.sent_at)) return;
        if (options_.tell) options_.tell("ask: " + ask.request.text());
        in_flight_[place] = std::move(ask);
        connections_[place]->send(daemon_->service(), in_flight_[place]->request.bytes());
        return;
    }
    turn();
}

void Simulation::answered(std::size_t place, Answer answer) {
    Ask ask = std::move(*in_flight_[place]);
    in_flight_[place].reset();
    add_to_trace(report_.trace, answer.body);
    note("answer to " + ask.request.name + ": " + std::to_string(answer.status));
    if (options_.tell) options_.tell("    " + answer.body);
    if (ask.request.name != "create key") check_secrets(answer.body, "an answer");
    const bool may_be_there = ask.request.name == "order";
    if (is_full_ && answer.status == 201 && !answer.is_replayed && !may_be_there) {
        throw Failure{"a full disk takes no writes", ask.request.text()};
    }
    // What is answered is in the log already, and the judge must have seen it.
    if (world_.disk.is_synced()) shadow_.follow(world_.disk);
    clients_.hear(ask, answer, world_.disk.durable(), world_.clock.wall());
    if (ask.is_gone) clients_.lose(std::move(ask));
}

void Simulation::turn() {
    daemon_->service().on_idle(daemon_->io());
    shadow_.follow(world_.disk);
    for (const auto& waiting : in_flight_) {
        if (waiting && report_.operations - waiting->sent_at > steps_patience) {
            throw Failure{"no request is stuck", waiting->request.text()};
        }
    }
}

void Simulation::run_background() {
    daemon::ReaderPool& readers = daemon_->readers();
    const bool waits = options_.swarm.has(Fault::slow_readers) && schedule_.chance(70);
    if (readers.waiting() > 0 && !waits) {
        const bool overtakes = options_.swarm.has(Fault::slow_readers);
        readers.run_waiting(overtakes ? schedule_.below(readers.waiting()) : 0);
        world_.timer.await_point("after a reader's task");
    }
    if (!world_.provider_asks.empty()) answer_provider_ask();
    while (daemon_->io().has_tasks()) daemon_->io().run_one();
    if (schedule_.chance(options_.swarm.has(Fault::slow_followers) ? 20 : 60)) {
        daemon_->followers().turn();
        world_.timer.await_point("after a follower's turn");
    }
    if (schedule_.one_in(30)) daemon_->write_head(false);
    if (schedule_.one_in(5)) daemon_->snapshots().write_pending();
    if (options_.swarm.has(Fault::seal) && schedule_.one_in(300)) {
        daemon_->followers().request_seal();
    }
    if (options_.swarm.has(Fault::snapshot) && schedule_.one_in(120)) {
        daemon_->snapshots().request();
    }
}

void Simulation::stir_faults() {
    if (is_calm_) return;
    const Swarm& swarm = options_.swarm;
    if (swarm.has(Fault::crash) && !world_.timer.is_armed() && chaos_.one_in(400)) {
        world_.timer.arm(static_cast<unsigned>(1 + chaos_.below(60)));
    }
    if (swarm.has(Fault::clean_stop) && chaos_.one_in(1'500)) return stop_clean();
    if (swarm.has(Fault::sync_fails) && chaos_.one_in(1'500)) {
        note("the next sync will fail");
        world_.disk.fail_next(WriteFault::sync_fails);
    }
    if (swarm.has(Fault::no_space) && chaos_.one_in(1'500)) {
        note("the next write will find no space");
        world_.disk.fail_next(WriteFault::no_space);
    }
    if (swarm.has(Fault::disk_full) && chaos_.one_in(600)) full_steps_ = 60;
    is_full_ = full_steps_ > 0;
    daemon_->engine().set_disk_full(is_full_);
    if (full_steps_ > 0) --full_steps_;
    if (swarm.has(Fault::clock_jump) && chaos_.one_in(700)) {
        const std::int64_t hours = chaos_.chance(50) ? 1 : -1;
        note("the wall clock jumps by " + std::to_string(hours) + " h");
        clients_.judge().saw(world_.clock.wall());
        world_.clock.jump(Duration::seconds(hours * 3'600));
    }
    if (swarm.has(Fault::clock_frozen) && chaos_.one_in(900)) frozen_steps_ = 80;
    world_.clock.freeze(frozen_steps_ > 0);
    if (frozen_steps_ > 0) --frozen_steps_;
    if (daemon_->engine().clock_guard().is_suspect() && chaos_.one_in(20)) {
        note("an administrator accepts the clock");
        daemon_->engine().clock_guard().accept();
    }
    keep_copies();
}

/// In any order, and sometimes late.
void Simulation::answer_provider_ask() {
    Providers& providers = clients_.payments().providers();
    auto& asks = world_.provider_asks;
    if (!is_calm_ && chaos_.chance(30)) return;
    const std::size_t place = chaos_.below(asks.size());
    World::ProviderAsk ask = std::move(asks[place]);
    asks.erase(asks.begin() + static_cast<std::ptrdiff_t>(place));
    daemon::HttpResult result = providers.answer(ask.request, world_.clock.wall(), is_calm_);
    note("a provider answers " + ask.request.url + ": " + std::to_string(result.status));
    const bool is_told =
        ask.request.url.find("midtrans") != std::string::npos && result.status == 200;
    if (is_told) {
        if (auto news = midtrans_news_of(result.body)) clients_.judge().told(std::move(*news));
    }
    world_.timer.await_point("before a provider's answer arrives");
    ask.done(std::move(result));
}

/// Until nothing is under way.
void Simulation::drain() {
    const auto is_busy = [this] {
        return std::ranges::any_of(connections_, [](const auto& one) { return one->is_busy(); });
    };
    for (unsigned i = 0; i < drain_steps_max; ++i) {
        turn();
        run_background();
        if (!is_busy() && daemon_->readers().waiting() == 0) return;
    }
    throw Failure{"after faults stop everything is answered", "requests are still under way"};
}

// Faults have stopped: whatever was owed is paid now.
void Simulation::finish() {
    is_calm_ = true;
    world_.timer.arm(0);
    world_.disk.fail_next(WriteFault::none);
    world_.clock.freeze(false);
    is_full_ = false;
    daemon_->engine().set_disk_full(false);
    // A wall clock that was set back comes up again with the ledger's, which stands until then.
    world_.clock.pass(world_.clock.behind());
    daemon_->engine().clock_guard().accept();
    drain();
    for (unsigned tries = 0; tries < settle_tries_max; ++tries) {
        auto ask = clients_.ask_unknown();
        if (!ask) break;
        settle(std::move(*ask));
    }
    if (const auto ask = clients_.ask_unknown()) {
        throw Failure{"unknown outcomes become known", ask->request.text()};
    }
    stop_clean();
    for (unsigned i = 0; i < 100; ++i) {
        if (auto ask = clients_.ask_again()) settle(std::move(*ask));
    }
    let_holds_end();
    clients_.judge().conclude(shadow_.state());
    check_receipts();
    check_replays();
    note("the log ends with " + replay::to_hex(shadow_.tip().hash.bytes));
}

void Simulation::settle(Ask ask) {
    // Else who was refused too often would be so for ever.
    world_.clock.pass(Duration::seconds(1));
    note("ask again: " + ask.request.name);
    clients_.stamp(ask, world_.clock.wall());
    ask.sent_at = report_.operations;
    in_flight_[0] = std::move(ask);
    connections_[0]->send(daemon_->service(), in_flight_[0]->request.bytes());
    drain();
}

/// No hold is for ever: once the longest one could have ended, nothing is held.
void Simulation::let_holds_end() {
    note("the holds end");
    world_.clock.pass(longest_hold);
    drain();
    const AccountTable& accounts = shadow_.state().accounts;
    for (std::uint32_t i = 0; i < accounts.count(); ++i) {
        const Account& account = accounts.get(AccountNo{i});
        if (account.held.is_zero()) continue;
        throw Failure{"no hold is stuck", "account " + std::to_string(i) + " has " +
                                              std::to_string(account.held.value) + " held"};
    }
}

void Simulation::check_secrets(std::string_view text, const char* where) const {
    if (text.find(admin_secret) != std::string_view::npos) {
        throw Failure{"no secret in any output", std::string("the administrator's is in ") + where};
    }
    for (const std::string_view secret :
         {stripe_secret_key, stripe_webhook_secret, midtrans_server_key}) {
        if (text.find(secret) != std::string_view::npos) {
            throw Failure{"no secret in any output", std::string("a provider's is in ") + where};
        }
    }
    for (const std::string& secret : clients_.secrets()) {
        if (text.find(secret) != std::string_view::npos) {
            throw Failure{"no secret in any output", std::string("an API key is in ") + where};
        }
    }
}

}  // namespace creditd::sim
