// Writing single fields of a FlatBuffer: texts, and values that look the same in memory and on
// disk. Inside schemas only. Writers assert the bounds that readers refuse (field_reader.hpp), so
// that nothing unreadable is ever stored.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <bit>
#include <string_view>
#include <type_traits>

#include "core/assert.hpp"

namespace creditd::schemas {

static_assert(std::endian::native == std::endian::little,
              "values are stored as they lie in memory");

using FlatBuilder = flatbuffers::FlatBufferBuilder;
using TextOffset = flatbuffers::Offset<flatbuffers::String>;
template <class T>
using ListOffset = flatbuffers::Offset<flatbuffers::Vector<T>>;

/// An empty text is left out.
inline TextOffset write_text(FlatBuilder& builder, std::string_view text, std::size_t bytes_max) {
    CREDITD_ASSERT(text.size() <= bytes_max);
    return text.empty() ? TextOffset{} : builder.CreateString(text.data(), text.size());
}

template <class Stored, class Core>
Stored stored_as(const Core& value) {
    static_assert(sizeof(Stored) == sizeof(Core) && std::has_unique_object_representations_v<Core>);
    return std::bit_cast<Stored>(value);
}
template <class Core, class Stored>
Core core_as(const Stored& value) {
    static_assert(sizeof(Stored) == sizeof(Core) && std::has_unique_object_representations_v<Core>);
    return std::bit_cast<Core>(value);
}

}  // namespace creditd::schemas
