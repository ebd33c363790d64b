// Reading single fields of a verified FlatBuffer, with a sticky first error: a decoder reads every
// field and asks once, at the end. Inside schemas only. One reader for one decoding.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/credits.hpp"
#include "schemas/codec_error.hpp"

namespace creditd::schemas {

/// The last field of a table that has none.
inline constexpr flatbuffers::voffset_t no_fields = sizeof(flatbuffers::voffset_t);

class FieldReader {
public:
    void fail(CodecFault fault, std::string_view detail) {
        if (ok_) error_ = {fault, detail};
        ok_ = false;
    }
    void require(bool condition, CodecFault fault, std::string_view detail) {
        if (!condition) [[unlikely]]
            fail(fault, detail);
    }
    bool ok() const { return ok_; }
    std::expected<void, CodecError> result() const {
        if (ok_) return {};
        return std::unexpected(error_);
    }

    /// A table that ends after `last_field` was written by a later version.
    template <class Table>
    void require_known(const Table& table, flatbuffers::voffset_t last_field,
                       std::string_view detail) {
        const auto* vtable = reinterpret_cast<const flatbuffers::Table*>(&table)->GetVTable();
        const auto size = flatbuffers::ReadScalar<flatbuffers::voffset_t>(vtable);
        require(size <= last_field + sizeof(flatbuffers::voffset_t), CodecFault::unknown_field,
                detail);
    }

    /// An absent text is empty. Keeps the capacity of `out`.
    void text(const flatbuffers::String* field, std::size_t bytes_max, std::string& out,
              std::string_view detail) {
        if (field == nullptr) {
            out.clear();
            return;
        }
        if (field->size() > bytes_max) return fail(CodecFault::too_long, detail);
        out.assign(field->c_str(), field->size());
    }

    /// Credits that may be negative: balances.
    Credits balance(std::int64_t minor, std::string_view detail) {
        const Credits result{minor};
        require(result.in_range(), CodecFault::out_of_range, detail);
        return result;
    }
    Credits amount(std::int64_t minor, std::string_view detail) {
        require(minor >= 0 && minor <= limits::credits_minor_max, CodecFault::out_of_range, detail);
        return Credits{minor};
    }
    /// What may be one amount less another two: what is available, what is missing.
    Credits difference(std::int64_t minor, std::string_view detail) {
        constexpr std::int64_t bound = 3 * limits::credits_minor_max;
        require(minor >= -bound && minor <= bound, CodecFault::out_of_range, detail);
        return Credits{minor};
    }
    Timestamp time(std::int64_t microseconds, std::string_view detail) {
        require(microseconds >= 0, CodecFault::out_of_range, detail);
        return Timestamp{microseconds};
    }

    Duration duration(std::int64_t microseconds, std::string_view detail) {
        require(
            microseconds >= 0 && microseconds <= Duration::days(limits::duration_days_max).value,
            CodecFault::out_of_range, detail);
        return Duration{microseconds};
    }

    template <class Core, class Stored>
    Core value(Stored stored, Core last, std::string_view detail) {
        const auto number = static_cast<std::uint8_t>(stored);
        require(number <= static_cast<std::uint8_t>(last), CodecFault::unknown_value, detail);
        return static_cast<Core>(number);
    }

    /// The library verifies where a list begins, not that its structs lie where they may: a struct
    /// of eight-byte numbers after a length of four bytes.
    template <class Vector>
    void require_aligned(const Vector& list, std::string_view detail) {
        using Element = std::remove_cvref_t<std::remove_pointer_t<typename Vector::return_type>>;
        const auto address = reinterpret_cast<std::uintptr_t>(list.Data());
        require(list.size() == 0 || address % alignof(Element) == 0, CodecFault::damaged, detail);
    }

    /// The size of a list whose elements may share their bytes, so that its own size says nothing.
    template <class Vector>
    std::size_t count(const Vector* list, std::size_t count_max, std::string_view detail) {
        if (list == nullptr) return 0;
        require(list->size() <= count_max, CodecFault::too_long, detail);
        require_aligned(*list, detail);
        return ok_ ? list->size() : 0;
    }

private:
    bool ok_ = true;
    CodecError error_;
};

}  // namespace creditd::schemas
