// json_schema: the JSON of the answer, thinking, a sentence around it and a fence aside, follows a
// JSON Schema (valijson: drafts 4 to 7). `format` is an annotation, as the standard has it; schemas
// with patterns are refused, since valijson takes std::regex for them, which a long text can crash.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind json_schema();

}  // namespace retort::engine
