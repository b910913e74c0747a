// A row's JSON as a record. A value that simdjson cannot hold (a whole number beyond 64 bits,
// 1e400, NaN, half a surrogate pair) spoils nothing but itself: the record has a mark in its place
// that says what was there, and only who uses the field meets it. Any thread with a parser of its
// own.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "io/base/error.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {

// The record lives until the parser's next use. errc::dataset when it is no JSON object, odd values
// aside, or has a name twice in one object.
result<simdjson::dom::element> parse_record(providers::json_parser& parser, std::string_view text);
// The same of what was put together from answers: what a model wrote may have a name twice, which
// is no fault of the row; the first counts.
result<simdjson::dom::element> parse_answers(providers::json_parser& parser, std::string_view text);

// What an odd value was and why it cannot be used ("NaN, which is no JSON value"); nothing for any
// other value.
std::optional<std::string_view> odd_value(simdjson::dom::element value);
// The same of the first within it, names included, for who uses a whole list or map.
std::optional<std::string_view> odd_within(simdjson::dom::element value);

}  // namespace retort::engine
