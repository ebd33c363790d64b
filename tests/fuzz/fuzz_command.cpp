// The body of a request, for each kind of command, for an atomic batch and for a whole catalog: it
// is refused with a reason, or it is a command whose fingerprint does not depend on its spelling,
// and which a ledger with a past can decide. What the ledger decided is sound and has one spelling
// on disk.
#include <array>
#include <string>

#include "catalog/catalog_file.hpp"
#include "daemon/api/fingerprint.hpp"
#include "daemon/api/ids.hpp"
#include "daemon/api/render_catalog.hpp"
#include "replay/sha256.hpp"
#include "tests/fuzz/support.hpp"
#include "tests/support/ledger_world.hpp"
#include "text/json_reader.hpp"

using namespace creditd;
using namespace creditd::daemon;
using creditd::tests::FuzzInput;
using creditd::tests::LedgerWorld;
using creditd::tests::require;

namespace {

constexpr std::size_t kinds_count = static_cast<std::size_t>(CommandKind::api_key) + 1;
constexpr std::size_t batch_operations_max = 40;

/// A ledger that commands can be about: two accounts with grants of all sorts, a closed one, holds,
/// deductions (txn_11, txn_12), prices. Every input is decided on a state stacked on it.
class Past {
public:
    static LedgerWorld& world() {
        static Past past;
        return past.world_;
    }

private:
    Past() {
        world_.put_account("ada", 5'000'000);
        world_.put_account("bob");
        world_.put_account("closed");
        for (const std::string key : {"img", "off"}) {
            SetFeature feature;
            feature.key = key;
            feature.price = Credits{250'000};
            feature.active = key == "img";
            world_.run(feature);
        }
        world_.grant("ada", 10'000'000);
        world_.grant("ada", 3'000'000, {world_.now() + Duration::days(1), {}});
        world_.grant("bob", 1);
        world_.deduct("ada", 2'000'000);
        world_.deduct("ada", 14'000'000);
        for (const OnExpiry on_expiry : {OnExpiry::release, OnExpiry::capture}) {
            PlaceHold hold;
            hold.account = "ada";
            hold.price.amount = Credits{500'000};
            hold.expires_in = Duration::seconds(3600);
            hold.on_expiry = on_expiry;
            world_.run(hold);
        }
        world_.run(CloseAccount{"closed"});
        Package package;
        package.id = "p100";
        package.credits = Credits{100'000'000};
        package.bonus = Credits{5'000'000};
        package.price = {900, Currency::of("USD")};
        world_.run(SetOffer{package});
        CatalogSettings settings;
        settings.signup_credits = Credits{6'000'000};
        world_.run(SetOffer{settings});
    }

    LedgerWorld world_;
};

struct Parsed {
    ParsedCommand command;
    FieldErrors errors;
};

Parsed parse(CommandKind kind, JsonValue body, std::string_view target) {
    Parsed parsed;
    ObjectReader reader(body, parsed.errors);
    const ParseContext context{6, Past::world().now(), true, parsed.errors};
    parsed.command = parse_command(kind, reader, target, context);
    reader.finish();
    return parsed;
}

void require_reasons(const FieldErrors& errors) {
    require(!errors.list().empty(), "a refused body says what is wrong");
    for (const FieldError& error : errors.list()) {
        require(error.pointer.starts_with('#') && !error.detail.empty(),
                "every fault has a place and a sentence");
    }
}

/// The same JSON, minified and with its keys in order, is the same command.
void require_spelling_is_nothing(CommandKind kind, JsonValue body, std::string_view target,
                                 const Digest& fingerprint) {
    std::string copy;
    const JsonCopyLimits limits{.bytes_max = 1u << 20, .depth_max = 16, .sorted_keys = true};
    if (append_canonical(copy, body, limits) != nullptr) return;
    JsonDocument document;
    const auto root = document.parse(copy);
    require(root.has_value(), "a canonical copy can be parsed");
    const Parsed again = parse(kind, *root, target);
    require(again.errors.empty(), "a canonical copy is as good as the original");
    require(fingerprint_of(again.command.body, again.command.personal) == fingerprint,
            "the fingerprint does not depend on the spelling");
}

Command command_of(const ParsedCommand& parsed) {
    Command command;
    command.body = parsed.body;
    command.meta.key = "fuzz";
    command.meta.key_digest = key_digest_of("fuzz");
    command.meta.fingerprint = fingerprint_of(parsed.body, parsed.personal);
    command.meta.actor = "key_fuzz";
    if (!parsed.personal.is_empty()) {
        command.meta.personal = schemas::encode_personal({}, parsed.personal);
        command.meta.personal_hash = replay::sha256(command.meta.personal);
        PersonalFields again;
        require(schemas::decode_personal(command.meta.personal, again).has_value() &&
                    again == parsed.personal,
                "personal fields come back as they were");
    }
    const LedgerWorld& past = Past::world();
    command.evidence = past.facts().evidence_for(command, past.state().head.seq);
    return command;
}

void require_good(const State& state, const std::vector<DecidedEvent>& events) {
    for (const DecidedEvent& decided : events) tests::require_round_trip(decided.event);
    tests::require_sound(state, "a command");
}

void decide(CommandKind kind, const ParsedCommand& parsed) {
    Command command = command_of(parsed);
    std::vector<DecidedEvent> events;
    if (kind == CommandKind::api_key) {
        // Changes of the catalog are never part of a stacked state.
        LedgerWorld fresh;
        if (auto* key = std::get_if<CreateApiKey>(&command.body)) key->id = "key_new";
        fresh.run(command);
        require_good(fresh.state(), fresh.events());
        return;
    }
    const LedgerWorld& past = Past::world();
    for (const Duration later : {Duration{1}, Duration::days(2)}) {
        State state(past.state());
        events.clear();
        execute(state, command, past.now() + later, Policy{}, events);
        require_good(state, events);
    }
}

void one_command(CommandKind kind, JsonValue body, std::string_view target) {
    const Parsed parsed = parse(kind, body, target);
    if (!parsed.errors.empty()) return require_reasons(parsed.errors);
    const Digest fingerprint = fingerprint_of(parsed.command.body, parsed.command.personal);
    require_spelling_is_nothing(kind, body, target, fingerprint);
    // The handler refuses such a path, after it has read the body.
    if (kind == CommandKind::account && !is_valid_id(target)) return;
    decide(kind, parsed.command);
}

void atomic_batch(JsonValue operations) {
    AtomicBatch batch;
    batch.meta.key = "fuzz";
    batch.meta.key_digest = key_digest_of("fuzz");
    batch.as_of = Past::world().state().head.seq;
    for (const JsonValue value : operations) {
        FieldErrors errors;
        ObjectReader reader(value, errors);
        const auto kind = operation_kind(reader.text("op").value_or(""));
        if (!kind) continue;
        const std::string target(reader.text("account").value_or(reader.text("id").value_or("")));
        const ParseContext context{6, Past::world().now(), true, errors};
        const ParsedCommand parsed = parse_command(*kind, reader, target, context);
        reader.finish();
        const bool is_named = *kind != CommandKind::account || is_valid_id(target);
        if (!errors.empty() || parsed.dry_run || !is_named) continue;
        batch.operations.push_back(command_of(parsed));
        if (batch.operations.size() == batch_operations_max) break;
    }
    if (batch.operations.empty()) return;
    State state(Past::world().state());
    std::vector<DecidedEvent> events;
    execute(state, batch, Past::world().now() + Duration::seconds(7200), Policy{}, events);
    require_good(state, events);
}

/// A catalog that is taken is told in a form that makes the same catalog, and nothing else.
void whole_catalog(std::string_view text, CatalogFormat format) {
    const auto parsed = parse_catalog(text, format, 6);
    if (!parsed) return require_reasons(parsed.error());
    LedgerWorld world;
    Command command;
    command.body = *parsed;
    std::get<ReplaceCatalog>(command.body).price_book.reset();
    command.evidence.as_of = world.state().head.seq;
    world.run(command);
    require_good(world.state(), world.events());
    std::string told;
    render_catalog(told, world.state().catalog(), 6, world.state().head.seq);
    const auto again = parse_catalog(told, CatalogFormat::json, 6);
    require(again.has_value(), "a catalog that is told can be taken");
    const Seq before = world.state().head.seq;
    command.body = *again;
    command.evidence.as_of = before;
    world.run(command);
    require(world.state().head.seq == before, "… and changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzInput input(data, size);
    const std::size_t choice = input.byte() % (kinds_count + 3);
    const std::string target(input.line());
    const std::string body(input.rest());
    if (choice > kinds_count) {
        const bool is_toml = choice == kinds_count + 1;
        whole_catalog(body, is_toml ? CatalogFormat::toml : CatalogFormat::json);
        return 0;
    }
    JsonDocument document;
    const auto root = document.parse(body);
    if (!root) {
        require(!root.error().detail.empty(), "broken JSON has a reason");
        return 0;
    }
    if (choice < kinds_count) {
        one_command(static_cast<CommandKind>(choice), *root, target);
    } else if (root->kind() == JsonKind::array) {
        atomic_batch(*root);
    }
    return 0;
}
