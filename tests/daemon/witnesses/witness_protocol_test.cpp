#include "daemon/witnesses/witness_protocol.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/witnesses/log_and_witness.hpp"

namespace creditd::tests {
namespace {

using daemon::WitnessAnswer;
using Kind = WitnessAnswer::Kind;

class WitnessProtocol : public testing::Test {
protected:
    WitnessProtocol() { log_.grow(5); }

    WitnessAnswer read(int status, std::string body, bool is_cut = false) const {
        return read_witness_answer({.status = status, .body = std::move(body), .is_cut = is_cut},
                                   cosigner_.witness(), text_);
    }

    SmallLog log_;
    const Cosigner cosigner_{"one.example/w"};
    const std::string text_ = "log.example/a\n5\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
};

TEST_F(WitnessProtocol, WhatIsAsked) {
    const auto head = log_.head();
    const auto first = add_checkpoint_request(cosigner_.witness(), 0, {}, head->note);
    EXPECT_EQ(first.method, "POST");
    EXPECT_EQ(first.url, "https://one.example/w/add-checkpoint");
    EXPECT_EQ(first.body, "old 0\n\n" + head->note);
    const proof::Proof proof = log_.tree().consistency(3, 5);
    const auto next = add_checkpoint_request(cosigner_.witness(), 3, proof, head->note);
    std::string body = "old 3\n";
    for (const Hash256& hash : proof) body += proof::to_base64(as_text(hash)) + '\n';
    EXPECT_EQ(next.body, body + '\n' + head->note);
}

TEST_F(WitnessProtocol, ACosignatureIsVerified) {
    const std::string line = cosigner_.cosign(text_);
    EXPECT_EQ(read(200, line).kind, Kind::cosigned);
    EXPECT_EQ(read(200, line).line, line);
    // Lines of others, and of its older key, stand beside it.
    const Cosigner stranger("two.example/w"), same_name("one.example/w");
    const std::string around = stranger.cosign(text_) + same_name.cosign(text_) + "garbage\n\n";
    EXPECT_EQ(read(200, around + line + around).line, line);
    // Its time is its own word.
    EXPECT_EQ(read(200, cosigner_.cosign(text_, 0)).kind, Kind::cosigned);
    EXPECT_EQ(read(200, cosigner_.cosign(text_, ~std::uint64_t{0})).kind, Kind::cosigned);
}

TEST_F(WitnessProtocol, WhatIsNoneIsNotBelieved) {
    const std::string line = cosigner_.cosign(text_);
    const Cosigner same_name("one.example/w");
    std::string other_text = text_;
    other_text[other_text.size() - 5] = 'X';
    for (const std::string& body :
         {std::string(), line.substr(0, line.size() - 1), "x" + line, same_name.cosign(text_),
          cosigner_.cosign(other_text), text_ + '\n' + line.substr(4)}) {
        const WitnessAnswer said = read(200, body);
        EXPECT_EQ(said.kind, Kind::failed) << body;
        EXPECT_NE(said.reason, "");
    }
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        std::string changed = line;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_NE(read(200, changed).kind, Kind::cosigned) << i;
    }
    EXPECT_EQ(read(200, line, true).kind, Kind::failed);
    EXPECT_EQ(read(201, line).kind, Kind::failed);
}

TEST_F(WitnessProtocol, OtherAnswers) {
    EXPECT_EQ(read(409, "3\n").kind, Kind::other_size);
    EXPECT_EQ(read(409, "3\n").size, 3U);
    EXPECT_EQ(read(409, "0\n").size, 0U);
    for (const char* body :
         {"", "3", "03\n", "-1\n", "3\n\n", "99999999999999999999\n", "three\n"}) {
        EXPECT_EQ(read(409, body).kind, Kind::failed) << body;
    }
    EXPECT_EQ(read(422, "").kind, Kind::disagrees);
    for (const int status : {400, 403, 404}) EXPECT_EQ(read(status, "").kind, Kind::refused);
    for (const int status : {307, 429, 500, 503}) EXPECT_EQ(read(status, "").kind, Kind::failed);
    const WitnessAnswer none =
        read_witness_answer({.error = "nobody answers"}, cosigner_.witness(), text_);
    EXPECT_EQ(none.kind, Kind::failed);
    EXPECT_EQ(none.reason, "nobody answers");
}

}  // namespace
}  // namespace creditd::tests
