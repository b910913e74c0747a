// A response body as a JSON document. One parser and its buffers per thread, kept between calls.
#pragma once

#include <simdjson.h>

#include <string>

namespace retort::providers {

using json_result = simdjson::simdjson_result<simdjson::dom::element>;

// Parses the whole body; blank lines before the JSON are no error (DeepSeek sends them to keep the
// connection alive; api-docs.deepseek.com). What is wrong in it and yet plain is made right
// (mended_json.hpp). Every string of the document is valid UTF-8.
// The document and its strings live until this thread's next call. `body` is parsed where it lies
// when its capacity leaves simdjson its padding, else in a copy.
json_result parse_json_body(const std::string& body);

}  // namespace retort::providers
