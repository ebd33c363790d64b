// What the path of a route looks like, taken apart at compile time: a path that is asked for is
// taken apart once, and compared with more than a hundred patterns part by part. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace creditd::daemon {

/// The parts of a path between its slashes.
struct PathParts {
    static constexpr std::size_t max = 8;

    std::array<std::string_view, max> at;
    std::size_t count = 0;  // may be more than `max`: those are not kept

    /// `path` begins with '/'.
    static constexpr PathParts of(std::string_view path) {
        PathParts parts;
        while (!path.empty()) {
            path.remove_prefix(1);
            const std::size_t end = std::min(path.find('/'), path.size());
            if (parts.count < max) parts.at[parts.count] = path.substr(0, end);
            ++parts.count;
            path.remove_prefix(end);
        }
        return parts;
    }
};

/// "{}" takes any part but an empty one, "{...}" at the end all the others, unless that is nothing.
struct PathPattern {
    PathParts parts;
    bool takes_rest = false;

    static constexpr PathPattern of(std::string_view text) {
        PathPattern pattern{PathParts::of(text)};
        pattern.takes_rest = text.ends_with("/{...}");
        if (pattern.takes_rest) --pattern.parts.count;
        return pattern;
    }

    /// `asked`: the parts of this very `path`.
    constexpr bool fits(std::string_view path, const PathParts& asked) const {
        if (takes_rest ? asked.count <= parts.count : asked.count != parts.count) return false;
        // From the end: most begin alike.
        for (std::size_t i = parts.count; i-- > 0;) {
            const std::string_view expected = parts.at[i];
            if (expected == "{}" ? asked.at[i].empty() : asked.at[i] != expected) return false;
        }
        return !takes_rest || !rest_of(path, asked).empty();
    }

    /// What "{...}" takes of a path that begins like the pattern.
    constexpr std::string_view rest_of(std::string_view path, const PathParts& asked) const {
        const std::string_view last = asked.at[parts.count - 1];
        return path.substr(static_cast<std::size_t>(last.data() + last.size() - path.data()) + 1);
    }
};

}  // namespace creditd::daemon
