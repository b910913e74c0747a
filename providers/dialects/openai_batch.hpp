// OpenAI's batch API (openai/openai-openapi f85dbe2), for the dialects that it takes requests
// of.
#pragma once

#include "providers/dialects/batch_api.hpp"
#include "providers/stream/dialect.hpp"

namespace retort::providers {

class openai_batch : public batch_api {
 public:
  // `endpoint`: what each request would be posted to, "/v1/chat/completions". `answers` outlives
  // this.
  openai_batch(const dialect& answers, std::string_view endpoint)
      : answers_(answers), endpoint_(endpoint) {}

  batch_limits limits() const override { return {50'000, std::size_t{200'000'000}}; }
  void begin(std::string_view tag, std::string& out) const override;
  void append(std::string_view custom_id, std::string_view body, std::string& out) const override;
  void end(std::string_view tag, std::string& out) const override;
  bool uploads() const override { return true; }
  api_request upload(std::string_view tag, std::string requests) const override;
  reply<std::string> read_upload(const io::http_response& response) const override;
  bool keeps_tags() const override { return true; }
  api_request create(std::string_view tag, std::string requests_or_id) const override;
  api_request status(std::string_view id) const override;
  reply<batch_status> read_status(const io::http_response& response) const override;
  api_request list(std::string_view page) const override;
  reply<batch_page> read_list(const io::http_response& response) const override;
  result<batch_answer> read_answer(std::string_view line) const override;

 private:
  const dialect& answers_;
  std::string_view endpoint_;
};

}  // namespace retort::providers
