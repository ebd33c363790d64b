#include "replay/tool/backup/http_call.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "core/assert.hpp"

namespace creditd::replay::tool {
namespace {

constexpr long connect_seconds_max = 15;
constexpr long stall_seconds_max = 30;  // below a kilobyte a second
constexpr long stall_bytes = 1'024;

struct Transfer {
    std::string_view unsent;
    std::uint64_t bytes_max = 0;
    HttpAnswer answer;
};

std::size_t receive(char* data, std::size_t size, std::size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::size_t bytes = size * count;
    if (transfer.answer.body.size() + bytes > transfer.bytes_max) return 0;
    transfer.answer.body.append(data, bytes);
    return bytes;
}

std::size_t send(char* data, std::size_t size, std::size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::size_t bytes = std::min(size * count, transfer.unsent.size());
    std::memcpy(data, transfer.unsent.data(), bytes);
    transfer.unsent.remove_prefix(bytes);
    return bytes;
}

std::size_t receive_header(char* data, std::size_t size, std::size_t count, void* user) {
    std::string_view line(data, size * count);
    constexpr std::string_view name = "etag:";
    const auto is_same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    if (line.size() > name.size() && std::equal(name.begin(), name.end(), line.begin(),
                                                [&](char b, char a) { return is_same(a, b); })) {
        line.remove_prefix(name.size());
        const std::size_t first = line.find_first_not_of(" \t");
        const std::size_t last = line.find_last_not_of(" \t\r\n");
        if (first != line.npos) {
            static_cast<Transfer*>(user)->answer.etag = line.substr(first, last - first + 1);
        }
    }
    return size * count;
}

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(handle, option, value);
    CREDITD_ASSERT(code == CURLE_OK);
}

void set_body(CURL* handle, const HttpCall& call, Transfer& transfer) {
    if (call.method != "PUT") return;
    set(handle, CURLOPT_UPLOAD, 1L);
    set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    set(handle, CURLOPT_READFUNCTION, &send);
    set(handle, CURLOPT_READDATA, static_cast<void*>(&transfer));
}

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

List list_of(const std::map<std::string, std::string>& headers) {
    List list;
    const auto append = [&list](const std::string& line) {
        list.reset(curl_slist_append(list.release(), line.c_str()));
        CREDITD_ASSERT(list != nullptr);
    };
    for (const auto& [name, value] : headers) append(name + ": " + value);
    append("Expect:");  // no pause before the body
    return list;
}

}  // namespace

std::expected<HttpAnswer, std::string> call_http(const HttpCall& call) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(),
                                                                     &curl_easy_cleanup);
    CREDITD_ASSERT(handle != nullptr);
    Transfer transfer{call.body, call.answer_bytes_max, {}};
    const List headers = list_of(call.headers);
    char reason[CURL_ERROR_SIZE] = "";
    set(handle.get(), CURLOPT_URL, call.url.c_str());
    set(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    set(handle.get(), CURLOPT_PATH_AS_IS, 1L);
    set(handle.get(), CURLOPT_NOSIGNAL, 1L);
    set(handle.get(), CURLOPT_CONNECTTIMEOUT, connect_seconds_max);
    set(handle.get(), CURLOPT_LOW_SPEED_LIMIT, stall_bytes);
    set(handle.get(), CURLOPT_LOW_SPEED_TIME, stall_seconds_max);
    set(handle.get(), CURLOPT_ERRORBUFFER, static_cast<char*>(reason));
    set(handle.get(), CURLOPT_HTTPHEADER, headers.get());
    set(handle.get(), CURLOPT_WRITEFUNCTION, &receive);
    set(handle.get(), CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
    set(handle.get(), CURLOPT_HEADERFUNCTION, &receive_header);
    set(handle.get(), CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
    set_body(handle.get(), call, transfer);
    const CURLcode code = curl_easy_perform(handle.get());
    if (code != CURLE_OK) {
        return std::unexpected(*reason != '\0' ? std::string(reason)
                                               : std::string(curl_easy_strerror(code)));
    }
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &transfer.answer.status);
    return std::move(transfer.answer);
}

}  // namespace creditd::replay::tool
