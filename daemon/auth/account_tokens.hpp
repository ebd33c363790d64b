// Tokens with which a browser reads one account, for some minutes. Nothing is kept of them: each
// says its account and its end, under an HMAC with a key of the data folder (`token.key`, 0600,
// made at the first start). Deleting that file ends all of them.
// Not here: what they allow (api/routes.hpp). Immutable after `open`; any thread.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/types.hpp"
#include "daemon/basics/hmac.hpp"
#include "daemon/basics/random.hpp"
#include "replay/block.hpp"

namespace creditd::daemon {

/// Who shows a token: nobody but this account, until then.
struct EndUser {
    std::string account;
    Timestamp expires_at{};
};

class AccountTokens {
public:
    /// Reads the key of the folder, or makes it. Tokens of another ledger's are none of this one's,
    /// even where two have the same key. The error is a sentence for the operator.
    static std::expected<AccountTokens, std::string> open(const std::filesystem::path& folder,
                                                          const replay::LedgerId& ledger,
                                                          Random& random);

    /// `account` is a valid id.
    std::string make(std::string_view account, Timestamp expires_at) const;
    /// Nothing: not a token of this ledger, or its time is over at `now`.
    std::optional<EndUser> check(std::string_view token, Timestamp now) const;

private:
    AccountTokens(const replay::LedgerId& ledger, std::string_view key);
    std::string signature_of(std::string_view claims) const;

    replay::LedgerId ledger_;
    HmacSha256 hmac_;
};

}  // namespace creditd::daemon
