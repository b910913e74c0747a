// The counter at which both batch APIs are served. Time comes as an argument. One thread.
#pragma once

#include <optional>
#include <string>

#include "tools/mock/batches/batch.hpp"
#include "tools/mock/batches/batch_anthropic.hpp"
#include "tools/mock/batches/batch_openai.hpp"
#include "tools/mock/batches/batch_route.hpp"
#include "tools/mock/dialects/request.hpp"

namespace retort::mock {

class batch_desk {
 public:
  // `key` is what clients must show; empty: anything will do. `counted` must outlive it.
  batch_desk(const options& chosen, std::string key, plain_answers answers, tally& counted);
  batch_desk(const batch_desk&) = delete;
  batch_desk& operator=(const batch_desk&) = delete;

  // Nothing when the request is for no batch API.
  std::optional<batch_reply> serve(const request& asked, batch_time now);
  // Counts and writes down what has ended by now, as serve() does too.
  void advance(batch_time now);

 private:
  bool knows(const request& asked, const batch_route& route) const;

  std::string key_;
  batch_maker maker_;
  openai_batches openai_;
  anthropic_batches anthropic_;
};

}  // namespace retort::mock
