// The table of routes: every pattern matches itself and nothing else, and every scope is enough for
// what it is for and for nothing more.
#include "daemon/api/routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace creditd::daemon {
namespace {

using http::Method;

/// A path of a pattern, its holes filled.
std::string path_of(std::string_view pattern) {
    std::string path(pattern);
    if (const std::size_t rest = path.find("{...}"); rest != std::string::npos) {
        path.replace(rest, 5, "y-1/z");
    }
    for (std::size_t at = path.find("{}"); at != std::string::npos; at = path.find("{}")) {
        path.replace(at, 2, "x-1");
    }
    return path;
}

TEST(Routes, EachIsFoundByItsOwnPath) {
    for (const Route& route : all_routes()) {
        const RouteMatch match = match_route(route.method, path_of(route.pattern));
        ASSERT_NE(match.route, nullptr) << route.pattern;
        EXPECT_EQ(match.route->id, route.id) << route.pattern;
        EXPECT_TRUE(match.path_exists);
        const bool has_hole = route.pattern.find("{}") != std::string_view::npos;
        const bool takes_rest = route.pattern.find("{...}") != std::string_view::npos;
        EXPECT_EQ(match.parameters[0], has_hole ? "x-1" : takes_rest ? "y-1/z" : "");
    }
}

TEST(Routes, WhatMovesCreditsNeedsAKey) {
    for (const Route& route : all_routes()) {
        // What is done already is not done again.
        const bool is_repeatable =
            route.id == RouteId::close_account || route.id == RouteId::reopen_account ||
            route.id == RouteId::cancel_subscription || route.id == RouteId::resume_subscription ||
            route.id == RouteId::suspend_subscription;
        const bool moves_credits =
            route.method == Method::post && route.access == Access::ledger_write && !is_repeatable;
        EXPECT_TRUE(!moves_credits || route.needs_key) << route.pattern;
        EXPECT_TRUE(route.method != Method::get || !route.needs_key) << route.pattern;
    }
}

TEST(Routes, SaysWhichMethodsAPathTakes) {
    const RouteMatch match = match_route(Method::patch, "/v1/accounts/alice");
    EXPECT_EQ(match.route, nullptr);
    EXPECT_TRUE(match.path_exists);
    EXPECT_NE(match.allowed.find("GET"), std::string::npos);
    EXPECT_NE(match.allowed.find("PUT"), std::string::npos);
}

TEST(Routes, KnowsNothingElse) {
    for (const char* path :
         {"", "/", "/v1", "/v1/", "/v1/accounts/", "/v1/accounts/a/balance/",
          "/v1/accounts/a/balances", "/v1//accounts", "//v1/accounts", "/V1/accounts",
          "/v1/accounts/a/b/c", "v1/accounts", "/v1/accounts/a/b/c/d/e/f/g/h/i/j"}) {
        const RouteMatch match = match_route(Method::get, path);
        EXPECT_EQ(match.route, nullptr) << path;
        EXPECT_FALSE(match.path_exists) << path;
    }
}

TEST(Routes, TheRestOfAPathIsOneParameter) {
    const RouteMatch tile = match_route(Method::get, "/tile/0/x001/234.p/7");
    ASSERT_NE(tile.route, nullptr);
    EXPECT_EQ(tile.route->id, RouteId::tile);
    EXPECT_EQ(tile.parameters[0], "0");
    EXPECT_EQ(tile.parameters[1], "x001/234.p/7");
    const RouteMatch entries = match_route(Method::get, "/tile/entries/x001/%2f34");
    ASSERT_NE(entries.route, nullptr);
    EXPECT_EQ(entries.route->id, RouteId::tile_entries);
    EXPECT_EQ(entries.parameters[0], "x001/%2f34");
    const RouteMatch deep = match_route(Method::get, "/tile/0/a/b/c/d/e/f/g/h//");
    ASSERT_NE(deep.route, nullptr);
    EXPECT_EQ(deep.parameters[1], "a/b/c/d/e/f/g/h//");
    EXPECT_EQ(match_route(Method::get, "/tile/0//x").parameters[1], "/x");
    for (const char* path :
         {"/tile", "/tile/", "/tile/0", "/tile/0/", "/tile//000", "tile/0/0", "/tile/entries/"}) {
        EXPECT_EQ(match_route(Method::get, path).route, nullptr) << path;
    }
}

TEST(Routes, AnEscapedSlashIsPartOfAnId) {
    const RouteMatch match = match_route(Method::get, "/v1/accounts/a%2Fbalance");
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->id, RouteId::get_account);
    EXPECT_EQ(match.parameters[0], "a/balance");
}

TEST(Routes, ScopesAllowWhatTheyName) {
    EXPECT_TRUE(is_allowed(Access::ledger_read, bit_of(Scope::admin)));
    EXPECT_TRUE(is_allowed(Access::admin, bit_of(Scope::admin)));
    EXPECT_TRUE(is_allowed(Access::open, 0));
    for (const Access access : {Access::ledger_read, Access::ledger_write, Access::catalog_write,
                                Access::audit, Access::admin}) {
        EXPECT_FALSE(is_allowed(access, 0));
    }
    for (unsigned bit = 0; bit < scopes_count; ++bit) {
        const auto scope = static_cast<Scope>(bit);
        EXPECT_EQ(scope_of(name_of(scope)), scope);
        EXPECT_EQ(is_allowed(Access::admin, bit_of(scope)), scope == Scope::admin);
        EXPECT_EQ(is_allowed(Access::audit, bit_of(scope)),
                  scope == Scope::admin || scope == Scope::audit_read);
    }
    EXPECT_FALSE(scope_of("nothing"));
}

TEST(Routes, EndUsersReadTheirAccountAndNothingElse) {
    std::vector<std::string_view> readable;
    for (const Route& route : all_routes()) {
        if (route.access == Access::open || !is_allowed(route.access, end_user_bit)) continue;
        EXPECT_EQ(route.method, Method::get) << route.pattern;
        EXPECT_TRUE(route.pattern.starts_with("/v1/accounts/{}/")) << route.pattern;
        readable.push_back(route.pattern.substr(16));
    }
    std::ranges::sort(readable);
    EXPECT_EQ(readable, (std::vector<std::string_view>{"balance", "grants", "stream",
                                                       "transactions", "usage"}));
    for (unsigned bit = 0; bit < scopes_count; ++bit) {
        EXPECT_NE(1U << bit, end_user_bit) << "a scope that a key may have";
    }
}

}  // namespace
}  // namespace creditd::daemon
