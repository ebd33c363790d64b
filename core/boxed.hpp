// A value that is usually absent, kept behind one pointer, with the manners of a value: copies are
// deep, and two are equal when their values are. One that is absent counts as empty, as T{}:
// whether there is a place for it is not part of a state.
#pragma once

#include <memory>

#include "core/assert.hpp"

namespace creditd {

template <class T>
class Boxed {
public:
    Boxed() = default;
    Boxed(const Boxed& other)
        : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
    Boxed(Boxed&&) noexcept = default;
    Boxed& operator=(const Boxed& other) { return *this = Boxed(other); }
    Boxed& operator=(Boxed&&) noexcept = default;
    ~Boxed() = default;

    explicit operator bool() const { return value_ != nullptr; }
    const T& operator*() const {
        CREDITD_ASSERT(value_ != nullptr);
        return *value_;
    }
    const T* operator->() const { return &**this; }
    /// Makes one where there is none.
    T& touch() {
        if (!value_) value_ = std::make_unique<T>();
        return *value_;
    }
    void reset() { value_.reset(); }
    bool operator==(const Boxed& other) const {
        if (!value_ && !other.value_) return true;
        static const T empty{};
        return (value_ ? *value_ : empty) == (other.value_ ? *other.value_ : empty);
    }

private:
    std::unique_ptr<T> value_;
};

}  // namespace creditd
