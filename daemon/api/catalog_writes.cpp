#include "catalog/catalog_file.hpp"
#include "catalog/catalog_json.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/render_catalog.hpp"
#include "daemon/api/writes.hpp"
#include "daemon/basics/http_text.hpp"

namespace creditd::daemon {
namespace {

/// Answers with 400 unless the id in the path is one.
bool has_valid_id(Call& call) {
    if (is_valid_id(call.parameter())) return true;
    call.respond_problem(ProblemCode::invalid_request,
                         "An id has 1 to 128 of A-Z a-z 0-9 . _ : @ - and begins with a letter or "
                         "digit.");
    return false;
}

OfferContext offer_context(const Call& call, const ParseContext& context) {
    return {context.decimals, context.errors, call.parameter()};
}

void start_feature(Call& call, CommandBody body) {
    CommandOperation& operation = new_operation(call, std::move(body));
    operation.answer = [&call](const Event& event) {
        render_feature_set(call.begin_json(200), std::get<FeatureSet>(event.body), call.decimals(),
                           event.time, event.seq);
        call.finish();
    };
    operation.start();
}

void start_removal(Call& call, CommandBody body) {
    CommandOperation& operation = new_operation(call, std::move(body));
    operation.answer = [&call](const Event&) {
        call.begin_no_content();
        call.finish();
    };
    operation.start();
}

void respond_with_version(Call& call, std::size_t changes, std::uint64_t price_book, Seq seq) {
    render_catalog_change(call.begin_json(200), changes, price_book, seq);
    call.finish();
}

/// The catalog that is asked for; nothing: answered already with 400.
std::optional<ReplaceCatalog> parse_body_as_catalog(Call& call) {
    const std::string_view type = call.request().header(http::Header::content_type);
    const bool is_toml = is_content_type(type, "application/toml");
    auto catalog = parse_catalog(
        call.request().body, is_toml ? CatalogFormat::toml : CatalogFormat::json, call.decimals());
    if (catalog) return std::move(*catalog);
    respond_field_errors(call, catalog.error());
    return std::nullopt;
}

}  // namespace

void handle_put_feature(Call& call) {
    auto feature = read_body(call, [&](ObjectReader& reader, const ParseContext& context) {
        return read_feature(reader, offer_context(call, context));
    });
    if (feature && has_valid_id(call)) start_feature(call, std::move(*feature));
}

void handle_patch_feature(Call& call) {
    auto change = read_body(call, [&](ObjectReader& reader, const ParseContext& context) {
        return read_feature_change(reader, offer_context(call, context));
    });
    if (change) start_feature(call, std::move(*change));
}

void handle_delete_feature(Call& call) { start_removal(call, RemoveFeature{call.parameter()}); }

void handle_put_offer(Call& call, OfferKind kind) {
    auto offer = read_body(call, [&](ObjectReader& reader, const ParseContext& context) {
        return read_offer(kind, reader, offer_context(call, context));
    });
    if (!offer || !has_valid_id(call)) return;
    CommandOperation& operation = new_operation(call, SetOffer{std::move(*offer)});
    // Under a key the answer must be found again in the event alone, which does not know.
    const auto is_new = std::make_shared<bool>(false);
    if (call.key.empty()) {
        operation.look_before = [is_new, kind, id = call.parameter()](const State& state) {
            *is_new = !state.catalog().has_offer(kind, id);
        };
    }
    operation.answer = [&call, is_new](const Event& event) {
        render_offer_with_times(call.begin_json(*is_new ? 201 : 200),
                                std::get<OfferSet>(event.body).offer, call.decimals(), std::nullopt,
                                event.time, event.seq);
        call.finish();
    };
    operation.start();
}

void handle_delete_offer(Call& call, OfferKind kind) {
    start_removal(call, RemoveOffer{kind, call.parameter()});
}

void handle_put_catalog(Call& call) {
    auto catalog = parse_body_as_catalog(call);
    if (!catalog) return;
    CommandOperation& operation = new_operation(call, std::move(*catalog));
    operation.answer = [&call, &operation](const Event& last) {
        respond_with_version(call, operation.events.size(), price_book_of(last), last.seq);
    };
    operation.answer_unchanged = [&call, &operation] {
        respond_with_version(call, 0, operation.unchanged.price_book, operation.unchanged.seq);
    };
    operation.start();
}

}  // namespace creditd::daemon
