// What of a JSON Schema is refused before valijson sees it, because an answer could make it loop,
// crash or take for ever, or because it would not be looked at. Pure; any thread.
#pragma once

#include <boost/json.hpp>
#include <string>

namespace retort::engine {

// In the words of draft 7, which valijson knows: prefixItems, dependentRequired, dependentSchemas
// and what stands beside a $ref (which drafts 4, 6 and 7, where $schema names them, pass over).
void spell_as_draft_7(boost::json::value& schema);

// Why the schema, so spelled, is refused; "" when it is not.
std::string problem_with_schema(const boost::json::value& schema);

// The schema without what is an annotation (format).
void drop_annotations(boost::json::value& schema);

// Somewhere items must be unique, which takes the square of their number.
bool compares_items(const boost::json::value& schema);

}  // namespace retort::engine
