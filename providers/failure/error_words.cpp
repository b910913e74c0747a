#include "providers/failure/error_words.hpp"

#include <algorithm>
#include <iterator>

namespace retort::providers {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(char a, char b) { return lower(a) == lower(b); }

bool begins(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && std::equal(with.begin(), with.end(), text.begin(), same);
}

bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && begins(text.substr(text.size() - with.size()), with);
}

bool holds(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

struct phrase {
  bool (*match)(std::string_view, std::string_view);
  std::string_view text;
  failure_kind kind;
};

// Seen in public bug reports: claude-code#66314, continue#5499 and #10290, gemini-cli#25198,
// eliza#20331, LightRAG#3144, inspect_ai#2267 and #3715, laravel/ai#925, continue#10373,
// warp#14867, pollinations#12136, claude-code#58367.
constexpr phrase phrases[] = {
    {begins, "Your credit balance is too low", failure_kind::quota_exhausted},  // Anthropic
    {begins, "You have reached your specified API usage limits", failure_kind::quota_exhausted},
    {begins, "You have reached your specified workspace API usage limits",
     failure_kind::quota_exhausted},
    {begins, "Billing hard limit has been reached", failure_kind::quota_exhausted},  // OpenAI
    {begins, "Your account is not active, please check your billing",
     failure_kind::quota_exhausted},
    {begins, "Insufficient balance", failure_kind::quota_exhausted},  // DeepSeek
    {begins, "Insufficient credits", failure_kind::quota_exhausted},  // OpenRouter
    // xAI, with a 429 or a 403; Fireworks, with a 412: whose account it is stands before.
    {holds, "has either used all available credits or reached its monthly spending limit",
     failure_kind::quota_exhausted},
    {holds, "is suspended, possibly due to reaching the monthly spending limit",
     failure_kind::quota_exhausted},
    {begins, "Out of call volume quota", failure_kind::quota_exhausted},  // Azure API Management
    {begins, "API key not valid", failure_kind::authentication},          // Gemini
    {begins, "API key expired", failure_kind::authentication},
    {begins, "Incorrect API key provided", failure_kind::authentication},
    {begins, "Organization has been restricted", failure_kind::authentication},  // Groq
    {begins, "Invalid model:", failure_kind::not_found},                         // Mistral
    {begins, "Model Not Exist", failure_kind::not_found},                        // DeepSeek
    {ends, "is not a valid model ID", failure_kind::not_found},                  // OpenRouter
    {holds, "The plain HTTP request was sent to HTTPS port", failure_kind::not_found},   // nginx
    {holds, "Client sent an HTTP request to an HTTPS server", failure_kind::not_found},  // Go
    {begins, "Content violates usage guidelines", failure_kind::content_filter},  // xAI, with a 403
    {begins, "Output blocked by content filtering policy",
     failure_kind::content_filter},  // Anthropic, with a 400
    // These pass.
    {begins, "We could not parse the JSON body of your request", failure_kind::server_error},
    {begins, "No models provided", failure_kind::server_error},  // OpenRouter: no host is free
    {begins, "No providers", failure_kind::server_error},
    {begins, "No allowed providers", failure_kind::server_error},
    {begins, "No available providers", failure_kind::server_error},
};

// None of these is a limit on how much may come in a minute, which others use up.
constexpr std::string_view too_large[] = {"maximum context length", "context length",
                                          "context window",         "context size",
                                          "prompt is too long",     "input is too long",
                                          "exceed context limit",      // Anthropic
                                          "max_new_tokens` must be"};  // TGI

}  // namespace

std::optional<failure_kind> kind_in_words(std::string_view message) {
  const auto* const found =
      std::find_if(std::begin(phrases), std::end(phrases),
                   [&](const auto& one) { return one.match(message, one.text); });
  return found == std::end(phrases) ? std::nullopt : std::optional(found->kind);
}

bool says_too_large(std::string_view message, bool in_any_place) {
  return begins(message, "Request too large") ||
         begins(message, "The input token count") ||  // Gemini
         (in_any_place && std::any_of(std::begin(too_large), std::end(too_large),
                                      [&](std::string_view one) { return holds(message, one); }));
}

}  // namespace retort::providers
