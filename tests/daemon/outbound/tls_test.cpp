// TLS with a certificate that the openssl command has made for right.test: trusted where the
// options name it, for that name only.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <memory>

#include "tests/daemon/outbound/client_fixture.hpp"
#include "tests/daemon/outbound/receiver.hpp"
#include "tests/daemon/outbound/stub_resolver.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::daemon {
namespace {

using namespace testing;  // NOLINT: of these tests

constexpr std::string_view not_trusted = "the certificate is not one that is trusted for this host";

class TlsTest : public ::testing::Test {
protected:
    void SetUp() override {
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
            "/CN=right.test -addext subjectAltName=DNS:right.test -keyout " +
            folder_.file("key") + " -out " + folder_.file("right.pem"));
        run("openssl x509 -days -1 -in " + folder_.file("right.pem") + " -signkey " +
            folder_.file("key") + " -out " + folder_.file("expired.pem"));
        resolve("right.test", {"127.0.0.1"});
        resolve("wrong.test", {"127.0.0.1"});
    }

    static void run(const std::string& command) {
        ASSERT_EQ(std::system((command + " 2>/dev/null").c_str()), 0) << command;
    }

    /// One request a connection.
    Receiver::Script secured(const std::string& name, int version_max = TLS1_3_VERSION) {
        const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
        SSL_CTX_set_security_level(context.get(), 0);  // it would do what the client refuses
        SSL_CTX_set_max_proto_version(context.get(), version_max);
        SSL_CTX_use_certificate_file(context.get(), folder_.file(name + ".pem").c_str(),
                                     SSL_FILETYPE_PEM);
        SSL_CTX_use_PrivateKey_file(context.get(), folder_.file("key").c_str(), SSL_FILETYPE_PEM);
        return [context](int fd) {
            const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), &SSL_free);
            SSL_set_fd(ssl.get(), fd);
            std::string answer = ok_answer("in secret");
            std::string request(4096, '\0');
            if (SSL_accept(ssl.get()) != 1 || SSL_read(ssl.get(), request.data(), 4096) <= 0)
                return;
            SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
            SSL_shutdown(ssl.get());
        };
    }

    HttpClient::Options trusting(const std::string& name) {
        HttpClient::Options options = local_options();
        options.https_only = true;
        options.ca_file = name.empty() ? "" : folder_.file(name + ".pem");
        return options;
    }
    static std::string url_of(const Receiver& receiver, const std::string& host) {
        return "https://" + host + ":" + std::to_string(receiver.port()) + "/";
    }

    tests::TemporaryFolder folder_;
};

TEST_F(TlsTest, WhoIsTrustedIsAnswered) {
    const Receiver receiver(secured("right"));
    HttpClient client(trusting("right"));
    for (int i = 0; i < 3; ++i) {
        const HttpResult result = get(client, url_of(receiver, "right.test"));
        EXPECT_EQ(result.status, 200) << result.error;
        EXPECT_EQ(result.body, "in secret");
    }
}

TEST_F(TlsTest, WhoIsNotIsNotTalkedTo) {
    const Receiver receiver(secured("right"));
    const Receiver expired(secured("expired"));
    {
        HttpClient client(trusting("right"));
        EXPECT_EQ(get(client, url_of(receiver, "wrong.test")).error, not_trusted);
        EXPECT_EQ(get(client, url_of(receiver, "127.0.0.1")).error, not_trusted);
    }
    HttpClient of_system(trusting(""));
    EXPECT_EQ(get(of_system, url_of(receiver, "right.test")).error, not_trusted);
    HttpClient of_expired(trusting("expired"));
    EXPECT_EQ(get(of_expired, url_of(expired, "right.test")).error, not_trusted);
}

TEST_F(TlsTest, NoTlsNoAnswer) {
    const Receiver plain(Receiver::answering(ok_answer()));
    HttpClient client(trusting("right"));
    EXPECT_NE(get(client, url_of(plain, "right.test"), Duration{500'000}).error, "");
    const Receiver old(secured("right", TLS1_1_VERSION));
    EXPECT_EQ(get(client, url_of(old, "right.test")).error, "TLS could not be agreed on");
    HttpClient no_roots(trusting("missing"));
    const Receiver receiver(secured("right"));
    EXPECT_NE(get(no_roots, url_of(receiver, "right.test")).error, "");
}

}  // namespace
}  // namespace creditd::daemon
