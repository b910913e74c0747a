// What an error body says, whichever of the known shapes it has (wire-reference sections 1 and 10):
//   {"error": {"message", "type", "code"}}, code a string or an integer    OpenAI, vLLM, llama.cpp
//   {"message", "type", "code"}                                            SGLang, Mistral
//   {"error": "text", "error_type"}                                        Ollama, TGI
//   {"detail": ...}                                                        FastAPI
//   [one of these]                                                         Gemini
// Anything else (HTML of a proxy, nothing at all) is its own message. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "providers/json_body.hpp"

namespace retort::providers {

// The most of a body or of a server's message that stands in one of ours, in bytes.
inline constexpr std::size_t max_quoted_bytes = 200;

struct error_report {
  std::string message;  // one line, never empty
  std::string type;     // "" where the body does not say
  std::string code;
  int status = 0;        // a code that is an integer: an HTTP status in all servers that send one
  bool flagged = false;  // OpenRouter's moderation refused the prompt
};

// Whether a JSON object tells of an error, whatever the HTTP status: OpenRouter answers 200 and
// puts the error into the body, or into the choice that was being generated.
bool names_error(simdjson::dom::element object);

// `body` is `raw` parsed (or the part of it that names the error), or why parsing failed.
error_report read_error(const json_result& body, std::string_view raw);

// The first bytes of a body as one line.
std::string quote_body(std::string_view raw);

}  // namespace retort::providers
