// What anybody can check without trusting this program: the log's signed head, its tiles, receipts
// and the keys to verify them with. Formats: C2SP tlog-tiles, tlog-checkpoint, tlog-proof; made in
// replay/proof. Handlers of io threads; the work is done on reader threads.
#pragma once

#include "daemon/api/call.hpp"

namespace creditd::daemon {

/// GET /checkpoint: a signed note.
void handle_checkpoint(Call& call);
/// GET /tile/<L>/<N>[.p/<W>]: hashes.
void handle_tile(Call& call);
/// GET /tile/entries/<N>[.p/<W>]: the events themselves, for auditors.
void handle_entries(Call& call);
/// GET /v1/log/key: vkeys, the current one first.
void handle_log_key(Call& call);
/// GET /v1/log/consistency?from=&to=
void handle_consistency(Call& call);
/// GET /v1/transactions/{id}/receipt: a .tlog-proof, with the event inside.
void handle_receipt(Call& call);

}  // namespace creditd::daemon
