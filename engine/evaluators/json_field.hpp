// json_field: what stands at the path of the JSON in the completion (find_json_answer), a string,
// number or boolean, is the reference: as trimmed text, or as numbers when both are.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind json_field();

}  // namespace retort::engine
