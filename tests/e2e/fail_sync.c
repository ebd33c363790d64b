// Loaded before a program (LD_PRELOAD): makes its disk fail, or its clock jump, to order.
//   FAIL_SYNC=n        the n-th fsync or fdatasync from the start fails with EIO
//   FAIL_WRITE=n       the n-th write, pwrite or writev to a regular file fails with EIO
//   CLOCK_FILE=path    the seconds that stand in this file are added to the wall clock
// The failure is reported on stderr, once, with the seconds of the monotonic clock. Only for tests.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static atomic_long syncs;
static atomic_long writes;

static long ordered(const char* name) {
    const char* const text = getenv(name);
    return text == NULL ? 0 : atol(text);
}

static void report(const char* call, long number) {
    char line[120];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const int bytes = snprintf(line, sizeof line, "fail_sync: %s %ld fails at %ld.%09ld\n", call,
                               number, (long)now.tv_sec, now.tv_nsec);
    static ssize_t (*real)(int, const void*, size_t);
    if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "write");
    if (real(STDERR_FILENO, line, (size_t)bytes) < 0) return;
}

// RocksDB writes its options to a file for people to read. Nothing depends on it, so its failures
// stop nothing, and are not what is tested here: neither its own sync nor that of its folder, which
// the same thread does next.
static _Thread_local int is_folder_next;

static int is_options_file(int file) {
    char link[40];
    char path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t bytes = readlink(link, path, sizeof path - 1);
    if (bytes <= 0) return 0;
    path[bytes] = 0;
    return strstr(path, "/OPTIONS-") != NULL;
}

static int sync_fails(int file, const char* call) {
    if (ordered("FAIL_SYNC") == 0) return 0;
    const int was_options_file = is_folder_next;
    is_folder_next = is_options_file(file);
    if (is_folder_next || was_options_file) return 0;
    const long number = atomic_fetch_add(&syncs, 1) + 1;
    if (number != ordered("FAIL_SYNC")) return 0;
    report(call, number);
    errno = EIO;
    return 1;
}

static int write_fails(int file, const char* call) {
    struct stat status;
    if (ordered("FAIL_WRITE") == 0 || file <= STDERR_FILENO) return 0;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    if (is_options_file(file)) return 0;
    const long number = atomic_fetch_add(&writes, 1) + 1;
    if (number != ordered("FAIL_WRITE")) return 0;
    report(call, number);
    errno = EIO;
    return 1;
}

// `real` is the function that this one stands before.
#define REAL(name)                 \
    static __typeof__(name)* real; \
    if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, #name)

int fsync(int file) {
    REAL(fsync);
    return sync_fails(file, "fsync") ? -1 : real(file);
}

int fdatasync(int file) {
    REAL(fdatasync);
    return sync_fails(file, "fdatasync") ? -1 : real(file);
}

ssize_t write(int file, const void* bytes, size_t count) {
    REAL(write);
    return write_fails(file, "write") ? -1 : real(file, bytes, count);
}

ssize_t writev(int file, const struct iovec* parts, int count) {
    REAL(writev);
    return write_fails(file, "writev") ? -1 : real(file, parts, count);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
    REAL(pwrite);
    return write_fails(file, "pwrite") ? -1 : real(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
    REAL(pwrite64);
    return write_fails(file, "pwrite64") ? -1 : real(file, bytes, count, offset);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
    REAL(clock_gettime);
    const int result = real(clock, now);
    const char* const path = getenv("CLOCK_FILE");
    if (result != 0 || clock != CLOCK_REALTIME || path == NULL) return result;
    char text[24] = "";
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return result;
    const ssize_t bytes = read(file, text, sizeof text - 1);
    close(file);
    if (bytes > 0) now->tv_sec += atol(text);
    return 0;
}
