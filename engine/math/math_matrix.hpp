// Sums and products of matrices as the matrix that they come to. Pure; any thread.
#pragma once

#include "engine/math/math_node.hpp"

namespace retort::engine {

// What fits no such sum or product, or would be too large, is left as it is.
math_node matrix_folded(const math_node&);

}  // namespace retort::engine
