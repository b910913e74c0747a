// Takes keys out of a finished sample before anything is made of it. Pure; any thread.
#pragma once

#include "engine/sample/key_mask.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

// In all texts of the sample: what the provider said, and the prompt, id and reference too, since a
// dataset may hold a key as well. They go out as the dataset has them; what is kept has none. A
// key that lies over several tokens of the log probabilities takes those tokens with it.
void mask_keys(const key_mask& keys, sample& in);

// In what its verdict says: who judges a text may quote it.
void mask_details(const key_mask& keys, sample& in);

}  // namespace retort::engine
