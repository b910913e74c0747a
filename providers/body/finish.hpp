// One name for why a completion ended, from the providers' many. Pure; any thread.
#pragma once

#include <string_view>

#include "providers/body/types.hpp"

namespace retort::providers {

// "stop", "length", ...; "" for unknown.
std::string_view name(finish why);

// The finish that a provider's word stands for, whatever its case: unknown for "" and what says as
// much, other for a word that none is known to use, "error" and "abort" among them: an answer that
// ended so is not known to be whole. Words by the sources that each dialect names.
finish finish_named(std::string_view word);

// The server broke the answer off, for a trouble of its own that passes.
bool names_trouble(std::string_view word);

// What the parts of a completion say on top of that word: a refusal in a field of its own and tool
// calls may come with a plain "stop" or "completed".
finish finish_of(const completion& what);

}  // namespace retort::providers
