// error: could not convert .* to .creditd::Seq.
#include "core/credits.hpp"
#include "core/types.hpp"

creditd::Seq seq_of(creditd::Seq seq) { return seq; }
auto wrong = seq_of(creditd::Credits{1});
