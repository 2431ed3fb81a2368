// The table of keys as others want it: a JSON Schema, by which an editor completes and underlines a case, and a page of
// reference in Markdown.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace nusselt {

/// JSON Schema, draft-07 (https://json-schema.org/draft-07/json-schema-release-notes): names of keys, kinds of values,
/// ranges, choices, defaults and descriptions. What it accepts may still be wrong: it knows no dimensions.
nlohmann::ordered_json case_schema();

/// Every key with its kind, default, range, choices and what it means.
std::string reference_page();

}  // namespace nusselt
