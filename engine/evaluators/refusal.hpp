// refusal: whether the completion declines to answer: it ended as a refusal or was filtered, the
// provider says so in a field of its own, or it opens with one of the phrases with which models
// decline, thinking aside. Full score where it does not.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind refusal();

}  // namespace retort::engine
