#include "daemon/api/batch.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/command_operation.hpp"
#include "daemon/api/fingerprint.hpp"
#include "daemon/basics/http_text.hpp"

namespace creditd::daemon {
namespace {

/// Fields that name what an operation is about; the rest are those of the single call.
std::string_view target_of(CommandKind kind, ObjectReader& reader) {
    switch (kind) {
        case CommandKind::account:
        case CommandKind::grant:
        case CommandKind::purchase:
        case CommandKind::deduct:
        case CommandKind::hold: return reader.id("account", required_field).value_or("");
        case CommandKind::transfer: return {};
        default: return reader.text("id", {.required = true, .min_bytes = 1}).value_or("");
    }
}

struct ParsedOperation {
    ParsedCommand command;
    std::string key;  // its own, or empty
};

/// Reads one element of `operations`; wrong fields are in `context.errors`.
std::optional<ParsedOperation> parse_operation(JsonValue value, const ParseContext& context) {
    ObjectReader reader(value, context.errors);
    const auto op = reader.text("op", {.required = true});
    const auto kind = op ? operation_kind(*op) : std::nullopt;
    if (!kind) {
        if (op) {
            reader.fail("op",
                        "must be one of account, grant, purchase, deduct, refund, revoke, hold, "
                        "capture, extend, release, transfer");
        }
        return std::nullopt;
    }
    ParsedOperation operation;
    if (const auto key = reader.text("idempotency_key", {.min_bytes = 1, .max_bytes = 1024})) {
        std::string scratch;
        const auto normal = normalize_idempotency_key(*key, scratch);
        if (normal) operation.key = *normal;
        else reader.fail("idempotency_key", sentence_of(normal.error()));
    }
    const std::string_view target = target_of(*kind, reader);
    operation.command = parse_command(*kind, reader, target, context);
    if (operation.command.dry_run) {
        reader.fail("dry_run", "is not available inside a batch");
    }
    reader.finish();
    if (!context.errors.empty()) return std::nullopt;
    return operation;
}

void set_problem(BatchItem& item, const Call& call, const FieldErrors& errors) {
    Problem problem;
    problem.code = problem_of(errors.fault());
    problem.instance = call.path;
    problem.errors = errors.list();
    item.problem_status = problem_info(problem.code).status;
    render_problem(item.problem, problem);
}

/// Two items of one request under one key: the second waits for nothing, it is the same key.
std::vector<BatchItem> parse_items(Call& call, JsonValue operations, ParseContext context) {
    std::vector<BatchItem> items(operations.size());
    std::size_t i = 0;
    for (const JsonValue value : operations) {
        BatchItem& item = items[i];
        context.errors.clear();
        auto parsed = parse_operation(value, context);
        if (!parsed) {
            set_problem(item, call, context.errors);
        } else {
            item.command.body = std::move(parsed->command.body);
            item.personal = std::move(parsed->command.personal);
            if (parsed->key.empty()) parsed->key = call.key + "/" + std::to_string(i);
            fill_meta(item.command.meta, item.command.body, item.personal, call, parsed->key);
        }
        ++i;
    }
    return items;
}

void start_independent(Call& call, JsonValue operations, const ParseContext& context) {
    auto batch = std::make_unique<IndependentBatch>(call, parse_items(call, operations, context));
    IndependentBatch& started = *batch;
    call.keep(std::move(batch));
    started.start();
}

void start_atomic(Call& call, JsonValue operations, const ParseContext& context) {
    AtomicBatch batch;
    std::vector<PersonalFields> personal;
    std::vector<Digest> fingerprints;
    for (const JsonValue value : operations) {
        auto parsed = parse_operation(value, context);
        if (!parsed) continue;
        if (!parsed->key.empty()) {
            ObjectReader(value, context.errors)
                .fail("idempotency_key", "operations of an atomic batch have no key of their own");
        }
        Command& command = batch.operations.emplace_back();
        command.body = std::move(parsed->command.body);
        personal.push_back(std::move(parsed->command.personal));
        fill_meta(command.meta, command.body, personal.back(), call, {});
        fingerprints.push_back(fingerprint_of(command.body, personal.back()));
    }
    if (!context.errors.empty()) {
        respond_field_errors(call, context.errors);
        return;
    }
    batch.meta.key = call.key;
    batch.meta.key_digest = key_digest_of(call.key);
    batch.meta.fingerprint = fingerprint_of(fingerprints);
    batch.meta.actor = call.caller.actor;
    batch.meta.trace_id = call.trace_id;
    auto operation = std::make_unique<AtomicOperation>(call, std::move(batch), std::move(personal));
    AtomicOperation& started = *operation;
    call.keep(std::move(operation));
    started.start();
}

struct WrappedLines {
    std::string text;
    std::size_t lines = 0;
};

/// `{"operations":[line,line,…]}` of an NDJSON body, so that both forms are read by one parser.
WrappedLines wrap_lines(std::string_view body) {
    WrappedLines wrapped{"{\"operations\":[", 0};
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('\n'), body.size());
        const std::string_view line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        if (wrapped.lines++ != 0) wrapped.text += ',';
        wrapped.text += line;
    }
    wrapped.text += "]}";
    return wrapped;
}

enum class BatchMode : std::uint8_t { independent, atomic };
constexpr std::array<std::pair<std::string_view, BatchMode>, 2> batch_modes{{
    {"independent", BatchMode::independent},
    {"atomic", BatchMode::atomic},
}};

}  // namespace

void handle_batch(Call& call) {
    FieldErrors errors;
    std::optional<WrappedLines> wrapped;
    std::string_view body = call.request().body;
    if (is_content_type(call.request().header(http::Header::content_type),
                        "application/x-ndjson")) {
        wrapped = wrap_lines(body);
        body = wrapped->text;
    }
    JsonDocument& document = thread_document();
    const auto root = document.parse(body);
    if (!root) {
        errors.add(root.error().pointer, root.error().detail);
        respond_field_errors(call, errors);
        return;
    }
    ObjectReader reader(*root, errors);
    const BatchMode mode =
        reader.enumeration<BatchMode>("mode", batch_modes).value_or(BatchMode::independent);
    const std::size_t operations_max = mode == BatchMode::atomic
                                           ? limits::batch_atomic_operations_max
                                           : limits::batch_independent_operations_max;
    const auto operations =
        reader.array("operations", {.required = true, .min_items = 1, .max_items = operations_max});
    // A line with two values, or a value on two lines: the index of an answer would name no line.
    if (wrapped && operations && operations->size() != wrapped->lines) {
        reader.fail("operations", "must be one JSON object a line");
    }
    reader.finish();
    if (!errors.empty()) {
        respond_field_errors(call, errors);
        return;
    }
    const ParseContext context = parse_context(call, errors);
    if (mode == BatchMode::atomic) {
        start_atomic(call, *operations, context);
    } else {
        start_independent(call, *operations, context);
    }
    document.shrink();
}

}  // namespace creditd::daemon
