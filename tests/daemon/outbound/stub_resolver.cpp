#include "tests/daemon/outbound/stub_resolver.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace creditd::daemon::testing {
namespace {

struct Name {
    std::vector<std::string> addresses;
    std::chrono::milliseconds length{};
    unsigned times_asked = 0;
};

// Never destroyed: a resolver that nobody waits for may outlive main.
struct Names {
    std::mutex mutex;
    std::map<std::string, Name> all;
};
Names& names() {
    static Names* const all = new Names;
    return *all;
}

/// One allocation for each entry: the address stands behind it.
struct Entry {
    addrinfo info{};
    sockaddr_in6 storage{};
};

addrinfo* make_entry(const std::string& text, const char* service, const addrinfo* hints) {
    auto entry = std::make_unique<Entry>();
    auto& four = reinterpret_cast<sockaddr_in&>(entry->storage);
    const in_port_t port = htons(static_cast<in_port_t>(service ? std::stoul(service) : 0));
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = port;
        entry->info.ai_addrlen = sizeof four;
    } else if (::inet_pton(AF_INET6, text.c_str(), &entry->storage.sin6_addr) == 1) {
        entry->storage.sin6_family = AF_INET6;
        entry->storage.sin6_port = port;
        entry->info.ai_addrlen = sizeof entry->storage;
    }
    entry->info.ai_family = four.sin_family;
    entry->info.ai_socktype = hints ? hints->ai_socktype : SOCK_STREAM;
    entry->info.ai_addr = reinterpret_cast<sockaddr*>(&entry->storage);
    return &entry.release()->info;
}

Name ask(const char* node) {
    const std::lock_guard lock(names().mutex);
    Name& name = names().all[node];
    ++name.times_asked;
    return name;
}

}  // namespace

void resolve(const std::string& name, std::vector<std::string> addresses) {
    const std::lock_guard lock(names().mutex);
    names().all[name].addresses = std::move(addresses);
}

void resolve_slowly(const std::string& name, std::chrono::milliseconds length) {
    const std::lock_guard lock(names().mutex);
    names().all[name].length = length;
}

unsigned times_asked(const std::string& name) {
    const std::lock_guard lock(names().mutex);
    return names().all[name].times_asked;
}

}  // namespace creditd::daemon::testing

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
    using creditd::daemon::testing::make_entry;
    const auto name = creditd::daemon::testing::ask(node);
    std::this_thread::sleep_for(name.length);
    *result = nullptr;
    addrinfo** end = result;
    for (const std::string& address : name.addresses) {
        *end = make_entry(address, service, hints);
        end = &(*end)->ai_next;
    }
    return name.addresses.empty() ? EAI_NONAME : 0;
}

extern "C" void freeaddrinfo(addrinfo* info) {
    while (info != nullptr) {
        addrinfo* const next = info->ai_next;
        delete reinterpret_cast<creditd::daemon::testing::Entry*>(info);  // its first member
        info = next;
    }
}
