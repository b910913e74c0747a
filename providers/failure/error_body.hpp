// What an error body says, whichever of the known shapes it has (openai/openai-openapi f85dbe2;
// the servers' code, see providers/dialects/chat_differences.hpp):
//   {"error": {"message", "type", "code"}}, code a string or an integer    OpenAI, vLLM, llama.cpp
//   {"message", "type", "code"}                                            SGLang, Mistral
//   {"error": "text", "error_type"}                                        Ollama, TGI
//   {"detail": ...}                                                        FastAPI
//   {"error": {"message", "code", "status", "details"}}                    Gemini
//   {"error": {"message", "type", "details": {"error_code"}}}              Anthropic
//   {"base_resp": {"status_code", "status_msg"}}, with a 200               MiniMax
//   [one of these]                                                         Gemini
// Anything else (HTML of a proxy, nothing at all) is its own message. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "providers/body/json_body.hpp"

namespace retort::providers {

// The most of a body or of a server's message that stands in one of ours, in bytes.
inline constexpr std::size_t max_quoted_bytes = 200;

// How long a quota lasts that a request has used up.
enum class quota_period { unknown, minute, day };

struct error_report {
  std::string message;     // one line, never empty
  std::string type;        // "" where the body does not say
  std::string code;        // Anthropic's details.error_code too, which says more than its type
  std::string rpc_status;  // Gemini: the name of a google.rpc.Code, "RESOURCE_EXHAUSTED"
  int status = 0;          // an HTTP status: a code that is a number, but for MiniMax's
  bool flagged = false;    // OpenRouter's moderation refused the prompt
  bool is_json = false;    // as it begins, even if it was cut off
  bool is_markup = false;  // HTML: of a proxy, or a firewall
  std::string reset;       // OpenRouter: when its limit ends, as its header X-RateLimit-Reset says
  // Gemini's details (googleQuotaErrors.ts): the delay of a RetryInfo, the longest period of a
  // QuotaFailure.
  std::optional<std::chrono::milliseconds> retry_delay;
  quota_period exhausted = quota_period::unknown;
  // "Please retry in 10h17m5.72s" (Gemini), "Please try again in 6m0s" (OpenAI), "Please retry
  // after 3 seconds" (Azure), "Try again in 53 seconds" (its API Management): seen in the wild,
  // promised by nobody.
  std::optional<std::chrono::milliseconds> advised_wait;
};

// Whether a part of a body tells of an error, whatever the HTTP status: OpenRouter answers 200 and
// puts the error into the body, or into the choice that was being generated; in a stream the status
// has gone out long before (OpenAI, Anthropic: "type": "error"; Gemini: also a list of one). An
// `error` that says nothing ({}, "", false, null) stands beside good answers and is none.
bool names_error(simdjson::dom::element part);

// `body` is `raw` parsed (or the part of it that names the error), or why parsing failed.
error_report read_error(const json_result& body, std::string_view raw);

// As its first byte says: what is cut off is JSON, a page is not.
bool looks_like_json(std::string_view raw);

// The first bytes of a body as one line.
std::string quote_body(std::string_view raw);

}  // namespace retort::providers
