#include "tools/mock/dialects/openai.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "tools/mock/answers/pieces.hpp"

namespace retort::mock {
namespace {

// Made of the token alone: a multiple of 1/32, above -2.
double logprob_of(std::string_view token) {
  unsigned sum = 0;
  for (const char c : token) sum += static_cast<unsigned char>(c);
  return -static_cast<double>(1 + sum % 32) / 32;
}

void write_scored(io::json_writer& json, std::string_view token, double logprob) {
  json.member("token", token);
  json.member("logprob", logprob);
  write_array(json, "bytes", [&] {
    for (const char c : token) json.value(static_cast<int>(static_cast<unsigned char>(c)));
  });
}

void write_token(io::json_writer& json, std::string_view token, std::uint64_t alternatives) {
  const double logprob = logprob_of(token);
  write_scored(json, token, logprob);
  write_array(json, "top_logprobs", [&] {
    for (std::uint64_t i = 0; i < alternatives; ++i) {
      const std::string other = i == 0 ? std::string(token) : fmt::format("~{}", i);
      write_object(json, [&] { write_scored(json, other, logprob - static_cast<double>(i)); });
    }
  });
}

}  // namespace

std::string_view openai::key_of(const request& asked) const {
  const std::string_view token = bearer_token(asked);
  return token.empty() ? asked.field("api-key") : token;
}

worded_error openai::word(const api_error& why, std::string_view) const {
  const std::string body = object_text(
      [&](io::json_writer& json) { write_object(json, "error", [&] { write_error(json, why); }); });
  return {why.status, body, retry_headers(why.retry)};
}

std::string openai::id_headers(std::string_view id) const {
  return fmt::format("x-request-id: {}\r\n", id);
}

std::string openai::limit_headers(std::span<const quota_reading> left) const {
  std::string lines;
  for (const quota_reading& each : left) {
    fmt::format_to(std::back_inserter(lines),
                   "x-ratelimit-limit-{0}: {1:.0f}\r\nx-ratelimit-remaining-{0}: {2:.0f}\r\n"
                   "x-ratelimit-reset-{0}: {3}\r\n",
                   each.of, each.limit, each.remaining, show_duration(each.until_full));
  }
  return lines;
}

std::string_view error_type(const api_error& why) {
  if (why.status == 429) return why.limit;
  return why.status >= 500 ? "server_error" : "invalid_request_error";
}

void write_error(io::json_writer& json, const api_error& why) {
  json.member("message", why.message);
  json.member("type", error_type(why));
  write_or_null(json, "param", why.param);
  write_or_null(json, "code", why.code);
}

void write_logprobs(io::json_writer& json, std::string_view name, std::string_view text,
                    std::uint64_t alternatives) {
  write_array(json, name, [&] {
    for (const std::string_view token : pieces_of(text)) {
      write_object(json, [&] { write_token(json, token, alternatives); });
    }
  });
}

std::string forced_tool(json_element body, json_result chosen, json_result first) {
  const bool any = text_at(body["tool_choice"]) == "required";
  return std::string(text_at(first).empty() ? "" : text_at(any ? first : chosen));
}

std::string retry_headers(const std::optional<retry_advice>& advice) {
  if (!advice) return "";
  std::string lines = fmt::format("retry-after: {:.0f}\r\n", std::ceil(advice->seconds));
  if (advice->in_ms) lines += fmt::format("retry-after-ms: {:.9g}\r\n", advice->seconds * 1000);
  return lines;
}

}  // namespace retort::mock
