// What is said to a witness and what it answers (C2SP tlog-witness, add-checkpoint), as texts.
// Nothing that comes back is believed before it was verified.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/outbound/http_client.hpp"
#include "daemon/witnesses/witness_config.hpp"
#include "replay/proof/checkpoint.hpp"

namespace creditd::daemon {

struct WitnessAnswer {
    enum class Kind : std::uint8_t {
        cosigned,    // `line` is its valid cosignature of this head
        other_size,  // the newest head that it has cosigned has `size` leaves
        refused,     // it will say the same again: it does not know the log, or the log's key
        disagrees,   // the proof does not lead from its head to ours
        failed,      // no answer, or none that makes sense
    };
    Kind kind = Kind::failed;
    std::string line{};  // with its newline
    std::uint64_t size = 0;
    std::string reason{};  // of what did not succeed
};

/// Asks for a cosignature of `note`, whose tree continues that of `from` leaves by `proof`.
HttpRequest add_checkpoint_request(const Witness& witness, std::uint64_t from,
                                   const replay::proof::Proof& proof, std::string_view note);

/// `text` is what is to be cosigned: the checkpoint's.
WitnessAnswer read_witness_answer(const HttpResult& result, const Witness& witness,
                                  std::string_view text);

/// The first line of `lines` that is a valid cosignature of `text` by this key, with its newline;
/// empty if there is none. All other lines are passed over.
std::string find_cosignature(std::string_view lines, std::string_view text,
                             const replay::proof::VerifierKey& key);

}  // namespace creditd::daemon
