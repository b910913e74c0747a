// One provider's API as a server speaks it: JSON text in, JSON text out. To add one, write a file
// that derives from `dialect`, and add its line to the table in dialect.cpp. A dialect holds no
// state; any thread.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/mock/answers/question.hpp"
#include "tools/mock/dialects/request.hpp"
#include "tools/mock/dialects/sse.hpp"
#include "tools/mock/faults/quotas.hpp"

namespace retort::mock {

// What is answered to a question.
struct reply {
  const question& to;
  std::uint64_t number;  // of the response: ids are made of it
  std::int64_t created;  // seconds since 1970
  std::string text;      // or the arguments, a JSON object, of a call to question::tool
  std::uint64_t text_tokens = 0;
  std::string reasoning = {};
  std::uint64_t reasoning_tokens = 0;
  bool cut_short = false;    // by max_tokens
  std::uint64_t pieces = 0;  // that a stream brings the text in; 0: one per token

  bool is_call() const { return !to.tool.empty(); }
  std::uint64_t output_tokens() const { return reasoning_tokens + text_tokens; }
};

// When to come again.
struct retry_advice {
  double seconds;
  bool in_ms = true;  // seconds alone would not say it exactly
};

// What is wrong, whatever the dialect. `status` is OpenAI's: a dialect may have another for it.
struct api_error {
  int status;
  std::string message;
  std::string_view param = {};  // of OpenAI's; empty: null
  std::string_view code = {};   // of OpenAI's; empty: null
  std::string_view limit = {};  // of a 429: "requests" or "tokens"
  std::optional<retry_advice> retry = {};
};

// The same in a dialect's words.
struct worded_error {
  int status;
  std::string body;
  std::string headers = {};  // each ended by CRLF
};

class dialect {
 public:
  virtual ~dialect() = default;

  // The key that a client shows; "" when it shows none.
  virtual std::string_view key_of(const request& asked) const = 0;
  // What its headers lack.
  virtual std::optional<api_error> check_headers(const request&) const { return std::nullopt; }
  // `body` is an object; `target` may say what it does not.
  virtual boost::system::result<question, api_error> read(std::string_view target,
                                                          json_element body) const = 0;
  virtual std::string whole(const reply& said) const = 0;
  virtual std::vector<event> stream(const reply& said) const = 0;
  // In the middle of a stream, after so many events.
  virtual std::string error_event(const api_error& why, std::string_view id,
                                  std::size_t events) const = 0;
  // `id` is that of the request.
  virtual worded_error word(const api_error& why, std::string_view id) const = 0;
  // Header lines, each ended by CRLF.
  virtual std::string id_headers(std::string_view id) const = 0;
  virtual std::string limit_headers(std::span<const quota_reading> left) const = 0;
};

// Whose API that path belongs to; null: nobody's.
const dialect* find_dialect(std::string_view path);
// The same where nobody's will not do: the one whose key the client shows, else chat completions.
const dialect& dialect_of(const request& asked);

// Of "Authorization: Bearer TOKEN"; "" when there is none.
std::string_view bearer_token(const request& asked);

// One file each.
const dialect& openai_chat();
const dialect& openai_responses();
const dialect& anthropic();
const dialect& gemini();

}  // namespace retort::mock

namespace retort {
[[noreturn]] void throw_exception_from_error(const mock::api_error&, const boost::source_location&);
}
