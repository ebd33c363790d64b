#include "daemon/http/worker.hpp"

#include "core/assert.hpp"
#include "daemon/http/session.hpp"

#include <utility>

namespace creditd::daemon::http {

Worker::Worker(unsigned index, Shared& shared)
    : shared_(shared),
      loop_(index, LoopHooks{
                       .idle = [this](IoThread& thread) { service().on_idle(thread); },
                       .sweep = [this](Milliseconds now) { sweep(now); },
                       .exception = [this](auto what) { service().on_exception(what); },
                       .sweep_interval = shared.options.sweep_interval.count(),
                   }) {}

Worker::~Worker() = default;

void Worker::adopt(int fd, const PeerAddress& peer) {
    loop_.counters().connections_opened.add();
    auto tls = shared_.tls ? shared_.tls->accept(fd) : nullptr;
    const bool is_broken = shared_.tls && !tls;
    auto session = std::make_unique<Session>(*this, fd, peer, std::move(tls));
    session->slot = sessions_.size();
    sessions_.push_back(std::move(session));
    if (is_broken) return sessions_.back()->close();
    sessions_.back()->start();
}

void Worker::begin_drain() {
    draining_ = true;
    for_each_session([](Session& session) { session.on_drain(); });
}

void Worker::close_all() {
    for_each_session([](Session& session) { session.close(); });
}

void Worker::on_closed(const PeerAddress& peer) { shared_.connections.close(peer); }

void Worker::remove(Session& session) {
    const std::size_t slot = session.slot;
    CREDITD_ASSERT(slot < sessions_.size() && sessions_[slot].get() == &session);
    std::swap(sessions_[slot], sessions_.back());
    sessions_[slot]->slot = slot;
    loop_.bury(std::move(sessions_.back()));
    sessions_.pop_back();
}

void Worker::sweep(Milliseconds now) {
    for_each_session([now](Session& session) { session.on_sweep(now); });
}

/// Backwards, because a visited session may remove itself: the last one takes its slot.
template <class Visit>
void Worker::for_each_session(Visit&& visit) {
    for (std::size_t i = sessions_.size(); i-- > 0;) {
        if (i < sessions_.size()) visit(*sessions_[i]);
    }
}

}  // namespace creditd::daemon::http
