// Signed notes: the example of the specification, keys in both directions, and everything that is
// not exactly a note that a known key has signed.
#include "replay/proof/signed_note.hpp"

#include <gtest/gtest.h>

namespace creditd::replay::proof {
namespace {

constexpr std::string_view example_key =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const std::string example_note =
    "This is an example message.\n\n\xe2\x80\x94 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";

std::vector<VerifierKey> example_keys() { return {VerifierKey::parse(example_key).value()}; }

TEST(SignedNote, TheExampleOfTheSpecification) {
    EXPECT_EQ(VerifierKey::parse(example_key)->text(), example_key);
    const auto opened = open_note(example_note, example_keys());
    ASSERT_TRUE(opened) << opened.error();
    EXPECT_EQ(opened->text, "This is an example message.\n");
    EXPECT_EQ(opened->signers, example_keys());
}

TEST(SignedNote, NoByteOfItMayChange) {
    for (std::size_t i = 0; i < example_note.size(); ++i) {
        for (const char flip : {'\x01', '\x10'}) {
            std::string note = example_note;
            note[i] = static_cast<char>(note[i] ^ flip);
            EXPECT_FALSE(open_note(note, example_keys())) << i;
        }
    }
    for (std::size_t size = 0; size < example_note.size(); ++size) {
        EXPECT_FALSE(open_note(example_note.substr(0, size), example_keys())) << size;
    }
}

TEST(SignedNote, UnknownKeysArePassedOver) {
    const SignerKey first = SignerKey::make("log.example/one");
    const SignerKey second = SignerKey::make("log.example/one");
    const SignerKey stranger = SignerKey::make("witness.example/w");
    const std::vector<SignerKey> all{stranger, first, second};
    const std::string note = sign_note("hello\n", all);
    for (const SignerKey& key : all) {
        const auto opened = open_note(note, std::vector{key.verifier()});
        ASSERT_TRUE(opened) << opened.error();
        EXPECT_EQ(opened->signers, std::vector{key.verifier()});
    }
    const SignerKey absent = SignerKey::make("log.example/one");
    EXPECT_FALSE(open_note(note, std::vector{absent.verifier()}));
    EXPECT_FALSE(open_note(note, {}));
    const auto both = open_note(note, std::vector{second.verifier(), first.verifier()});
    EXPECT_EQ(both->signers.size(), 2U);
}

// Made with Python's cryptography, of the seed 00 01 .. 1f.
constexpr std::string_view witness_key =
    "witness.example/w+76d9f8e5+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const std::string cosigned_text =
    "log.example/a\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
const std::string cosignature =
    "\xe2\x80\x94 witness.example/w dtn45QAAAABpHynQ7ckPNQI6P/ef8pOqa8VbclNuD+"
    "gQU7knFn7cxncM9deB9H8cKEVnpUWoKrsH8sIWkLsBu7LQrmVS6a2yPY4sAA==\n";

TEST(SignedNote, AWitnessSignsTheTimeAndTheText) {
    const auto witness = VerifierKey::parse_witness(witness_key);
    ASSERT_TRUE(witness) << witness.error();
    EXPECT_EQ(witness->type, KeyType::cosignature);
    EXPECT_EQ(witness->text(), witness_key);
    // Each kind of key is read as what it is.
    EXPECT_FALSE(VerifierKey::parse(witness_key));
    EXPECT_FALSE(VerifierKey::parse_witness(example_key));
    const std::string note = cosigned_text + '\n' + cosignature;
    const auto opened = open_note(note, std::vector{*witness});
    ASSERT_TRUE(opened) << opened.error();
    EXPECT_EQ(opened->signers, std::vector{*witness});
    for (std::size_t i = 0; i < note.size(); ++i) {
        std::string changed = note;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(open_note(changed, std::vector{*witness})) << i;
    }
    // The same 32 bytes do not sign notes, nor is their signature of a text one of a witness.
    VerifierKey other = *witness;
    other.type = KeyType::note;
    EXPECT_FALSE(open_note(note, std::vector{other}));
}

TEST(SignedNote, AKnownKeysWrongSignatureRefusesTheWhole) {
    const SignerKey good = SignerKey::make("a");
    const SignerKey bad = SignerKey::make("b");
    const std::string note = sign_note("hello\n", std::vector{good}) + bad.sign("other\n");
    EXPECT_TRUE(open_note(note, std::vector{good.verifier()}));
    EXPECT_FALSE(open_note(note, std::vector{good.verifier(), bad.verifier()}));
}

TEST(SignedNote, SixteenSignaturesAreFine) {
    std::vector<SignerKey> keys;
    for (int i = 0; i < 16; ++i) keys.push_back(SignerKey::make("key" + std::to_string(i)));
    EXPECT_TRUE(open_note(sign_note("x\n", keys), std::vector{keys.back().verifier()}));
    std::string many = sign_note("x\n", keys);
    while (many.size() <= note_bytes_max) many += keys.front().sign("x\n");
    EXPECT_FALSE(open_note(many, std::vector{keys.front().verifier()}));
}

TEST(SignedNote, KeysAreReadBack) {
    const SignerKey key = SignerKey::make("creditd/log-1");
    const auto again = SignerKey::parse(key.text());
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->verifier(), key.verifier());
    EXPECT_EQ(again->sign("text\n"), key.sign("text\n"));
    EXPECT_EQ(VerifierKey::parse(key.verifier().text()), key.verifier());
    EXPECT_FALSE(VerifierKey::parse(key.text()));
    EXPECT_FALSE(SignerKey::parse(key.verifier().text()));
}

TEST(SignedNote, NothingElseIsAKey) {
    const std::string key(example_key);
    for (const std::string& bad :
         {std::string(), std::string("example.com/foo"), key.substr(1), key + "A", key + "=",
          key.substr(0, key.size() - 1), "bar" + key, std::string("+530d903a+Aeky"),
          std::string("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
          std::string("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
          std::string("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")}) {
        EXPECT_FALSE(VerifierKey::parse(bad)) << bad;
    }
    for (const char* name : {"", "a b", "a+b", "a\nb", "a\x7f"}) {
        EXPECT_FALSE(is_key_name(name)) << name;
    }
}

TEST(Base64, HasOneSpelling) {
    for (std::size_t size = 0; size < 70; ++size) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 37 + size);
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    }
    EXPECT_EQ(to_base64("any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
    for (const char* bad : {"A", "AA", "AAA", "AA=", "AB==", "AAB=", "====", "A===", "AAAA=",
                            "AA A", "AA\nA", "AAA\n", " AAA", "AA-_", "AA==AA==", "AAAA\n"}) {
        EXPECT_FALSE(from_base64(bad)) << bad;
    }
}

}  // namespace
}  // namespace creditd::replay::proof
