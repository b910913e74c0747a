// Google's generateContent (googleapis/python-genai 66807187). Stateless: one instance serves all
// threads.
#pragma once

#include "providers/stream/dialect.hpp"

namespace retort::providers {

class gemini final : public dialect {
 public:
  std::string target(std::string_view model, delivery how) const override;
  std::string headers(std::string_view api_key) const override;
  result<void> check(std::string_view model, const sampling& asked) const override;
  void append_body(const request_parts& request, std::string& out) const override;
  std::unique_ptr<stream_reader> read_stream() const override;

 private:
  outcome read_answer(const io::http_response& response, simdjson::dom::element body,
                      std::chrono::system_clock::time_point now) const override;
};

}  // namespace retort::providers
