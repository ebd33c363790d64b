// A variant of many structs, of which one source has the code that copies, moves, compares and
// destroys it. std::variant has that code in each source that needs it, and for n alternatives
// makes some n² functions of it: for 48 kinds of event, half of the time of compiling a test.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

namespace creditd {

template <class Variant>
struct Alternatives;
template <class... Each>
struct Alternatives<std::variant<Each...>> {
    template <class One>
    static constexpr bool has = (std::same_as<One, Each> || ...);
    // Of std::variant's own operator one learns it by an error only.
    static constexpr bool are_comparable = (std::equality_comparable<Each> && ...);
};

/// `Variant`: a std::variant, each of whose alternatives moves without exceptions. Whoever names a
/// OneOf declares it (`extern template`); one source instantiates it.
template <class Variant>
class OneOf : public Variant {
    template <class One>
    static constexpr bool holds = Alternatives<Variant>::template has<std::remove_cvref_t<One>>;

public:
    OneOf() = default;
    OneOf(const OneOf&);
    OneOf(OneOf&&) noexcept;
    OneOf& operator=(const OneOf&);
    OneOf& operator=(OneOf&&) noexcept;
    ~OneOf();

    /// Only from an alternative itself, not from what converts to one.
    template <class One>
        requires holds<One>
    OneOf(One&& one)  // NOLINT(google-explicit-constructor): as std::variant
        : Variant(std::in_place_type<std::remove_cvref_t<One>>, std::forward<One>(one)) {}
    template <class One>
        requires holds<One>
    OneOf& operator=(One&& one) {
        return *this = OneOf(std::forward<One>(one));  // `one` may be a part of what we hold
    }

    bool operator==(const OneOf& other) const
        requires Alternatives<Variant>::are_comparable;
};

template <class Variant>
OneOf<Variant>::OneOf(const OneOf&) = default;
template <class Variant>
OneOf<Variant>::OneOf(OneOf&&) noexcept = default;
template <class Variant>
OneOf<Variant>& OneOf<Variant>::operator=(const OneOf&) = default;
template <class Variant>
OneOf<Variant>& OneOf<Variant>::operator=(OneOf&&) noexcept = default;
template <class Variant>
OneOf<Variant>::~OneOf() = default;

template <class Variant>
bool OneOf<Variant>::operator==(const OneOf& other) const
    requires Alternatives<Variant>::are_comparable
{
    return static_cast<const Variant&>(*this) == static_cast<const Variant&>(other);
}

}  // namespace creditd

template <class Variant>
struct std::variant_size<creditd::OneOf<Variant>> : std::variant_size<Variant> {};
template <std::size_t Index, class Variant>
struct std::variant_alternative<Index, creditd::OneOf<Variant>>
    : std::variant_alternative<Index, Variant> {};
