// What OpenAI's APIs have in common: keys, errors, limits. Their shapes and codes:
// platform.openai.com/docs (guides/error-codes, guides/rate-limits). Any thread.
#pragma once

#include "tools/mock/dialects/dialect.hpp"

namespace retort::mock {

class openai : public dialect {
 public:
  // A bearer token; Azure's api-key.
  std::string_view key_of(const request& asked) const override;
  worded_error word(const api_error& why, std::string_view id) const override;
  std::string id_headers(std::string_view id) const override;
  std::string limit_headers(std::span<const quota_reading> left) const override;
};

// The fields of an error.
void write_error(io::json_writer& json, const api_error& why);
std::string_view error_type(const api_error& why);

// A list of the text's tokens with made-up log probabilities, and so many alternatives to each, of
// which it is the first.
void write_logprobs(io::json_writer& json, std::string_view name, std::string_view text,
                    std::uint64_t alternatives);

inline constexpr std::uint64_t most_alternatives = 20;

// The function that tool_choice forces the model to call, "" for none: by "required" the `first` of
// the tools, else the one that it names, `chosen`. The APIs differ in where names stand.
std::string forced_tool(json_element body, json_result chosen, json_result first);

// retry-after in whole seconds, rounded up, and retry-after-ms.
std::string retry_headers(const std::optional<retry_advice>& advice);

}  // namespace retort::mock
