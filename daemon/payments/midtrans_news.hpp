// What a notification, or the answer to a question for the status, of Midtrans says: they have the
// same members. One order is one charge, so the payment's id is the order's. Amounts are whole IDR
// with two decimals ("5539.00"), and creditd counts them in the minor units of ISO 4217: 553900.
// The README of this folder tells which status says what, and why. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "daemon/payments/provider_news.hpp"
#include "text/field_error.hpp"
#include "text/json_tape.hpp"

namespace creditd::daemon {

inline constexpr std::string_view midtrans_provider = "midtrans";

/// The error names the first member that is not as it must be. What a notification says is not to
/// be believed, and its id not to be remembered, before the status was asked for: its signature
/// covers neither. Midtrans numbers no notifications; what is read has an id made of what it says.
std::expected<ProviderNews, FieldError> read_midtrans_news(std::string_view body);
std::expected<ProviderNews, FieldError> read_midtrans_news(JsonValue body);

/// Hundredths of `text`, digits with at most two decimals; nothing where it is anything else, or
/// more than limits::money_minor_max.
std::optional<std::int64_t> idr_minor(std::string_view text);
/// `2026-11-20 22:00:00` in GMT+7, which is how Midtrans tells the time.
std::optional<Timestamp> midtrans_moment(std::string_view text);

}  // namespace creditd::daemon
