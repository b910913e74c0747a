// What every dialect asks of a request before it is sent. Pure; any thread.
#pragma once

#include <string_view>

#include "providers/request/sampling_keys.hpp"
#include "providers/stream/dialect.hpp"

namespace retort::providers {

// Keys and model quirks (check_keys), and the texts: response_schema and extra are JSON objects,
// tools has the common form, and no member of extra is one that the body has already, since what a
// server makes of two members of one name nobody knows, or one that asks for something else than
// one answer (n). errc::usage with one line.
result<void> check_request(const dialect& speaker, std::string_view provider,
                           std::string_view model, const sampling& asked, sampling_key_set taken);

// Whether a key's number is at most `most`; a key that is not set is.
result<void> check_at_most(std::string_view provider, const sampling& asked, sampling_key key,
                           double most);

// Whether the effort, if set, is one of these.
result<void> check_effort(std::string_view provider, const sampling& asked,
                          std::initializer_list<std::string_view> known);

}  // namespace retort::providers
