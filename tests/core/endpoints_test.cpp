// Endpoints of webhooks: made, changed, given new secrets and removed, and nobody's business whose
// key is for other accounts.
#include <gtest/gtest.h>

#include "tests/core/asks.hpp"
#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

Ask endpoint(std::string url, std::vector<std::string> events = {}) {
    return Ask([=](const World&) -> CommandBody { return CreateEndpoint{url, "", events}; });
}
Ask change(const ChangeEndpoint& command) {
    return Ask([=](const World&) -> CommandBody { return command; }).without_key();
}
Ask rotate(std::string id, std::int64_t overlap_seconds) {
    ChangeEndpoint command;
    command.id = std::move(id);
    command.rotate_overlap = Duration::seconds(overlap_seconds);
    return Ask([=](const World&) -> CommandBody { return command; });
}
Ask remove(std::string id) {
    return Ask([=](const World&) -> CommandBody { return RemoveEndpoint{id}; }).without_key();
}

const Offers<Endpoint>& endpoints_of(Scene& scene) {
    return scene.world().state().catalog().endpoints;
}
/// The only one.
std::string id_of(Scene& scene) { return endpoints_of(scene).begin()->first; }
const Endpoint& of(Scene& scene) { return endpoints_of(scene).begin()->second.set; }

TEST(Endpoints, AreNamedAfterTheEventThatMadeThem) {
    Scene scene = given(account("ann"), endpoint("https://a.example", {"hold.placed"}));
    EXPECT_EQ(id_of(scene), "ep_" + std::to_string(scene.world().state().head.seq.value));
    EXPECT_EQ(of(scene).url, "https://a.example");
    EXPECT_EQ(of(scene).events, std::vector<std::string>{"hold.placed"});
    EXPECT_EQ(of(scene).status, EndpointStatus::active);
    EXPECT_EQ(of(scene).secret, 1U);
}

TEST(Endpoints, ChangeWhatIsGivenAndNothingElse) {
    Scene scene = given(endpoint("https://a.example", {"hold.placed"}));
    const Timestamp made = scene.world().now();
    ChangeEndpoint command;
    command.id = id_of(scene);
    command.status = EndpointStatus::paused;
    command.description = "shop";
    scene.given(later(5), change(command));
    EXPECT_EQ(of(scene).url, "https://a.example");
    EXPECT_EQ(of(scene).events.size(), 1U);
    EXPECT_EQ(of(scene).description, "shop");
    EXPECT_EQ(of(scene).status, EndpointStatus::paused);
    EXPECT_EQ(endpoints_of(scene).begin()->second.created_at, made);
    EXPECT_EQ(endpoints_of(scene).begin()->second.updated_at, scene.world().now());
    const Seq before = scene.world().state().head.seq;
    EXPECT_EQ(change(command).run(scene.world()).kind, OutcomeKind::nothing_done);
    EXPECT_EQ(scene.world().state().head.seq, before);
}

TEST(Endpoints, CountTheirSecrets) {
    Scene scene = given(endpoint("https://a.example"));
    scene.given(rotate(id_of(scene), 60));
    EXPECT_EQ(of(scene).secret, 2U);
    EXPECT_EQ(of(scene).previous_until, scene.world().now() + Duration::seconds(60));
    scene.given(rotate(id_of(scene), 0));
    EXPECT_EQ(of(scene).secret, 3U);
    EXPECT_EQ(of(scene).previous_until, scene.world().now());
}

TEST(Endpoints, AreRemovedOnce) {
    Scene scene = given(endpoint("https://a.example"));
    const std::string id = id_of(scene);
    scene.given(remove(id));
    EXPECT_TRUE(endpoints_of(scene).empty());
    scene.when(remove(id)).then(refused(RefusalCode::endpoint_not_found));
    scene.when(rotate(id, 60)).then(refused(RefusalCode::endpoint_not_found));
}

TEST(Endpoints, OfOtherAccountsDoNotExistForAKey) {
    Scene scene = given(endpoint("https://a.example").within("org-1:"));
    EXPECT_EQ(of(scene).account_prefix, "org-1:");
    const std::string id = id_of(scene);
    scene.when(remove(id).within("org-2:")).then(refused(RefusalCode::endpoint_not_found));
    scene.when(remove(id).within("org-1:x")).then(refused(RefusalCode::endpoint_not_found));
    scene.given(remove(id).within("org-"));
    EXPECT_TRUE(endpoints_of(scene).empty());
}

TEST(Endpoints, AreBoundInNumber) {
    Scene scene;
    for (std::size_t i = 0; i < limits::endpoints_max; ++i) {
        scene.given(endpoint("https://a.example"));
    }
    scene.when(endpoint("https://a.example")).then(refused(RefusalCode::endpoint_limit));
}

}  // namespace
}  // namespace creditd::tests
