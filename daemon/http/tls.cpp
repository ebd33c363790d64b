#include "daemon/http/tls.hpp"

#include "core/assert.hpp"

#include <cerrno>
#include <cstring>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace creditd::daemon::http {

namespace {

/// What OpenSSL says was wrong last; it forgets it.
std::string last_error() {
    char text[256] = "unknown";
    if (const unsigned long code = ERR_peek_last_error(); code != 0) {
        ERR_error_string_n(code, text, sizeof text);
    }
    ERR_clear_error();
    return text;
}

/// A key that is encrypted cannot be used: there is nobody to ask.
int no_password(char*, int, int, void*) { return 0; }

/// HTTP/1.1, if the client names it (RFC 7301). A client that only names others is served too.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes,
                    const unsigned char* offered, unsigned offered_bytes, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, chosen_bytes, ours, sizeof ours - 1, offered,
                              offered_bytes) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

void configure(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // An end without a farewell is an end: requests say themselves how long they are.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    // The output buffer may grow and move between two attempts; an idle connection keeps no buffer.
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets need none
    SSL_CTX_set_default_passwd_cb(context, &no_password);
    SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
}

}  // namespace

// --- a connection --------------------------------------------------------------------------------

TlsConnection::TlsConnection(ssl_st* connection) : connection_(connection, &SSL_free) {
    SSL_set_accept_state(connection);
}

TlsConnection::~TlsConnection() = default;

ssize_t TlsConnection::result_of(int returned) {
    if (returned > 0) return returned;
    switch (SSL_get_error(connection_.get(), returned)) {
        case SSL_ERROR_ZERO_RETURN: return 0;
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
        default: break;
    }
    has_failed_ = true;
    errno = EPROTO;
    return -1;
}

ssize_t TlsConnection::read(char* to, std::size_t bytes) {
    ERR_clear_error();  // what another connection of this thread left would count as ours
    std::size_t got = 0;
    const int returned = SSL_read_ex(connection_.get(), to, bytes, &got);
    return returned > 0 ? static_cast<ssize_t>(got) : result_of(returned);
}

ssize_t TlsConnection::write(const char* from, std::size_t bytes) {
    ERR_clear_error();
    std::size_t sent = 0;
    const int returned = SSL_write_ex(connection_.get(), from, bytes, &sent);
    return returned > 0 ? static_cast<ssize_t>(sent) : result_of(returned);
}

void TlsConnection::say_end() {
    if (has_failed_ || SSL_is_init_finished(connection_.get()) != 1) return;
    if ((SSL_get_shutdown(connection_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
    ERR_clear_error();
    if (SSL_shutdown(connection_.get()) < 0) has_failed_ = true;  // no room for it: so be it
}

// --- certificate and key -------------------------------------------------------------------------

std::expected<TlsKeys::Context, std::string> TlsKeys::read_files() const {
    ERR_clear_error();
    Context context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    CREDITD_ASSERT(context != nullptr);
    configure(context.get());
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file_.c_str()) != 1) {
        return std::unexpected("no certificate in " + certificate_file_ + ": " + last_error());
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file_.c_str(), SSL_FILETYPE_PEM) != 1) {
        return std::unexpected("no key for " + certificate_file_ + " in " + key_file_ + ": " +
                               last_error());
    }
    return context;
}

std::expected<std::unique_ptr<TlsKeys>, std::string> TlsKeys::load(std::string certificate_file,
                                                                   std::string key_file) {
    std::unique_ptr<TlsKeys> keys(new TlsKeys(std::move(certificate_file), std::move(key_file)));
    if (auto read = keys->reload(); !read) return std::unexpected(std::move(read.error()));
    return keys;
}

std::expected<void, std::string> TlsKeys::reload() {
    auto read = read_files();
    if (!read) return std::unexpected(std::move(read.error()));
    const std::lock_guard lock(mutex_);
    context_ = std::move(*read);
    return {};
}

std::unique_ptr<TlsConnection> TlsKeys::accept(int fd) {
    Context context;
    {
        const std::lock_guard lock(mutex_);
        context = context_;
    }
    SSL* const connection = SSL_new(context.get());
    if (connection == nullptr) return nullptr;
    auto made = std::make_unique<TlsConnection>(connection);
    return SSL_set_fd(connection, fd) == 1 ? std::move(made) : nullptr;
}

}  // namespace creditd::daemon::http
