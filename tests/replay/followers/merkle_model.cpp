#include "tests/replay/followers/merkle_model.hpp"

#include "tests/replay/followers/model.hpp"

namespace creditd::tests {

using proof::TileRequest;

std::vector<std::string> stored_events(const replay::Journal& journal, Seq end) {
    std::vector<std::string> events;
    const auto read = journal.read(Seq{1}, [&](const replay::StoredBlock& stored) {
        const auto block = replay::BlockView::parse(stored.bytes);
        for (const std::string_view bytes : *block) {
            if (events.size() < end.value) events.emplace_back(bytes);
        }
        return events.size() < end.value;
    });
    EXPECT_TRUE(read);
    return events;
}

KeptTree tree_of(const std::vector<std::string>& entries) {
    KeptTree tree;
    for (const std::string& entry : entries) tree.append(entry);
    return tree;
}

std::vector<std::string> entries_in(std::string_view bundle) {
    std::vector<std::string> entries;
    while (bundle.size() >= 2) {
        const std::uint64_t size = followers::read_be(bundle.substr(0, 2));
        EXPECT_LE(2 + size, bundle.size());
        entries.emplace_back(bundle.substr(2, size));
        bundle.remove_prefix(std::min(bundle.size(), 2 + size));
    }
    EXPECT_TRUE(bundle.empty());
    return entries;
}

namespace {

void expect_tiles(const followers::MerkleIndex& index, const KeptTree& tree,
                  const std::vector<std::string>& entries, const TileRequest& request) {
    EXPECT_EQ(index.tile(request), tree.tile(request)) << proof::tile_path(request);
    if (request.id.level != 0) return;
    const auto bundle = index.entries(request);
    ASSERT_TRUE(bundle) << bundle.error();
    const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(request.id.index * 256);
    EXPECT_EQ(entries_in(*bundle),
              std::vector<std::string>(begin, begin + static_cast<std::ptrdiff_t>(request.width)));
}

}  // namespace

void expect_tree(const followers::MerkleIndex& index, const KeptTree& tree,
                 const std::vector<std::string>& entries, std::uint64_t size,
                 std::mt19937_64& random) {
    const proof::TreeHead head = tree.head(size);
    const auto root = index.root(size);
    ASSERT_TRUE(root) << root.error();
    EXPECT_EQ(*root, head.root);
    if (size == 0) return;
    const std::uint64_t at = random() % size;
    EXPECT_EQ(index.inclusion(at, size), tree.inclusion(at, size));
    const std::uint64_t from = 1 + random() % size;
    EXPECT_EQ(index.consistency(from, size), tree.consistency(from, size));
    for (unsigned level = 0; level < 3; ++level) {
        for (const std::uint64_t leaf : {at, size - 1}) {
            TileRequest request{{level, leaf >> (8 * (level + 1))}, 0, false};
            request.width = proof::tile_width_at(request.id, size);
            if (request.width > 0) expect_tiles(index, tree, entries, request);
        }
    }
}

void expect_merkle(const World& world, Seq end) {
    const std::vector<std::string> entries = stored_events(world.journal(), end);
    const KeptTree tree = tree_of(entries);
    std::mt19937_64 random(end.value);
    const followers::MerkleIndex& index = *world.indexes.merkle;
    expect_tree(index, tree, entries, end.value, random);
    expect_tree(index, tree, entries, random() % (end.value + 1), random);
    EXPECT_LE(index.verified_size(), end.value);
}

}  // namespace creditd::tests
