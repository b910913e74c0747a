// json_schema: the JSON of the answer, thinking, a sentence around it and a fence aside, follows a
// JSON Schema (valijson: drafts 4 to 7). `format` is an annotation, as the standard has it; schemas
// with patterns are refused, since valijson takes std::regex for them, which a long text can crash.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind json_schema();

// What is no JSON Schema in what a request asks for (JSON texts, or ""): the schema of its answer,
// the parameters of its tools. Each with its key.
std::vector<std::string> doubtful_schemas(std::string_view response_schema, std::string_view tools);

}  // namespace retort::engine
