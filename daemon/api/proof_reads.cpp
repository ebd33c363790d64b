#include "daemon/api/proof_reads.hpp"

#include <thread>

#include "daemon/api/body.hpp"
#include "daemon/api/ids.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/basics/log.hpp"
#include "daemon/witnesses/cosigned_heads.hpp"
#include "replay/proof/entry.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

namespace proof = replay::proof;
using proof::ProofError;
using proof::TileRequest;
using replay::SignedHead;
using std::chrono::steady_clock;

constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::string_view forever = "max-age=31536000, immutable\r\n";
constexpr auto verified_wait_max = std::chrono::seconds(2);
constexpr auto verified_step = std::chrono::milliseconds(1);
constexpr auto cosigned_wait_max = std::chrono::seconds(2);
constexpr std::string_view not_cosigned =
    "Not enough witnesses have cosigned it yet; try again after Retry-After seconds.";

/// What a reader thread brings back.
template <class T>
struct ProofRead {
    std::expected<T, ProofError> result;
    bool exists = true;
    bool is_behind = false;   // the followers are; nothing is wrong
    bool is_cosigned = true;  // as far as must be
};

/// What is wrong with a proof is for whoever runs the ledger: it must never happen.
void respond_without_proof(Call& call, const ProofError& error, bool is_behind) {
    if (!is_behind) log_error("proof_failed", {{"path", call.path}, {"reason", error}});
    call.respond_unavailable(Unavailable::overloaded);
}

template <class T, class Respond>
void respond_with(Call& call, const ProofRead<T>& read, ProblemCode missing,
                  const Respond& respond) {
    if (!read.exists) call.respond_problem(missing);
    else if (!read.is_cosigned) call.respond_problem(ProblemCode::overloaded, not_cosigned);
    else if (read.result) respond(*read.result);
    else respond_without_proof(call, read.result.error(), read.is_behind);
}

/// Waits until the event is in the tree, and the block that holds it is confirmed by the next one
/// or by the end of the journal.
bool wait_until_verified(const Api& api, Seq seq) {
    const auto end = steady_clock::now() + verified_wait_max;
    while (catch_up(api, std::max(seq, api.engine.durable()))) {
        if (api.merkle.verified_size() >= seq.value) return true;
        if (steady_clock::now() > end) return false;
        std::this_thread::sleep_for(verified_step);
    }
    return false;
}

using Head = std::shared_ptr<const SignedHead>;

using TextRead = ProofRead<std::string>;

bool must_be_cosigned(const Api& api) {
    return api.cosigned != nullptr && api.cosigned->quorum() > 0;
}

/// The newest head that may be shown, with its cosignatures; null: not enough of them yet.
std::expected<Head, ProofError> newest_head(const Api& api) {
    auto head = api.signer->head(0);
    if (!head || api.cosigned == nullptr) return head;
    if (must_be_cosigned(api)) return api.cosigned->settled();
    return api.cosigned->with_cosignatures(*head);
}

/// The same of at least so many leaves, which are verified: one that was cosigned where there is
/// one.
std::expected<Head, ProofError> head_for(const Api& api, std::uint64_t size) {
    if (api.cosigned == nullptr) return api.signer->head(size);
    Head covering = api.cosigned->covering(size);
    if (covering || must_be_cosigned(api)) return covering;
    // The newest one may have cosignatures that are still on their way to the disk.
    auto head = api.signer->head(size);
    if (head) *head = api.cosigned->with_cosignatures(*head);
    return head;
}

std::expected<std::string, ProofError> prove_event(const Api& api, Seq seq,
                                                   const replay::SignedHead& head) {
    const auto block = api.journal.read_block(seq);
    if (!block) return std::unexpected(block.error().detail);
    CREDITD_ASSERT(block->has_value());  // it is durable
    const auto view = replay::BlockView::parse(**block);
    const auto event = view ? view->event(seq) : std::nullopt;
    if (!event) return std::unexpected(ProofError("the event's block is damaged"));
    proof::Receipt receipt;
    receipt.index = proof::index_of(seq);
    auto inclusion = api.merkle.inclusion(receipt.index, head.checkpoint.head.size);
    if (!inclusion) return std::unexpected(std::move(inclusion.error()));
    receipt.inclusion = std::move(*inclusion);
    receipt.checkpoint = head.note;
    std::string scratch;
    receipt.extra = proof::entry_of(*event, scratch);
    // Nothing leaves the house that its receiver would refuse.
    if (!proof::verify_inclusion(proof::leaf_hash(*receipt.extra), receipt.index,
                                 head.checkpoint.head.size, receipt.inclusion,
                                 head.checkpoint.head.root)) {
        return std::unexpected(ProofError("the event is not what the log was signed for"));
    }
    return receipt.text();
}

void read_receipt(const Api& api, Seq seq, std::string_view account_prefix, TextRead& read) {
    const auto loaded = load_event(api, seq);
    if (!loaded) {
        read.result = std::unexpected(ProofError("the event cannot be read"));
        return;
    }
    read.exists = !transaction_type(loaded->event).empty() &&
                  loaded->event.account.starts_with(account_prefix);
    if (!read.exists) return;
    read.is_behind = !wait_until_verified(api, seq);
    if (read.is_behind) {
        read.result = std::unexpected(ProofError("not verified yet"));
        return;
    }
    const auto head = head_for(api, seq.value);
    read.is_cosigned = !head || *head != nullptr;
    if (!read.is_cosigned) return;
    read.result = head ? prove_event(api, seq, **head) : std::unexpected(head.error());
    // After a start the tree first has to become what was shown before.
    read.is_behind = head && (*head)->checkpoint.head.size > api.merkle.verified_size();
}

/// Only what is under a head that has been signed is shown.
bool is_signed(const Api& api, const TileRequest& request) {
    const std::uint64_t width = proof::tile_width_at(request.id, api.signer->signed_size());
    return request.width <= width;
}

void append_hashes(std::string& out, const proof::TileHashes& hashes) {
    for (const Hash256& hash : hashes) {
        out.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
    }
}

std::expected<std::string, ProofError> read_tile(const Api& api, const TileRequest& request) {
    if (request.is_entries) return api.merkle.entries(request);
    const auto hashes = api.merkle.tile(request);
    if (!hashes) return std::unexpected(hashes.error());
    std::string bytes;
    append_hashes(bytes, *hashes);
    return bytes;
}

// Whether it is entries that are asked for decides who may: `%65ntries` is no level.
void respond_with_tile(Call& call, std::string_view path, bool is_entries) {
    const auto request = proof::parse_tile_path(path);
    if (!request || request->is_entries != is_entries) {
        call.respond_problem(ProblemCode::route_not_found);
        return;
    }
    auto read = std::make_shared<TextRead>();
    call.read(
        [&call, read, request] {
            const Api& api = call.api();
            read->exists = is_signed(api, *request);
            if (!read->exists) return;
            read->result = read_tile(api, *request);
            // After a start the tree first has to become what was signed before.
            read->is_behind = api.merkle.verified_size() < api.signer->signed_size();
        },
        [&call, read, cache = is_entries ? "private, " : "public, "] {
            respond_with(call, *read, ProblemCode::route_not_found, [&](const std::string& bytes) {
                call.header_lines.append("Cache-Control: ").append(cache).append(forever);
                call.begin_text(200, "application/octet-stream") += bytes;
                call.finish();
            });
        });
}

void answer_receipt(Call& call, Seq seq) {
    auto read = std::make_shared<TextRead>();
    call.read(
        [&call, read, seq, prefix = call.caller.account_prefix] {
            read_receipt(call.api(), seq, prefix, *read);
        },
        [&call, read, seq] {
            const auto respond = [&](const std::string& text) {
                call.header_lines += "Content-Disposition: attachment; filename=\"" +
                                     transaction_text(seq) + ".tlog-proof\"\r\n";
                call.begin_text(200, plain_text) += text;
                call.finish();
            };
            respond_with(call, *read, ProblemCode::transaction_not_found, respond);
        });
}

struct ConsistencyQuery {
    std::uint64_t from = 1;
    std::optional<std::uint64_t> to;
};

/// Nothing: answered already.
std::optional<ConsistencyQuery> consistency_query(Call& call) {
    return read_query(call, [](QueryReader& reader) {
        ConsistencyQuery query;
        const auto from = reader.integer("from", 1, INT64_MAX, required_field);
        const auto to = reader.integer("to", from.value_or(1), INT64_MAX);
        if (from) query.from = static_cast<std::uint64_t>(*from);
        if (to) query.to = static_cast<std::uint64_t>(*to);
        return query;
    });
}

struct MadeConsistency {
    proof::Proof steps;
    std::uint64_t to = 0;
    Head head;
};

std::expected<MadeConsistency, ProofError> read_consistency(const Api& api,
                                                            const ConsistencyQuery& query,
                                                            bool& exists, bool& is_cosigned) {
    auto head = newest_head(api);
    if (!head) return std::unexpected(head.error());
    MadeConsistency made;
    made.head = *head;
    is_cosigned = made.head != nullptr;
    if (!is_cosigned) return made;
    const std::uint64_t newest = made.head->checkpoint.head.size;
    made.to = query.to.value_or(newest);
    exists = query.from <= made.to && made.to <= newest;
    if (!exists) return made;
    auto steps = api.merkle.consistency(query.from, made.to);
    if (!steps) return std::unexpected(std::move(steps.error()));
    made.steps = std::move(*steps);
    return made;
}

void render_consistency(std::string& out, std::uint64_t from, const MadeConsistency& made) {
    JsonWriter json(out);
    json.begin_object();
    json.integer("from", from);
    json.integer("to", made.to);
    json.begin_array("hashes");
    for (const Hash256& hash : made.steps) {
        std::string bytes;
        append_hashes(bytes, {hash});
        json.text(proof::to_base64(bytes));
    }
    json.end_array();
    json.text("checkpoint", made.head->note);
    json.integer("seq", made.head->checkpoint.head.size);
    json.end_object();
}

}  // namespace

void handle_checkpoint(Call& call) {
    using HeadRead = ProofRead<Head>;
    auto read = std::make_shared<HeadRead>();
    call.read(
        [&call, read] {
            read->result = newest_head(call.api());
            read->is_cosigned = !read->result || *read->result != nullptr;
            read->is_behind = call.api().merkle.verified_size() == 0;
        },
        [&call, read] {
            respond_with(call, *read, ProblemCode::route_not_found, [&](const Head& head) {
                call.header_lines += "Cache-Control: max-age=1\r\n";
                call.begin_text(200, plain_text) += head->note;
                call.finish();
            });
        });
}

void handle_tile(Call& call) {
    respond_with_tile(call, call.parameter() + '/' + call.second_parameter(), false);
}

// Entries tell of every account: nobody who may see only some of them gets any.
void handle_entries(Call& call) {
    if (!call.caller.account_prefix.empty()) {
        call.respond_problem(ProblemCode::insufficient_scope);
        return;
    }
    respond_with_tile(call, "entries/" + call.parameter(), true);
}

void handle_log_key(Call& call) {
    std::string& out = call.begin_text(200, plain_text);
    for (const proof::VerifierKey& key : call.api().signer->keys()) out += key.text() + '\n';
    call.finish();
}

void handle_consistency(Call& call) {
    const auto query = consistency_query(call);
    if (!query) return;
    auto read = std::make_shared<ProofRead<MadeConsistency>>();
    call.read(
        [&call, read, query] {
            const Api& api = call.api();
            read->result = read_consistency(api, *query, read->exists, read->is_cosigned);
            read->is_behind = api.merkle.verified_size() < api.signer->signed_size();
        },
        [&call, read, query] {
            if (!read->exists) {
                FieldErrors errors;
                errors.add(query_pointer(query->to ? "to" : "from"),
                           "must not be more than the log's signed head has");
                respond_field_errors(call, errors);
                return;
            }
            respond_with(call, *read, ProblemCode::route_not_found, [&](const auto& made) {
                render_consistency(call.begin_json(200), query->from, made);
                call.finish();
            });
        });
}

void handle_receipt(Call& call) {
    const auto seq = transaction_seq(call.parameter());
    if (!seq || *seq > call.api().engine.durable()) {
        call.respond_problem(ProblemCode::transaction_not_found);
        return;
    }
    if (!must_be_cosigned(call.api())) return answer_receipt(call, *seq);
    // No thread waits for witnesses, only the call.
    http::IoThread& home = call.exchange().io_thread();
    call.api().cosigned->wait(
        seq->value, steady_clock::now() + cosigned_wait_max,
        [&call, &home, seq](bool) { home.post([&call, seq] { answer_receipt(call, *seq); }); });
}

}  // namespace creditd::daemon
