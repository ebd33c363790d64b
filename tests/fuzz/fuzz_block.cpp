// The bytes of stored blocks, under any numbers: a journal opens or names what is damaged; what its
// verification lets pass is one unbroken chain, and its copy is the same. Every byte that is read
// may have been forged, checksums and hashes included: the input may ask for those to be right.
#include <algorithm>
#include <map>
#include <memory>

#include "replay/chain.hpp"
#include "replay/crc32c.hpp"
#include "replay/event_stream.hpp"
#include "replay/memory_journal.hpp"
#include "replay/sha256.hpp"
#include "tests/fuzz/support.hpp"

using namespace creditd;
using namespace creditd::replay;
using creditd::tests::AssertionFailed;
using creditd::tests::FuzzInput;
using creditd::tests::require;

namespace {

/// Keeps whatever it is given, under whatever number.
class AnyBlocks final : public Journal {
public:
    std::map<Seq, std::string> blocks;

protected:
    std::expected<std::optional<LastBlock>, JournalError> load_last() override {
        if (blocks.empty()) return std::nullopt;
        return LastBlock{blocks.rbegin()->first, blocks.rbegin()->second};
    }
    AppendOutcome store(const ChainTip&, std::span<const SealedBlock> sealed,
                        std::span<const PersonalRow>, std::string&) override {
        for (const SealedBlock& block : sealed) blocks[block.first_seq] = block.bytes;
        return AppendOutcome::committed;
    }
    std::expected<void, JournalError> visit(Seq from, Seq last,
                                            const BlockVisitor& visitor) const override {
        auto at = blocks.upper_bound(from);
        if (at != blocks.begin()) --at;
        for (; at != blocks.end() && at->first <= last; ++at) {
            if (!visitor({at->first, at->second})) break;
        }
        return {};
    }
    std::expected<std::vector<std::optional<std::string>>, JournalError> load_personal(
        std::span<const Seq> seqs) const override {
        return std::vector<std::optional<std::string>>(seqs.size());
    }
};

constexpr std::size_t prev_hash_at = 60;
constexpr std::size_t crc_at = 92;

/// What a forger would do: the hash of the block before, and the checksum.
void forge(std::string& block, const Hash256& previous, std::uint8_t flags) {
    if (block.size() < block_format::header_bytes) return;
    if ((flags & 1) != 0) std::ranges::copy(previous.bytes, block.begin() + prev_hash_at);
    if ((flags & 2) == 0) return;
    const std::uint32_t crc = crc32c(std::string_view(block).substr(block_format::header_bytes),
                                     crc32c(std::string_view(block).substr(0, crc_at)));
    for (unsigned i = 0; i < 4; ++i) block[crc_at + i] = static_cast<char>(crc >> (8 * i));
}

void fill(AnyBlocks& journal, FuzzInput input) {
    Hash256 previous{};
    while (!input.is_empty()) {
        const std::uint8_t flags = input.byte();
        std::string block(input.sized());
        forge(block, previous, flags);
        previous = sha256(block);
        const auto header = peek_header(block);
        const Seq key = header && (flags & 4) == 0 ? header->first_seq : Seq{flags};
        journal.blocks[key] = std::move(block);
    }
}

struct Chain {
    std::vector<Event> events;
    ChainTip tip{};
};

/// What verification let pass is a chain by a second, simpler look.
Chain read_chain(const Journal& journal) {
    Chain chain;
    Hash256 previous{};
    Seq next{1};
    const auto verified = verify_chain(journal, {}, [&](const BlockView& block, const ChainTip&) {
        require(block.header().prev_hash == previous, "a block names the hash before it");
        require(block.first_seq() == next, "blocks follow each other");
        std::size_t count = 0;
        for (const std::string_view event : block) count += event.empty() ? 0u : 1u;
        require(count == block.header().count, "a block has as many events as it says");
        previous = sha256(block.bytes());
        next = block.last_seq().next();
        return true;
    });
    require(verified || !verified.error().detail.empty(), "a refusal has a reason");
    if (!verified) return chain;
    require(verified->tip == journal.tip(), "verification ends at the tip");
    chain.tip = verified->tip;
    const auto read = read_events(journal, {}, [&](const EventBatch& batch) {
        for (const Event& event : batch.events()) chain.events.push_back(event);
        return true;
    });
    require(read || !read.error().detail.empty(), "a refusal has a reason");
    return chain;
}

void require_copy_is_same(const Journal& journal, const ChainTip& tip) {
    MemoryJournal copy(std::make_shared<MemoryStore>());
    require(copy.open().has_value(), "an empty journal opens");
    const auto copied = copy.copy_from(journal);
    require(copied.has_value() && *copied == tip, "the copy of a chain ends where it does");
}

void apply_all(const std::vector<Event>& events) {
    State state;
    try {
        for (const Event& event : events) apply(state, event);
        tests::require_sound(state, "the events of a chain");
    } catch (const AssertionFailed&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    AnyBlocks journal;
    fill(journal, FuzzInput(data, size));
    const auto opened = journal.open();
    require(opened || !opened.error().detail.empty(), "a refusal has a reason");
    if (opened) {
        const Chain chain = read_chain(journal);
        for (const auto& [seq, bytes] : journal.blocks) {
            static_cast<void>(journal.read_block(seq));
            static_cast<void>(journal.read_block(seq.next()));
        }
        if (!chain.tip.is_empty()) require_copy_is_same(journal, chain.tip);
        apply_all(chain.events);
    }
    AnyBlocks partial;
    partial.blocks = journal.blocks;
    if (!partial.blocks.empty())
        static_cast<void>(partial.open_up_to(partial.blocks.begin()->first));
    return 0;
}
