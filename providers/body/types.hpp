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

struct tool_call {
  std::string id;  // "" where the provider gives none
  std::string name;
  std::string arguments;  // JSON text, as the model wrote it: it need not parse
};

struct message {
  std::string role;  // system, developer, user, assistant or tool
  std::string content;
  std::string name = {};                   // who speaks; "" when not told
  std::string tool_call_id = {};           // role tool: the call that this answers
  std::vector<tool_call> tool_calls = {};  // role assistant; arguments are JSON objects
  // Of a record's own messages, for who trains with them: DeepSeek alone is sent the first of
  // these.
  std::string reasoning = {};               // role assistant: what it thought before it spoke
  std::optional<std::int32_t> weight = {};  // 0: not to be learnt; 1: to be learnt
};

// Of a role that tells the model what to do: two names of one thing.
inline bool is_instruction(const message& one) {
  return one.role == "system" || one.role == "developer";
}

// Sampling parameters under their common names; nothing is sent for what is not set. Which dialect
// takes which: dialect::check.
struct sampling {
  std::optional<double> temperature = {};
  std::optional<double> top_p = {};
  std::optional<std::int64_t> max_tokens = {};  // reasoning included
  std::optional<std::int64_t> top_k = {};
  std::optional<double> min_p = {};
  std::vector<std::string> stop = {};
  std::optional<std::int64_t> seed = {};
  std::optional<double> frequency_penalty = {};
  std::optional<double> presence_penalty = {};
  std::optional<std::int64_t> logprobs = {};  // of so many alternatives too; 0: the chosen alone
  std::string reasoning_effort = {};          // none, minimal, low, medium, high, xhigh, max
  std::optional<std::int64_t> reasoning_budget = {};  // tokens
  // JSON texts; "" when not set.
  std::string response_schema = {};  // a JSON Schema that the answer must follow
  std::string tools = {};            // a list, in the form of OpenAI's chat completions
  std::string extra = {};            // an object whose members join those of the body
};

// No answer has more tokens than this, whatever a server says: it is a hundred times the longest
// context there is, and sums of ninety thousand million such counts keep within 64 bits.
inline constexpr std::int64_t most_tokens = 100'000'000;

// Tokens as the provider counted them, each at most `most_tokens`; -1 where it did not say. `input`
// includes cached tokens (read and written) and `output` includes reasoning tokens, whatever the
// dialect's own habit.
struct usage {
  std::int64_t input = -1;
  std::int64_t cached = -1;
  std::int64_t output = -1;
  std::int64_t reasoning = -1;
  std::int64_t cache_written = -1;
};

// Why a completion ended, whatever word the provider has for it.
enum class finish {
  unknown,         // not told
  stop,            // the model was done, or met a stop sequence
  length,          // cut off at max_tokens or at the end of the context
  tool_calls,      // it asks for a tool's answer
  content_filter,  // withheld or cut off for what it says
  refusal,         // the model declined
  other,           // see finish_reason
};

// A token and its log probability. In a list, each chosen token (rank 0) stands before the
// likeliest tokens at its place (rank 1, 2, ... in the provider's order), where those were asked
// for. The text is the provider's: of half a character it may be U+FFFD.
struct scored_token {
  std::string text;
  double logprob = 0;  // NaN where the provider gave none (or NaN)
  std::uint32_t rank = 0;
};

struct completion {
  std::string text;
  std::string reasoning;
  std::string refusal;
  std::string finish_reason;  // as the provider wrote it
  std::string model;          // the model that answered, as the provider wrote it
  std::string request_id;
  std::string service_tier;  // as the provider wrote it
  providers::usage usage;
  providers::finish finish = finish::unknown;
  std::vector<scored_token> logprobs = {};
  std::vector<tool_call> tool_calls = {};
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
  // The request is wrong by itself (too long, refused for what it says): true of no other.
  bool own = false;
  // It is own for its length: less of the same may be answered.
  bool too_large = false;
  // The body is no JSON, or cannot be read at all: it may have been a proxy or a firewall that
  // spoke, not the API.
  bool foreign = false;
  // Some of an answer had come, or was counted: it may be billed.
  bool begun = false;
};

// What parsing a response gives.
using outcome = boost::system::result<completion, failure>;

}  // namespace retort::providers
