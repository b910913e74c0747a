// A response body as a JSON document. One parser and its buffers per thread, kept between calls.
#pragma once

#include <string_view>

#include "providers/body/json_parser.hpp"

namespace retort::providers {

// Parses the whole body; blank lines before the JSON are no error (DeepSeek sends them to keep the
// connection alive; api-docs.deepseek.com). What is wrong in it and yet plain is made right
// (mended_json.hpp). Every string of the document is valid UTF-8.
// The document and its strings live until this thread's next call; the body need not.
json_result parse_json_body(std::string_view body);

// The same by a parser of the caller's: until its next use.
json_result parse_json_body(json_parser& parser, std::string_view body);

}  // namespace retort::providers
