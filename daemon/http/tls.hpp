// TLS 1.2 and 1.3 under a session: bytes in and out as recv(2) and send(2) would do it, so that the
// session hardly knows. Certificate and key come from files, and may be read again while the server
// runs: new connections get the new ones, open ones keep theirs.
// TlsKeys: any thread. TlsConnection: its session's thread.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <mutex>
#include <string>

#include <sys/types.h>

struct ssl_ctx_st;  // OpenSSL's
struct ssl_st;

namespace creditd::daemon::http {

class TlsConnection {
public:
    explicit TlsConnection(ssl_st* connection);
    ~TlsConnection();
    TlsConnection(const TlsConnection&) = delete;
    TlsConnection& operator=(const TlsConnection&) = delete;

    /// Bytes that were read; 0 at the end; -1 with errno EAGAIN (now there are none) or EPROTO.
    /// Shakes hands first. Fewer bytes than asked for do not mean that there are no more.
    ssize_t read(char* to, std::size_t bytes);
    /// Bytes that were written, or -1 as above. What was not written must be offered again.
    ssize_t write(const char* from, std::size_t bytes);
    /// Says that nothing more will come, if the peer can still be told.
    void say_end();

private:
    ssize_t result_of(int returned);

    const std::unique_ptr<ssl_st, void (*)(ssl_st*)> connection_;
    bool has_failed_ = false;
};

class TlsKeys {
public:
    /// Files in PEM: the certificate with those between it and a root, and its key, not encrypted.
    /// The error is a sentence for the operator.
    static std::expected<std::unique_ptr<TlsKeys>, std::string> load(std::string certificate_file,
                                                                     std::string key_file);
    /// Reads both files again; on an error everything stays as it was.
    std::expected<void, std::string> reload();
    /// For a connected, non-blocking socket; null where memory is short.
    std::unique_ptr<TlsConnection> accept(int fd);

private:
    using Context = std::shared_ptr<ssl_ctx_st>;

    TlsKeys(std::string certificate_file, std::string key_file)
        : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}
    std::expected<Context, std::string> read_files() const;

    const std::string certificate_file_;
    const std::string key_file_;
    std::mutex mutex_;
    Context context_;
};

}  // namespace creditd::daemon::http
