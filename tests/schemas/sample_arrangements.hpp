// Samples of what is arranged beyond credits, in events and in snapshots, and of fields that kinds
// of event got later. Fixed content: the golden files hold exactly these. Values only.
#pragma once

#include <string>
#include <vector>

#include "schemas/snapshot_codec.hpp"

namespace creditd::tests {

/// The last kinds of EventBody, from SubscriptionMoved on, in its order.
std::vector<EventBody> sample_arrangement_bodies();

/// A body of an older kind with its later fields set, and the name of its golden file.
struct LaterSample {
    std::string name;
    EventBody body;
};
std::vector<LaterSample> sample_later_fields();

/// Everything set.
Arrangements sample_arrangements();
/// Two accounts without credits, the first with `sample_arrangements` and a hold that is waived.
std::vector<Account> arranged_accounts();
/// The same, with budgets that say where they begin to count.
std::vector<Account> counting_accounts();
/// Everything set.
Endpoint sample_endpoint();
/// With two endpoints, the second as bare as can be.
schemas::LedgerImage connected_ledger();
/// With a test clock, offers and redemptions.
schemas::LedgerImage arranged_ledger();

}  // namespace creditd::tests
