// Log probabilities as OpenAI's APIs and their kin list them. Pure; any thread.
#pragma once

#include <vector>

#include "providers/json_body.hpp"
#include "providers/types.hpp"

namespace retort::providers {

// Appends a list of {token, logprob, top_logprobs: [{token, logprob}]} (wire-reference section 1);
// what is no such list adds nothing.
void append_logprobs(json_result list, std::vector<scored_token>& to);

}  // namespace retort::providers
