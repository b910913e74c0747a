// OpenAI's chat completions (openai/openai-openapi f85dbe2) as OpenAI itself and the
// servers of its family speak them (chat_differences.hpp): one dialect, and a table of differences.
// Stateless: one instance serves all threads.
#pragma once

#include "providers/dialects/chat_differences.hpp"
#include "providers/stream/dialect.hpp"

namespace retort::providers {

class openai_chat : public dialect {
 public:
  // `by` must outlive the dialect; OpenAI itself is the first of the family.
  explicit openai_chat(const chat_differences& by = chat_family().front()) : by_(by) {}

  body_taker takes() const override { return body_taker::chat; }
  std::string target(std::string_view model, delivery how) const override;
  std::string headers(std::string_view api_key) const override;
  result<void> check(std::string_view model, const sampling& asked) const override;
  void append_body(const request_parts& request, std::string& out) const override;
  std::unique_ptr<stream_reader> read_stream() const override;

 private:
  outcome read_answer(const io::http_response& response, simdjson::dom::element body,
                      std::chrono::system_clock::time_point now) const override;

  const chat_differences& by_;
};

}  // namespace retort::providers
