// What all dialects do with a whole response before they read the answer in it. Pure; any thread.
#pragma once

#include <chrono>
#include <string_view>

#include "io/http/http_message.hpp"
#include "providers/body/json_body.hpp"
#include "providers/body/types.hpp"
#include "providers/stream/dialect.hpp"

namespace retort::providers {

// The JSON of a 2xx that tells of no error, or the classified failure that the response is. The
// document lives until this thread's next call of parse_json_body().
boost::system::result<simdjson::dom::element, failure> read_body(
    const io::http_response& response, std::chrono::system_clock::time_point now);

// What is known once all of an answer is there: why it ended, whether that is a failure, that its
// calls have arguments, and which of its counts are none.
void conclude(outcome& answer, int status);

// A part of a body that names an error, whatever the HTTP status.
failure read_failure(const io::http_response& response, const json_result& part,
                     std::chrono::system_clock::time_point now);

// A 2xx that the dialect does not allow: `what`, and the first bytes of the body.
failure invalid_response(const io::http_response& response, std::string_view what);

// The id by which the provider knows the request: that of the header, else that of the body.
std::string request_id(const io::http_response& response, std::string_view header_name,
                       std::string_view in_body);

}  // namespace retort::providers
