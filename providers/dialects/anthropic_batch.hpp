// Anthropic's message batches (anthropics/anthropic-sdk-python 009b0353).
#pragma once

#include "providers/dialects/batch_api.hpp"
#include "providers/stream/dialect.hpp"

namespace retort::providers {

class anthropic_batch : public batch_api {
 public:
  // `answers` outlives this.
  explicit anthropic_batch(const dialect& answers) : answers_(answers) {}

  batch_limits limits() const override { return {100'000, std::size_t{256'000'000}}; }
  void begin(std::string_view tag, std::string& out) const override;
  void append(std::string_view custom_id, std::string_view body, std::string& out) const override;
  void end(std::string_view tag, std::string& out) const override;
  bool uploads() const override { return false; }
  api_request upload(std::string_view tag, std::string requests) const override;
  reply<std::string> read_upload(const io::http_response& response) const override;
  bool keeps_tags() const override { return false; }
  api_request create(std::string_view tag, std::string requests_or_id) const override;
  api_request status(std::string_view id) const override;
  reply<batch_status> read_status(const io::http_response& response) const override;
  api_request list(std::string_view page) const override;
  reply<batch_page> read_list(const io::http_response& response) const override;
  result<batch_answer> read_answer(std::string_view line) const override;

 private:
  const dialect& answers_;
};

}  // namespace retort::providers
