// How fast bodies are read and answers are written: one call, and batches of 10 000 operations.
// Google Benchmark; figures are per call, `items_per_second` counts operations of a batch.
#include <benchmark/benchmark.h>

#include <string>

#include "text/json_reader.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

constexpr std::string_view single_body =
    R"({"feature":"image.generate","quantity":3,"user":"user_8812","model":"flux-1",)"
    R"("metadata":{"job":"j-99120","tier":"pro"}})";

void read_deduction(JsonValue value, FieldErrors& errors, std::string& metadata) {
    ObjectReader fields(value, errors);
    benchmark::DoNotOptimize(fields.id("feature"));
    benchmark::DoNotOptimize(fields.integer("quantity", 1, 1'000'000));
    benchmark::DoNotOptimize(fields.amount("amount", 6));
    benchmark::DoNotOptimize(fields.text("user"));
    benchmark::DoNotOptimize(fields.text("model"));
    benchmark::DoNotOptimize(fields.boolean("dry_run"));
    metadata.clear();
    fields.object_copy("metadata", metadata);
    fields.finish();
}

void parse_single(benchmark::State& state) {
    JsonDocument document;
    for (auto _ : state) benchmark::DoNotOptimize(document.parse(single_body).has_value());
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * single_body.size()));
}
BENCHMARK(parse_single);

void parse_and_read_single(benchmark::State& state) {
    JsonDocument document;
    FieldErrors errors;
    std::string metadata;
    for (auto _ : state) read_deduction(*document.parse(single_body), errors, metadata);
    if (!errors.empty()) state.SkipWithError("the body has errors");
}
BENCHMARK(parse_and_read_single);

std::string batch_body(std::size_t operations, bool long_form) {
    std::string body = R"({"mode":"independent","operations":[)";
    for (std::size_t i = 0; i < operations; ++i) {
        const std::string n = std::to_string(100'000 + i);
        if (i != 0) body += ',';
        body +=
            R"({"op":"deduct","account":"acct_)" + n + R"(","amount":0.25,"idempotency_key":"k-)";
        body += n + '"';
        if (long_form) {
            body += R"(,"feature":"image.generate","user":"user_)" + n;
            body += R"(","resource":"image/5f2b8c1e-77aa-4a0e","metadata":{"job":"j)" + n;
            body += R"(","prompt":"a \"quiet\" lake at dawn, wide angle, soft light, film grain, )";
            body += R"(muted palette, long exposure, and some more words to fill the line"})";
        }
        body += '}';
    }
    return body + "]}";
}

void read_operation(JsonValue value, FieldErrors& errors) {
    ObjectReader fields(value, errors);
    benchmark::DoNotOptimize(fields.text("op", {.required = true}));
    benchmark::DoNotOptimize(fields.id("account", required_field));
    benchmark::DoNotOptimize(fields.text("idempotency_key"));
    benchmark::DoNotOptimize(fields.amount("amount", 6));
    benchmark::DoNotOptimize(fields.id("feature"));
    benchmark::DoNotOptimize(fields.text("user"));
    benchmark::DoNotOptimize(fields.text("resource"));
    benchmark::DoNotOptimize(fields.object("metadata"));
    fields.finish();
}

void parse_and_read_batch(benchmark::State& state) {
    constexpr std::size_t operations = 10'000;
    const std::string body = batch_body(operations, state.range(0) != 0);
    JsonDocument document;
    FieldErrors errors;
    for (auto _ : state) {
        ObjectReader fields(*document.parse(body), errors);
        benchmark::DoNotOptimize(fields.text("mode"));
        const auto list = fields.array("operations");
        for (const JsonValue operation : *list) read_operation(operation, errors);
        fields.finish();
    }
    if (!errors.empty()) state.SkipWithError("the body has errors");
    const auto rounds = static_cast<std::int64_t>(state.iterations());
    state.SetItemsProcessed(rounds * static_cast<std::int64_t>(operations));
    state.SetBytesProcessed(rounds * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(parse_and_read_batch)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void write_deduction(benchmark::State& state) {
    std::string out;
    for (auto _ : state) {
        out.clear();
        JsonWriter json(out);
        json.begin_object();
        json.numbered("id", "txn_", 123'456);
        json.integer("seq", std::uint64_t{123'456});
        json.text("type", "deduction");
        json.text("account", "acct_100042");
        json.credits("amount", Credits{2'500'000}, 6);
        json.credits("delta", Credits{-2'500'000}, 6);
        json.begin_object("balance");
        json.credits("before", Credits{100'000'000}, 6);
        json.credits("after", Credits{97'500'000}, 6);
        json.end_object();
        json.credits("available", Credits{97'500'000}, 6);
        json.raw("metadata", R"({"job":"j-99120"})");
        json.text("description", "one picture, \"wide\"");
        json.timestamp("created_at", Timestamp{1'795'212'000'123'456});
        json.end_object();
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(write_deduction);

void write_timestamps(benchmark::State& state) {
    char text[timestamp_text_bytes];
    Timestamp now{1'795'212'000'123'456};
    for (auto _ : state) {
        now.value += 1'234'567;
        write_timestamp(text, now);
        benchmark::DoNotOptimize(text);
    }
}
BENCHMARK(write_timestamps);

void read_timestamps(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(parse_timestamp("2026-11-20T22:00:00.123456Z"));
    }
}
BENCHMARK(read_timestamps);

}  // namespace
}  // namespace creditd::daemon

BENCHMARK_MAIN();
