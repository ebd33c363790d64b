#include "tests/sim/told.hpp"

#include <set>
#include <utility>

#include "tests/sim/crash.hpp"

namespace creditd::sim {
namespace {

/// Is this how a transaction is told? A transfer is answered with both of its sides at once.
bool is_transaction(const Json& body) {
    if (!body.has("delta") || body.at("to").kind == Json::Kind::object) return false;
    return body.has("id") && body.has("seq") && body.has("account");
}

/// Without what says only how the answer came about.
Json form_of(const Json& body) {
    Json form = body;
    std::erase_if(form.items, [](const JsonMember& one) {
        return one.first == "replayed" || one.first == "duplicate";
    });
    return form;
}

}  // namespace

void Told::hear(const Request& request, unsigned status, const Json& body, std::uint64_t heard,
                std::uint64_t known) {
    if (status >= 300 || request.is_dry_run || request.is_news) return;
    if (request.name == "transactions") check_list(request, body, known);
    learn(request, body, heard);
    for (const auto& [name, one] : body.at("data").items) learn(request, one, heard);
    for (const auto& [name, one] : body.at("results").items) learn(request, one.at("body"), heard);
}

void Told::learn(const Request& request, const Json& body, std::uint64_t heard) {
    if (!is_transaction(body)) return;
    Json form = form_of(body);
    OfAccount& account = accounts_[body.at("account").text];
    const auto [at, is_new] = account.try_emplace(body.at("seq").number());
    if (is_new) at->second = {std::move(form), heard};
    else if (at->second.form != form) {
        throw Failure{
            "a transaction is told one way",
            request.text() + ": first " + print(at->second.form) + ", now " + print(form)};
    }
}

void Told::check_list(const Request& request, const Json& body, std::uint64_t known) const {
    const auto fail = [&](const std::string& what) {
        throw Failure{"a list leaves out nothing",
                      what + ": " + request.text() + " was answered " + print(body)};
    };
    const std::string account = request.path.substr(13, request.path.find('/', 13) - 13);
    std::set<std::uint64_t> listed;
    for (const auto& [name, one] : body.at("data").items) {
        const std::uint64_t seq = one.at("seq").number();
        if (one.at("account").text != account) fail("of another account");
        if (!listed.empty() && seq >= *listed.begin()) fail("not the newest first");
        listed.insert(seq);
    }
    const bool has_more = body.at("has_more").text == "true";
    if (has_more && listed.empty()) fail("more than nothing");
    const auto all = accounts_.find(account);
    if (all == accounts_.end()) return;
    for (auto at = all->second.rbegin(); at != all->second.rend(); ++at) {
        const auto& [seq, one] = *at;
        if (has_more && seq < *listed.begin()) break;
        if (one.heard <= known && !listed.contains(seq)) {
            fail("not the transaction of seq " + std::to_string(seq));
        }
    }
}

}  // namespace creditd::sim
