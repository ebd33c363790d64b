// Compiles: what the other files do wrongly, done rightly.
#include "core/credits.hpp"
#include "core/types.hpp"

using namespace creditd;

Seq seq_of(Seq seq) { return seq.next(); }

int main() {
    const bool ids_differ = GrantId{1} != GrantId{2} && HoldId{1} != HoldId{2};
    const Timestamp later = Timestamp{1} + Duration::seconds(2);
    const Credits sum = Credits{1} + Credits{2};
    const bool fine = ids_differ && later > Timestamp{1} && sum == Credits{3};
    return fine && seq_of(Seq{1}) == Seq{2} ? 0 : 1;
}
