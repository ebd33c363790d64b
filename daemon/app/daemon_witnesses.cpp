#include "daemon/app/daemon.hpp"

namespace creditd::daemon {

void Daemon::open_witnesses() {
    if (config_.proof.witnesses.empty()) return;
    witnesses_ =
        std::make_unique<Witnesses>(config_.proof, ledger_.folder.root, *signer_, *ledger_.merkle,
                                    [this](HttpRequest request, HttpClient::Done done) {
                                        outbound_->send(std::move(request), std::move(done));
                                    });
    witnesses_->start();
}

void Daemon::register_witnesses() {
    if (!witnesses_) return;
    metrics_.gauge_callback("creditd_log_cosigned_size",
                            "Events under the newest head that enough witnesses have cosigned.",
                            [this] {
                                const auto head = witnesses_->heads().settled();
                                const std::uint64_t size = head ? head->checkpoint.head.size : 0;
                                return static_cast<std::int64_t>(size);
                            });
    for (const WitnessStats& witness : witnesses_->stats()) {
        metrics_.gauge_callback(
            "creditd_witness_cosigned_size", "Events under the newest head that it has cosigned.",
            [&witness] { return static_cast<std::int64_t>(witness.cosigned_size.load()); },
            {{"witness", witness.name}});
        metrics_.counter_callback(
            "creditd_witness_failures_total", "Calls of a witness that brought no cosignature.",
            [&witness] { return static_cast<std::int64_t>(witness.failures.load()); },
            {{"witness", witness.name}});
        metrics_.gauge_callback("creditd_witness_disagrees",
                                "1 while it says that it knows another history of this log.",
                                [&witness] { return witness.disagrees.load() ? 1 : 0; },
                                {{"witness", witness.name}});
    }
}

}  // namespace creditd::daemon
