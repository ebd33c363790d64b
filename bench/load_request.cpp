#include "bench/load_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace creditd::bench {

namespace {

// Marks in a template under construction; neither byte can occur in a request.
constexpr char account_mark = '\x01';
constexpr char key_mark = '\x02';
constexpr std::size_t account_digits = 8;
constexpr std::size_t key_digits = 32;  // 128 random bits, which compress as little as a UUID

void put_decimal(char* at, std::uint64_t value) {
    for (std::size_t i = account_digits; i-- > 0; value /= 10) {
        at[i] = static_cast<char>('0' + value % 10);
    }
}

void put_hex(char* at, std::uint64_t value) {
    for (std::size_t i = key_digits / 2; i-- > 0; value >>= 4U) {
        at[i] = "0123456789abcdef"[value & 0xFU];
    }
}

std::uint64_t unbounded_or(std::uint64_t requests_max) {
    return requests_max == 0 ? std::numeric_limits<std::uint64_t>::max() : requests_max;
}

/// Length of `text` once its marks have been replaced.
std::size_t rendered_size(std::string_view text) {
    const auto accounts = std::ranges::count(text, account_mark);
    const auto keys = std::ranges::count(text, key_mark);
    return text.size() + static_cast<std::size_t>(accounts) * (account_digits - 1) +
           static_cast<std::size_t>(keys) * (key_digits - 1);
}

/// Operations of a batch that make an account and its grants. A grant more has another priority,
/// not in the order of being made.
std::string set_up(std::string_view id, const LoadOptions& options) {
    std::string text = fmt::format(R"({{"op":"account","account":"{}"}})", id);
    for (std::uint64_t i = 0; i < options.grants; ++i) {
        text += fmt::format(R"(,{{"op":"grant","account":"{}","amount":{},"priority":{}}})", id,
                            options.grant_amount / options.grants, 50 + 37 * i % 50);
    }
    return text;
}

}  // namespace

RequestMaker::RequestMaker(const LoadOptions& options)
    : options_{options},
      requests_left_{unbounded_or(options.requests_max)},
      random_state_{options.seed} {
    const std::string account = "/v1/accounts/" + options_.id_prefix + account_mark;
    switch (options_.workload) {
        case Workload::constant: make_get(options_.path, ""); break;
        case Workload::balance: make_get(account, "/balance"); break;
        case Workload::deduct: make_post(account, "/deductions", options_.body); break;
        case Workload::batch: make_batch(options_.batch_operations); break;
        case Workload::setup:
            accounts_left_ = options_.accounts;
            account_next_ = options_.account_first;
            patches_per_account_ = 1 + options_.grants;
            make_batch(
                std::max<std::uint64_t>(options_.batch_operations / patches_per_account_, 1));
            break;
    }
}

void RequestMaker::make_get(std::string_view path_before, std::string_view path_after) {
    render(fmt::format("GET {}{} HTTP/1.1\r\nHost: 127.0.0.1\r\n", path_before, path_after), {});
}

void RequestMaker::make_post(std::string_view path_before, std::string_view path_after,
                             std::string_view body) {
    render(fmt::format("POST {}{} HTTP/1.1\r\nHost: 127.0.0.1\r\nIdempotency-Key: {}\r\n"
                       "Content-Type: application/json\r\nContent-Length: {}\r\n",
                       path_before, path_after, key_mark, rendered_size(body)),
           body);
}

void RequestMaker::make_batch(std::uint64_t items) {
    const bool setup = options_.workload == Workload::setup;
    if (setup) {
        items = std::min(items, accounts_left_);
    }
    const std::string key =
        options_.item_keys ? fmt::format(R"(,"idempotency_key":"{}")", key_mark) : std::string{};
    std::string body = R"({"mode":"independent","operations":[)";
    for (std::uint64_t i = 0; i < items; ++i) {
        const std::string id = options_.id_prefix + account_mark;
        body += i == 0 ? "" : ",";
        body +=
            setup ? set_up(id, options_)
                  : fmt::format(R"({{"op":"deduct","account":"{}",{}{}}})", id, options_.item, key);
    }
    body += "]}";
    accounts_per_request_ = items;
    make_post("/v1/batches", "", body);
}

void RequestMaker::render(std::string_view head, std::string_view body) {
    std::string text{head};
    if (!options_.api_key.empty()) {
        text += fmt::format("Authorization: Bearer {}\r\n", options_.api_key);
    }
    text += "\r\n";
    text += body;
    template_.clear();
    account_offsets_.clear();
    key_offsets_.clear();
    for (const char byte : text) {
        if (byte == account_mark) {
            account_offsets_.push_back(template_.size());
            template_.append(account_digits, '0');
        } else if (byte == key_mark) {
            key_offsets_.push_back(template_.size());
            template_.append(key_digits, '0');
        } else {
            template_ += byte;
        }
    }
}

bool RequestMaker::requests_bounded() const noexcept {
    return options_.requests_max != 0 || options_.workload == Workload::setup;
}

std::uint64_t RequestMaker::random() noexcept {
    // splitmix64 (Steele, Lea, Flood 2014): a few instructions, and good enough to pick accounts.
    std::uint64_t z = (random_state_ += 0x9E37'79B9'7F4A'7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D0'49BB'1331'11EBU;
    return z ^ (z >> 31U);
}

std::uint64_t RequestMaker::next_account() noexcept {
    if (options_.workload == Workload::setup) {
        return account_next_++;
    }
    return options_.account_hot.value_or(options_.account_first + random() % options_.accounts);
}

void RequestMaker::append(std::string& out) {
    if (options_.workload == Workload::setup && accounts_left_ < accounts_per_request_) {
        make_batch(accounts_left_);  // the last, smaller one
    }
    const std::size_t start = out.size();
    out += template_;
    char* bytes = out.data() + start;
    for (const std::size_t offset : key_offsets_) {
        put_hex(bytes + offset, random());
        put_hex(bytes + offset + key_digits / 2, random());
    }
    for (std::size_t i = 0; i < account_offsets_.size(); i += patches_per_account_) {
        const std::uint64_t account = next_account();
        for (std::size_t patch = 0; patch < patches_per_account_; ++patch) {
            put_decimal(bytes + account_offsets_[i + patch], account);
        }
    }
    --requests_left_;
    if (options_.workload == Workload::setup) {
        accounts_left_ -= accounts_per_request_;
        requests_left_ = accounts_left_ == 0 ? 0 : requests_left_;
    }
}

}  // namespace creditd::bench
