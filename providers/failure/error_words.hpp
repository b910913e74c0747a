// What servers say in words where status and code say less: credit that is used up, a key or a
// model that is wrong, told as a plain 400. A help, not the rule: what no list knows shows in what
// an endpoint's answers have in common (engine/endpoint/endpoint_history.hpp). Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "providers/body/types.hpp"

namespace retort::providers {

// By the message, which may quote the prompt: where it can, the whole beginning must be known.
std::optional<failure_kind> kind_in_words(std::string_view message);

// The request is too large for what it was sent to, whoever else is served: it never fits. Not
// `in_any_place`: the message's beginning alone says so. Who has no room just now may speak of
// contexts and mean those of others.
bool says_too_large(std::string_view message, bool in_any_place = true);

}  // namespace retort::providers
