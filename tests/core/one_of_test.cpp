// What a variant of many keeps: what it held, through copies, moves and parts of itself.
#include "core/one_of.hpp"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace creditd {

struct Leaf {
    std::string text;
    bool operator==(const Leaf&) const = default;
};
struct Tree;
using Nodes = std::variant<std::monostate, Leaf, Tree>;
using Node = OneOf<Nodes>;
struct Tree {
    std::vector<Node> under;
    bool operator==(const Tree&) const = default;
};

namespace {

// Longer than a string holds in place, so that a part that is freed too early is noticed.
const std::string long_text(64, 'x');

Node tree_of(std::vector<Node> under) { return Tree{std::move(under)}; }

TEST(OneOf, HoldsItsFirstAlternativeAtFirst) {
    EXPECT_TRUE(std::holds_alternative<std::monostate>(Node{}));
}

TEST(OneOf, IsMadeOfItsAlternativesOnly) {
    EXPECT_TRUE((std::is_convertible_v<Leaf, Node>));
    EXPECT_TRUE((std::is_convertible_v<const Leaf&, Node>));
    EXPECT_FALSE((std::is_constructible_v<Node, std::string>));
    EXPECT_FALSE((std::is_assignable_v<Node&, std::string>));
    EXPECT_TRUE(std::is_nothrow_move_constructible_v<Node>);
    EXPECT_TRUE(std::is_nothrow_move_assignable_v<Node>);
}

TEST(OneOf, IsEqualToItsCopy) {
    const Node one = tree_of({Leaf{long_text}, Node{}});
    Node copy = one;
    EXPECT_EQ(copy, one);
    std::get<Leaf>(std::get<Tree>(copy).under[0]).text += "!";
    EXPECT_NE(copy, one) << "the copy shares nothing with what it was made of";
    copy = one;
    EXPECT_EQ(copy, one);
    EXPECT_NE(Node(Leaf{}), Node{}) << "unlike alternatives are unlike";
}

TEST(OneOf, HasWhatWasMovedIntoIt) {
    Node from = Leaf{long_text};
    Node to = std::move(from);
    EXPECT_EQ(std::get<Leaf>(to).text, long_text);
    Node later = tree_of({});
    later = std::move(to);
    EXPECT_EQ(std::get<Leaf>(later).text, long_text);
    Leaf leaf{long_text};
    later = leaf;
    EXPECT_EQ(leaf.text, long_text) << "what is no temporary is copied";
}

TEST(OneOf, TakesAPartOfWhatItHolds) {
    Node node = tree_of({tree_of({Leaf{long_text}})});
    node = std::get<Tree>(std::get<Tree>(node).under[0]);
    EXPECT_EQ(node, tree_of({Leaf{long_text}}));
    node = std::move(std::get<Leaf>(std::get<Tree>(node).under[0]));
    EXPECT_EQ(node, Node(Leaf{long_text}));
}

TEST(OneOf, IsVisitedAsAVariantIs) {
    static_assert(std::variant_size_v<Node> == 3);
    static_assert(std::is_same_v<std::variant_alternative_t<1, Node>, Leaf>);
    const std::size_t index = std::visit(
        [](const auto& held) -> std::size_t {
            return std::is_same_v<std::decay_t<decltype(held)>, Leaf> ? 1 : 0;
        },
        Node(Leaf{}));
    EXPECT_EQ(index, Node(Leaf{}).index());
}

}  // namespace
}  // namespace creditd
