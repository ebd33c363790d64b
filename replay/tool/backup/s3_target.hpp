// A backup in a bucket that speaks S3 (Amazon's, R2, MinIO), below a prefix, with addresses of the
// path style. Conditional puts see to it that nothing is overwritten, and that of two backups at
// once one fails. What fails for a moment is tried again. One thread.
#pragma once

#include "replay/backup/target.hpp"
#include "replay/tool/backup/http_call.hpp"
#include "replay/tool/backup/sigv4.hpp"

namespace creditd::replay::tool {

struct S3Place {
    std::string endpoint;  // https://host[:port]
    std::string bucket;
    std::string prefix;  // empty, or without slashes at its ends
    S3Credentials credentials;
};

/// Reads `s3://BUCKET[/PREFIX]`; who asks, and where, comes from the usual variables of the
/// environment. Errors are sentences.
std::expected<S3Place, std::string> read_s3_place(std::string_view name);

class S3Target final : public backup::Target {
public:
    explicit S3Target(S3Place place) : place_(std::move(place)) {}

    std::string where(std::string_view name) const override;
    std::expected<std::optional<std::string>, JournalError> get(
        const std::string& name, std::uint64_t bytes_max) const override;
    std::expected<std::map<std::string, std::uint64_t>, JournalError> segments() const override;
    Done prepare() override { return {}; }
    Done put(const std::string& name, std::string_view bytes) override;
    Done put_manifest(std::string_view bytes) override;

    /// Something to be read by others. Where there is something of that name, nothing is done.
    Done put_report(const std::string& name, std::string_view bytes, std::string_view media_type);
    /// With this address anybody may get the object, for so many seconds from now.
    std::string shared_address(const std::string& name, std::int64_t seconds) const;

private:
    using Headers = std::map<std::string, std::string>;

    std::expected<HttpAnswer, JournalError> call(const std::string& method, const std::string& name,
                                                 const Headers& query, const Headers& conditions,
                                                 std::string_view body,
                                                 std::uint64_t bytes_max) const;
    S3Request request_of(const std::string& method, const std::string& name) const;
    HttpCall signed_call(const std::string& method, const std::string& name, const Headers& query,
                         std::string_view body) const;
    std::string key_of(std::string_view name) const;
    JournalError refused(const std::string& name, const HttpAnswer& answer) const;
    Done put_if(const std::string& name, std::string_view bytes, const Headers& condition);

    S3Place place_;
    mutable std::string
        manifest_etag_;  // of the manifest that was read last; empty: there was none
};

}  // namespace creditd::replay::tool
