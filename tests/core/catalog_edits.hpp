// A catalog in which every field says something, and one edit of it for each field. What must tell
// catalogs apart (the digest of a state, the replacement of a catalog) is tried with all of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/command.hpp"

namespace creditd::tests {

/// A feature of every kind of rule and a flat one, a plan, a package, a promotion, settings.
ReplaceCatalog full_catalog();

/// Changes one field of that catalog, as a catalog file could.
struct CatalogEdit {
    std::string field;  // e.g. `plan.credits`
    std::function<void(ReplaceCatalog&)> change;

    bool is_of_feature() const { return field.starts_with("feature."); }
};
std::vector<CatalogEdit> catalog_edits();

}  // namespace creditd::tests
