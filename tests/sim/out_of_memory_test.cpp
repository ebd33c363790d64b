// Memory ends at the n-th allocation of one request, for every n: the process stops there, as
// production does, and its next start finds the request carried out once or not at all. Each n is a
// process of its own.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <new>

#include "daemon/app/out_of_memory.hpp"
#include "tests/sim/connection.hpp"
#include "tests/sim/daemon.hpp"
#include "tests/sim/json.hpp"
#include "tests/sim/workload.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

thread_local bool counts = false;
std::uint64_t allocations = 0;
std::uint64_t fails_at = 0;

void* allocate(std::size_t size, std::size_t alignment) {
    if (counts && ++allocations == fails_at) {
        if (const auto handler = std::get_new_handler()) handler();
        throw std::bad_alloc();
    }
    void* const memory =
        alignment == 0
            ? std::malloc(size)
            : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size, 0); }
void* operator new[](std::size_t size) { return allocate(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace creditd::sim {
namespace {

// How a child ends: the request met no failure; or the process stopped, and starts again as it
// should.
enum Ending : int { unharmed = 40, stopped, wrong };

struct Wanted {
    const char* path;
    const char* body;
    const char* balances;  // of ann and bob afterwards
};

/// One child's world: a ledger with ann, who has 100, and bob.
class Rig {
public:
    Rig(const Wanted& wanted, const std::string& folder) : wanted_(wanted), world_(1, folder) {}

    Ending suffer(std::uint64_t n) {
        start();
        ask("PUT", "/v1/accounts/ann", "{}", "k1");
        ask("PUT", "/v1/accounts/bob", "{}", "k2");
        ask("POST", "/v1/accounts/ann/grants", R"({"amount":100})", "k3");
        fails_at = n;
        counts = true;
        send("POST", wanted_.path, wanted_.body, "the-key");
        counts = false;
        // Whoever swallows the failure is wrong: what came after it ran on half a state.
        return allocations < n && is_sound() ? unharmed : wrong;
    }

    /// Where the process stopped: what would its next start find?
    bool is_sound_after_stop() {
        static_cast<void>(connection_.release());
        static_cast<void>(daemon_.release());
        start();
        return is_sound();
    }

private:
    void start() {
        auto started = SimDaemon::start(world_);
        if (!started) std::_Exit(wrong);
        daemon_ = std::move(*started);
        connection_ = std::make_unique<Connection>(
            daemon_->io(), [this](Connection&, Answer answer) { answer_ = std::move(answer); });
    }
    void send(const char* method, const char* path, const char* body, const char* key) {
        Request request;
        request.method = method;
        request.path = path;
        request.body = body;
        request.key = key;
        request.secret = admin_secret;
        connection_->send(daemon_->service(), request.bytes());
        while (connection_->is_busy()) {
            daemon_->service().on_idle(daemon_->io());
            if (daemon_->readers().waiting() > 0) daemon_->readers().run_waiting(0);
            while (daemon_->io().has_tasks()) daemon_->io().run_one();
        }
        world_.clock.pass(Duration{10});
    }
    Answer ask(const char* method, const char* path, const char* body, const char* key) {
        send(method, path, body, key);
        return answer_;
    }
    std::string balance(const char* path) {
        return Json::parse(ask("GET", path, "", "").body).at("balance").text;
    }
    bool has_balances() {
        return balance("/v1/accounts/ann/balance") + " " + balance("/v1/accounts/bob/balance") ==
               wanted_.balances;
    }
    /// The repeat of the key leaves one effect; a crash changes neither it nor its answer.
    bool is_sound() {
        const Answer first = ask("POST", wanted_.path, wanted_.body, "the-key");
        if (first.status >= 300 || !has_balances()) return false;
        connection_.reset();
        daemon_.reset();
        start();
        const Answer again = ask("POST", wanted_.path, wanted_.body, "the-key");
        // Of an independent batch each operation has a key of its own.
        const bool is_same = again.is_replayed
                                 ? again.body == first.body
                                 : again.body.find(R"("replayed":true)") != std::string::npos;
        return is_same && has_balances();
    }

    Wanted wanted_;
    World world_;
    std::unique_ptr<SimDaemon> daemon_;
    std::unique_ptr<Connection> connection_;
    Answer answer_;
};

sigjmp_buf at_stop;

// The process has stopped: what it was about to do, and to free, is left where it is.
void about_to_stop(int) {
    counts = false;
    std::signal(SIGABRT, SIG_DFL);
    ::siglongjmp(at_stop, 1);
}

/// Of a child.
Ending live(const Wanted& wanted, const std::string& folder, std::uint64_t n) {
    std::signal(SIGABRT, about_to_stop);
    ::alarm(60);
    daemon::stop_when_memory_ends();
    Rig* const rig = new Rig(wanted, folder);
    if (sigsetjmp(at_stop, 1) != 0) return rig->is_sound_after_stop() ? stopped : wrong;
    const Ending ending = rig->suffer(n);
    delete rig;
    return ending;
}

int ending_of(const Wanted& wanted, std::uint64_t n) {
    if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
    const tests::TemporaryFolder folder;  // the parent's: a child that stops leaves it
    const pid_t child = ::fork();
    if (child == 0) std::_Exit(live(wanted, folder.file("ledger"), n));
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

class OutOfMemory : public testing::TestWithParam<Wanted> {};

TEST_P(OutOfMemory, NeverLeavesAWrongState) {
    std::uint64_t n = 1;
    for (;; ++n) {
        const int ending = ending_of(GetParam(), n);
        if (ending == unharmed) break;
        ASSERT_EQ(ending, stopped) << "allocation " << n;
    }
    EXPECT_GT(n, 5U);
    std::printf("%llu allocations failed: as many stops, 0 wrong states\n",
                static_cast<unsigned long long>(n - 1));
}

INSTANTIATE_TEST_SUITE_P(
    Requests, OutOfMemory,
    testing::Values(Wanted{"/v1/accounts/ann/deductions", R"({"amount":7})", "93 0"},
                    Wanted{"/v1/accounts/bob/grants", R"({"amount":7,"metadata":{"a":"b"}})",
                           "100 7"},
                    Wanted{"/v1/accounts/ann/holds", R"({"amount":7,"expires_in":"1d"})", "100 0"},
                    Wanted{"/v1/transfers", R"({"from":"ann","to":"bob","amount":7})", "93 7"},
                    Wanted{"/v1/batches",
                           R"({"mode":"atomic","operations":[)"
                           R"({"op":"deduct","account":"ann","amount":7},)"
                           R"({"op":"grant","account":"bob","amount":5}]})",
                           "93 5"},
                    Wanted{"/v1/batches",
                           R"({"mode":"independent","operations":[)"
                           R"({"op":"deduct","account":"ann","amount":7},)"
                           R"({"op":"transfer","from":"ann","to":"bob","amount":5}]})",
                           "88 5"}));

}  // namespace
}  // namespace creditd::sim
