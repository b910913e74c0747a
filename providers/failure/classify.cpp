#include "providers/failure/classify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/one_line.hpp"
#include "providers/failure/error_words.hpp"
#include "providers/failure/moment.hpp"
#include "providers/failure/retry_after.hpp"

namespace retort::providers {
namespace {

bool is_success(int status) { return status >= 200 && status < 300; }
bool is_redirect(int status) { return status >= 300 && status < 400; }

std::optional<failure_kind> named_kind(std::string_view name) {
  struct named {
    std::string_view name;
    failure_kind kind;
  };
  static constexpr named known[] = {
      {"insufficient_quota", failure_kind::quota_exhausted},
      {"credit_balance_exhausted", failure_kind::quota_exhausted},
      {"organization_spend_limit_exceeded", failure_kind::quota_exhausted},
      {"project_spend_limit_exceeded", failure_kind::quota_exhausted},
      {"organization_usage_limit_exceeded", failure_kind::quota_exhausted},
      {"enforced_spend_limit_reached", failure_kind::quota_exhausted},  // Anthropic
      {"billing_error", failure_kind::quota_exhausted},
      {"billing_hard_limit_reached", failure_kind::quota_exhausted},  // OpenAI
      {"billing_not_active", failure_kind::quota_exhausted},
      {"BILLING_DISABLED", failure_kind::quota_exhausted},        // Google
      {"organization_restricted", failure_kind::authentication},  // Groq, with a 400
      {"account_deactivated", failure_kind::authentication},
      {"API_KEY_INVALID", failure_kind::authentication},  // Gemini, with a 400
      {"model_not_found", failure_kind::not_found},
      {"model_decommissioned", failure_kind::not_found},  // Groq, with a 400
      {"invalid_model", failure_kind::not_found},         // Mistral, with a 400
      {"context_length_exceeded", failure_kind::bad_request},
      {"exceed_context_size_error", failure_kind::bad_request},  // llama.cpp
      {"string_above_max_length", failure_kind::bad_request},
      {"content_filter", failure_kind::content_filter},
      {"content_policy_violation", failure_kind::content_filter},
      {"rate_limit_exceeded", failure_kind::rate_limited},
      {"slow_down", failure_kind::rate_limited},
      {"server_is_overloaded", failure_kind::overloaded},
      {"rate_limit_error", failure_kind::rate_limited},  // Anthropic
      {"overloaded_error", failure_kind::overloaded},
      {"RESOURCE_EXHAUSTED", failure_kind::rate_limited},  // Gemini
      {"CANCELLED", failure_kind::rate_limited},           // its 499, which its CLI takes for a 429
  };
  for (const auto& [known_name, kind] : known) {
    if (name == known_name) return kind;
  }
  return std::nullopt;
}

std::optional<failure_kind> coded_kind(const error_report& report) {
  for (const std::string* name : {&report.code, &report.type, &report.rpc_status}) {
    if (const auto kind = named_kind(*name)) return kind;
  }
  return std::nullopt;
}

bool is_too_large(failure_kind kind, int status, const error_report& report) {
  static constexpr std::string_view names[] = {
      "context_length_exceeded", "exceed_context_size_error", "string_above_max_length",
      "request_too_large"};  // Anthropic, with the 413
  if (kind != failure_kind::bad_request) return false;
  const auto is_named = [&](std::string_view one) {
    return report.code == one || report.type == one;
  };
  return status == 413 || says_too_large(report.message) || std::ranges::any_of(names, is_named);
}

// What other requests do not share: how long it is, and what it says.
bool is_own(failure_kind kind, int status, const error_report& report) {
  if (kind == failure_kind::content_filter) return true;
  if (kind != failure_kind::bad_request) return false;
  return is_too_large(kind, status, report) ||
         named_kind(report.code) == failure_kind::bad_request ||
         named_kind(report.type) == failure_kind::bad_request;
}

// Errors inside a 2xx (a stream's mostly) that have no status of their own. With a status that says
// more these are too vague: OpenAI's 401 and 404 have the type invalid_request_error as well.
std::optional<failure_kind> kind_without_status(const error_report& report) {
  struct named {
    std::string_view name;
    failure_kind kind;
  };
  static constexpr named known[] = {
      {"invalid_request_error", failure_kind::bad_request},  // Anthropic
      {"authentication_error", failure_kind::authentication},
      {"billing_error", failure_kind::quota_exhausted},
      {"permission_error", failure_kind::authentication},
      {"not_found_error", failure_kind::not_found},
      {"request_too_large", failure_kind::bad_request},
      {"timeout_error", failure_kind::timeout},
      {"invalid_prompt", failure_kind::bad_request},  // OpenAI Responses
  };
  for (const auto& [known_name, kind] : known) {
    if (report.code == known_name || report.type == known_name) return kind;
  }
  return std::nullopt;
}

failure_kind kind_of_status(int status, bool told_when, bool is_markup) {
  switch (status) {
    case 401: return failure_kind::authentication;
    // A page is a firewall's, which looks at what the request says; when to come again is told of a
    // quota (Azure's API Management).
    case 403:
      if (is_markup) return failure_kind::bad_request;
      return told_when ? failure_kind::quota_exhausted : failure_kind::authentication;
    // OpenRouter: a 402 with Retry-After waits for money already in flight (openrouter.ai/docs).
    case 402: return told_when ? failure_kind::rate_limited : failure_kind::quota_exhausted;
    case 404:
    case 405: return failure_kind::not_found;  // whoever that is, it is not the API
    case 408:
    case 504:
    case 524: return failure_kind::timeout;
    case 409:  // OpenAI: a lock was not to be had
    case 424:  // TGI, Bedrock: the model failed while generating
    case 425:
    case 499:  // nginx: it takes us for gone
      return failure_kind::server_error;
    case 429: return failure_kind::rate_limited;
    case 498:  // Groq: no room in the flex tier
    case 503:
    case 529: return failure_kind::overloaded;
    default: break;
  }
  if (is_redirect(status)) return failure_kind::not_found;  // base_url is not where the API is
  return status < 400 || status >= 500 ? failure_kind::server_error : failure_kind::bad_request;
}

// The server's own word on whether another attempt makes sense.
failure_kind heed_should_retry(failure_kind kind, int status, std::string_view should_retry) {
  if (should_retry == "true" && !is_transient(kind)) return failure_kind::server_error;
  if (should_retry != "false" || !is_transient(kind)) return kind;
  return status == 429 ? failure_kind::quota_exhausted : failure_kind::bad_request;
}

// What the body names, in a code or in words.
std::optional<failure_kind> named_kind(const error_report& report, failure_kind by_status) {
  if (report.flagged) return failure_kind::content_filter;
  const auto coded = coded_kind(report);
  const failure_kind likely = coded.value_or(by_status);
  const bool is_full = likely == failure_kind::rate_limited || likely == failure_kind::overloaded;
  if (says_too_large(report.message, !is_full)) return failure_kind::bad_request;
  if (report.exhausted == quota_period::day) return failure_kind::quota_exhausted;
  return coded ? coded : kind_in_words(report.message);
}

failure_kind kind_of(const io::http_response& response, const error_report& report,
                     bool told_when) {
  const int status = is_success(response.status) ? report.status : response.status;
  const failure_kind by_status = kind_of_status(status, told_when, report.is_markup);
  const auto named = named_kind(report, by_status);
  if (named && !is_transient(*named)) return *named;
  if (!named && status == 0) {
    if (const auto kind = kind_without_status(report)) return *kind;
  }
  const auto kind = named.value_or(by_status);
  return heed_should_retry(kind, status, response.header("x-should-retry"));
}

std::string message_of(const io::http_response& response, const error_report& report) {
  if (is_redirect(response.status)) {
    const auto to = io::one_line(response.header("location"), max_quoted_bytes);
    return to.empty() ? "redirected, without a Location that says where to" : "redirected to " + to;
  }
  if (report.code.empty()) return report.message;
  return report.message + " (" + io::one_line(report.code, max_quoted_bytes) + ")";
}

// What the server asks for, in a form meant to be read by a program.
std::optional<std::chrono::milliseconds> wait_asked(const io::http_response& response,
                                                    const error_report& report,
                                                    std::chrono::system_clock::time_point now) {
  const auto by_header = retry_after(response, now);
  return by_header ? by_header : report.retry_delay;
}

// When the window ends that OpenRouter counts in: a moment, not how long until a quota is whole.
std::optional<std::chrono::milliseconds> wait_for_window(
    const io::http_response& response, const error_report& report,
    std::chrono::system_clock::time_point now) {
  for (const std::string_view text :
       {response.header("x-ratelimit-reset"), std::string_view(report.reset)}) {
    if (const auto then = parse_epoch(text)) return believable_wait_until(*then, now);
  }
  return std::nullopt;
}

// Where that is nothing: any other message that speaks of waiting may be quoting the prompt.
std::optional<std::chrono::milliseconds> wait_implied(failure_kind kind,
                                                      const error_report& report) {
  if (kind != failure_kind::rate_limited) return std::nullopt;
  if (report.advised_wait) return report.advised_wait;
  if (report.exhausted == quota_period::minute) return minute_quota_wait;
  return std::nullopt;
}

}  // namespace

failure classify(const io::http_response& response, const error_report& report,
                 std::chrono::system_clock::time_point now) {
  auto wait = wait_asked(response, report, now);
  failure_kind kind = kind_of(response, report, wait.has_value());
  if (!wait) wait = wait_implied(kind, report);
  if (!wait && kind == failure_kind::rate_limited) wait = wait_for_window(response, report, now);
  std::string message = message_of(response, report);
  if (is_transient(kind) && wait > longest_wait) {
    kind = failure_kind::quota_exhausted;
    message += fmt::format("{}it asks to be let alone for {} s", message.empty() ? "" : "; ",
                           std::chrono::ceil<std::chrono::seconds>(*wait).count());
  }
  failure out{kind, response.status, std::move(message), wait};
  out.own = is_own(kind, response.status, report);
  out.too_large = is_too_large(kind, response.status, report);
  out.foreign = !report.is_json;
  return out;
}

}  // namespace retort::providers
