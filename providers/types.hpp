// What goes to a provider and what comes back, free of any dialect. Plain values, any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

namespace retort::providers {

struct message {
  std::string role;  // system, developer, user or assistant
  std::string content;
};

// Sampling parameters under their common names; nothing is sent for what is not set.
struct sampling {
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<std::int64_t> max_tokens;
};

// Tokens as the provider counted them; -1 where it did not say. `input` includes cached tokens
// and `output` includes reasoning tokens, whatever the dialect's own habit.
struct usage {
  std::int64_t input = -1;
  std::int64_t cached = -1;
  std::int64_t output = -1;
  std::int64_t reasoning = -1;
};

struct completion {
  std::string text;
  std::string reasoning;
  std::string refusal;
  std::string finish_reason;  // as the provider wrote it
  std::string model;          // the model that answered, as the provider wrote it
  std::string request_id;
  providers::usage usage;
};

enum class failure_kind {
  rate_limited,      // too many requests or tokens just now
  overloaded,        // the server has no room (503, 529)
  server_error,      // other 5xx
  timeout,           // our deadline or the server's
  network,           // no connection, or it ended midway
  invalid_response,  // a 2xx that the dialect does not allow
  bad_request,       // this request can never succeed
  content_filter,    // refused for what it says
  authentication,    // the key is wrong or may not do this: true of every request
  not_found,         // no such model or URL: true of every request
  quota_exhausted,   // money or a daily cap: waiting does not help now
};

// The kind as it stands in the ledger and in messages: "rate_limited", ...
std::string_view name(failure_kind kind);
// Trying again may help.
bool is_transient(failure_kind kind);
// Every further request to this endpoint would fail the same way: the run stops.
bool stops_endpoint(failure_kind kind);

struct failure {
  failure_kind kind;
  int status = 0;  // HTTP status; 0 when there was no response
  std::string message;
  // The least time to wait before the next attempt, as the server asked.
  std::optional<std::chrono::milliseconds> retry_after;
};

// What parsing a response gives.
using outcome = boost::system::result<completion, failure>;

}  // namespace retort::providers
