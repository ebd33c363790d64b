// For the tests of witnesses: a small log that signs its heads, and a witness that cosigns them, or
// what a test wants.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/witnesses/cosigned_heads.hpp"
#include "daemon/witnesses/witness_config.hpp"
#include "tests/replay/proof/trees.hpp"

namespace creditd::tests {

/// Cosigns texts, C2SP's cosignature/v1.
class Cosigner {
public:
    explicit Cosigner(const std::string& name) : signer_(proof::SignerKey::make(name)) {
        key_ = signer_.verifier();
        key_.type = proof::KeyType::cosignature;
        std::string bytes = name + "\n\x04";
        bytes.append(reinterpret_cast<const char*>(key_.key.data()), key_.key.size());
        const Hash256 hash = replay::sha256(bytes);
        key_.id = 0;
        for (std::size_t i = 0; i < 4; ++i) key_.id = (key_.id << 8) | hash.bytes[i];
    }

    const proof::VerifierKey& key() const { return key_; }
    daemon::Witness witness() const { return {key_, "https://" + key_.name}; }

    std::string cosign(std::string_view text, std::uint64_t time = 1'763'650'000) const {
        std::string message = "cosignature/v1\ntime " + std::to_string(time) + '\n';
        message += text;
        const std::string line = signer_.sign(message);
        const auto made = proof::SignatureLine::parse(line.substr(0, line.size() - 1)).value();
        std::string data;
        for (int shift = 24; shift >= 0; shift -= 8) data += static_cast<char>(key_.id >> shift);
        for (int shift = 56; shift >= 0; shift -= 8) data += static_cast<char>(time >> shift);
        data += made.signature;
        return "\xe2\x80\x94 " + key_.name + ' ' + proof::to_base64(data) + '\n';
    }

private:
    proof::SignerKey signer_;
    proof::VerifierKey key_;
};

/// Signs heads of a tree that grows.
class SmallLog {
public:
    void grow(int count) {
        for (int i = 0; i < count; ++i) tree_.append("entry " + std::to_string(tree_.size()));
    }
    std::vector<proof::VerifierKey> keys() const { return {keys_.front().verifier()}; }
    const KeptTree& tree() const { return tree_; }
    daemon::CosignedHeads::Head head() const { return head(tree_.size()); }
    daemon::CosignedHeads::Head head(std::uint64_t size) const {
        replay::SignedHead made{{keys_.front().verifier().name, tree_.head(size)}, {}};
        made.note = proof::sign_checkpoint(made.checkpoint, keys_);
        return std::make_shared<replay::SignedHead>(std::move(made));
    }

private:
    KeptTree tree_;
    std::vector<proof::SignerKey> keys_{proof::SignerKey::make("log.example/a")};
};

}  // namespace creditd::tests
