// A list of endpoints as text: a base URL a line; blank lines and those that begin with # say
// nothing. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"

namespace retort::engine {

inline constexpr std::size_t most_endpoints = 4096;  // of a list

// Without a trailing slash, each once, however it is spelt, in the text's order; at least one.
// errc::usage with "NAME:3: ..." of the first line that is none; what it holds is not shown, since
// it may be a password.
result<std::vector<std::string>> parse_endpoint_lines(std::string_view text, std::string_view name);

// What keeps a text from being a base URL; "" when it is one.
std::string_view base_url_problem(std::string_view text);

}  // namespace retort::engine
