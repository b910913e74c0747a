// repetition: how much of the completion goes round in circles, thinking and all. Full score where
// nothing does; less the share of the text that lies in loops (words said again and again on end, a
// tail that repeats, one line many times over).
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind repetition();

// The share of a text that lies in loops, in [0,1]. Looks at the last 256 KiB; linear.
double looping_share(std::string_view text);

}  // namespace retort::engine
