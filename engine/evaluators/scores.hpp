// scores: what a file says of a record, by its id: scores that were made elsewhere, or the results
// of a batch (OpenAI's form) whose requests asked for them. The file is read when the evaluator is
// made, and 16 bytes of each of its rows are kept.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind scores();

}  // namespace retort::engine
