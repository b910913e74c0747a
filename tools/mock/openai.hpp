// The OpenAI chat-completions dialect as a server speaks it: JSON text in, JSON text out. Its
// shapes and error codes: platform.openai.com/docs/api-reference (chat, errors). One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>
#include <boost/system/result.hpp>

namespace retort::mock {

struct chat_request {
  std::string model;
  std::string prompt;             // content of the last user message
  std::size_t content_bytes = 0;  // of all messages
  std::uint64_t max_tokens = 0;   // or max_completion_tokens, if above 0; 0: no such wish
};

struct chat_answer {
  std::string_view text;
  std::uint64_t tokens;
  bool cut_short = false;  // by max_tokens
};

struct api_error {
  int status;
  std::string message;
  std::string_view type;
  std::string_view param;  // empty: null
  std::string_view code;   // empty: null
};

class chat_request_reader {
 public:
  // Checks and reads the body of a request; the error says what a client must change.
  boost::system::result<chat_request, api_error> read(std::string_view body);

 private:
  simdjson::dom::parser parser_;
};

// Tokens are estimated as a quarter of the bytes, rounded up.
inline constexpr std::size_t bytes_per_token = 4;
std::uint64_t tokens_in(std::size_t bytes);

std::string chat_completion(std::uint64_t id, const chat_request& request,
                            const chat_answer& answer);
std::string error_body(const api_error& error);
std::string model_list();

}  // namespace retort::mock

namespace retort {
[[noreturn]] void throw_exception_from_error(const mock::api_error&, const boost::source_location&);
}
