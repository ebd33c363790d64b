#include <array>
#include <string>

#include "tests/fuzz/seeds.hpp"

namespace creditd::tests {
namespace {

constexpr std::array<std::string_view, 11> requests{
    "GET /v1/accounts/ada/balance?at=2030-01-01T00%3A00%3A00Z HTTP/1.1\r\nHost: localhost\r\n"
    "Authorization: Bearer crd_0123456789abcdef\r\nAccept: application/json\r\n\r\n",
    "POST /v1/accounts/ada/deductions HTTP/1.1\r\nHost: [::1]:8080\r\nIdempotency-Key: "
    "\"k\\\"1\"\r\n"
    "Content-Type: application/json; charset=\"utf-8\"\r\nContent-Length: 14\r\n\r\n"
    "{\"amount\":\"1\"}",
    "PUT http://localhost/v1/accounts/a%2Fb?x=%2B+1&limit=5&cursor=QQ HTTP/1.1\r\nhost:x\r\n"
    "authorization: Basic Y3JkXzAxMjM6\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n{}",
    "GET /v1/accounts/ada/transactions?type=grant&page=2 HTTP/1.1\r\nHost: h\r\n"
    "Accept: text/csv;q=0.8, application/*;q=0.5, */*;q=0\r\nX-Request-Id: req_1:2/3\r\n"
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
    "POST /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: h\r\n"
    "\r\n\r\nDELETE /v1/features/img HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HEAD /livez HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n",
    "OPTIONS * HTTP/2.0\r\nHost: h\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\n",
};

/// A body for each CommandKind, in its order; then an atomic batch.
constexpr std::array<std::string_view, 20> bodies{
    "ada\n{\"name\":\"Ada\",\"metadata\":{\"b\":1,\"a\":[true,null,\"\\u00e9\"]},\"credit_limit\":"
    "2.5,"
    "\"parent\":\"bob\",\"labels\":{\"x\":\"y\"}}",
    "closed\n{\"reason\":\"why\"}",
    "closed\n{}",
    "ada\n{\"amount\":\"1.5\",\"kind\":\"promo\",\"priority\":7,\"expires_in\":\"30d\","
    "\"effective_at\":\"2023-11-15T00:00:00Z\",\"features\":[\"img\"],"
    "\"cost\":{\"amount\":99,\"currency\":\"eur\"},\"description\":\"d\"}",
    "bob\n{\"amount\":10,\"payment\":{\"provider\":\"stripe\",\"id\":\"pi_1\",\"amount\":1000,"
    "\"currency\":\"USD\"}}",
    "ada\n{\"feature\":\"img\",\"quantity\":3,\"user\":\"u1\",\"model\":\"m\",\"resource\":\"r\","
    "\"allow_partial\":true,\"dry_run\":false}",
    "txn_12\n{\"amount\":0.5}",
    "grt_8\n{}",
    "ada\n{\"amount\":0.25,\"expires_in\":\"90s\",\"on_expiry\":\"capture\"}",
    "hold_13\n{\"amount\":0.1,\"final\":true}",
    "hold_14\n{\"amount\":0.000001,\"expires_in\":\"2h\"}",
    "hold_13\n{}",
    "\n{\"from\":\"ada\",\"to\":\"bob\",\"amount\":0.5,\"metadata\":{}}",
    "img\n{\"credits\":\"0.04\",\"name\":\"Image\",\"category\":\"c\",\"active\":true}",
    "\n{\"name\":\"n\",\"scopes\":[\"admin\",\"ledger:read\"],\"account_prefix\":\"a\","
    "\"expires_in\":\"1d\"}",
    "\n[{\"op\":\"account\",\"account\":\"new\"},{\"op\":\"grant\",\"account\":\"new\",\"amount\":"
    "9},"
    "{\"op\":\"transfer\",\"from\":\"new\",\"to\":\"ada\",\"amount\":4},"
    "{\"op\":\"deduct\",\"account\":\"ada\",\"amount\":1},{\"op\":\"capture\",\"id\":\"hold_13\"}]",
    "ada\n{\"amount\":999999999.999999}",
    "txn_11\n{}",
    "ada\n{\"feature\":\"off\"}",
    "bob\n{\"amount\":1,\"payment\":{\"provider\":\"p\",\"id\":\"x\",\"amount\":0,\"currency\":"
    "\"idr\"}"
    ",\"expires_at\":\"2099-01-01T00:00:00+07:00\"}",
};
constexpr std::array<std::size_t, 4> later_kinds{3, 6, 5, 4};  // of the last four bodies

}  // namespace

void write_http_seeds(const std::filesystem::path& root) {
    SeedFolder heads(root / "head");
    SeedFolder sessions(root / "session");
    for (const std::string_view request : requests) {
        heads.add(request);
        sessions.add('\x05' + std::string(request));
        sessions.add('\xff' + std::string(request));
    }
    SeedFolder commands(root / "command");
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        const std::size_t plain = bodies.size() - later_kinds.size();
        const std::size_t kind = i < plain ? i : later_kinds[i - plain];
        commands.add(static_cast<char>(kind) + std::string(bodies[i]));
    }
}

}  // namespace creditd::tests
