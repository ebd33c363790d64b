// The ids that creditd makes, under the names that this folder uses. What they are is
// replay/ids.hpp's: the auditor's tool spells them too.
#pragma once

#include "replay/ids.hpp"

namespace creditd::daemon {

using replay::append_grant_text;
using replay::grant_text;
using replay::parse_grant_id;
using replay::parse_hold_id;
using replay::parse_transaction_id;
using replay::transaction_seq;
using replay::transaction_text;

}  // namespace creditd::daemon
