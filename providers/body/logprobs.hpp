// Log probabilities as OpenAI's APIs and their kin list them. Pure; any thread.
#pragma once

#include <vector>

#include "providers/body/json_body.hpp"
#include "providers/body/types.hpp"

namespace retort::providers {

// Appends {content: [{token, logprob, top_logprobs: [{token, logprob}]}]} or that list itself
// (openai/openai-openapi f85dbe2), or {tokens: [...], token_logprobs: [...], top_logprobs: [{token:
// logprob}]}, which is older (Together); what is none of these adds nothing.
void append_logprobs(json_result from, std::vector<scored_token>& to);

}  // namespace retort::providers
