// A boxed value: copies share nothing, and one that is absent is equal to an empty one.
#include "core/boxed.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "core/account.hpp"

namespace creditd {
namespace {

Boxed<RefusalDetail> detail_of(std::string budget) {
    Boxed<RefusalDetail> detail;
    detail.touch().budget = std::move(budget);
    return detail;
}

TEST(BoxedValues, AreThereOnceTheyAreTouched) {
    Boxed<RefusalDetail> detail;
    EXPECT_FALSE(detail);
    EXPECT_DEATH(static_cast<void>(*detail), "assertion failed");
    detail.touch().budget = "b";
    EXPECT_TRUE(detail);
    EXPECT_EQ(detail.touch().budget, "b") << "touched again, it is the same";
    EXPECT_EQ(detail->budget, "b");
    detail.reset();
    EXPECT_FALSE(detail);
}

TEST(BoxedValues, AreCopiedWhole) {
    const Boxed<RefusalDetail> original = detail_of("b");
    Boxed<RefusalDetail> copy(original);
    copy.touch().budget = "c";
    EXPECT_EQ(original->budget, "b");
    copy = original;
    EXPECT_EQ(copy->budget, "b");
    copy = Boxed<RefusalDetail>();
    EXPECT_FALSE(copy);
    const Boxed<RefusalDetail> absent;
    copy = absent;
    EXPECT_FALSE(copy);
    const Boxed<RefusalDetail> copied(absent);
    EXPECT_FALSE(copied);
}

TEST(BoxedValues, CanBeGivenToThemselves) {
    Boxed<RefusalDetail> detail = detail_of("b");
    const Boxed<RefusalDetail>& same = detail;
    detail = same;
    EXPECT_EQ(detail->budget, "b");
}

TEST(BoxedValues, ThatAreAbsentEqualEmptyOnes) {
    const Boxed<RefusalDetail> absent;
    Boxed<RefusalDetail> empty;
    empty.touch();
    EXPECT_EQ(absent, Boxed<RefusalDetail>());
    EXPECT_EQ(absent, empty);
    EXPECT_EQ(empty, absent);
    EXPECT_EQ(empty, empty);
    EXPECT_EQ(detail_of("b"), detail_of("b"));
    EXPECT_NE(detail_of("b"), detail_of("c"));
    EXPECT_NE(detail_of("b"), absent);
    EXPECT_NE(absent, detail_of("b"));
}

TEST(BoxedValues, MakeAccountsDifferOnlyByWhatIsInThem) {
    AccountExtra touched;
    touched.arrangements.touch();
    EXPECT_EQ(touched, AccountExtra{});
    EXPECT_EQ(AccountExtra{}, touched);
    AccountExtra referred;
    referred.arrangements.touch().referrer = "bob";
    EXPECT_NE(referred, touched);
    EXPECT_NE(referred, AccountExtra{});
    EXPECT_NE(AccountExtra{}, referred);
    const AccountExtra copy = referred;
    EXPECT_EQ(copy, referred);
    referred.arrangements.touch().referrer = "cyd";
    EXPECT_EQ(copy.arrangements->referrer, "bob");
}

}  // namespace
}  // namespace creditd
