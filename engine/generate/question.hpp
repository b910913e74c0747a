// What is asked, whoever asks: a record, a step, a judge. Plain values; who asks keeps what they
// point at until the answer is there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "providers/body/types.hpp"

namespace retort::engine {

struct question {
  std::uint64_t who = 0;  // the record, by which an endpoint tells one's failures from everybody's
  // Which of its answers: the k-th is asked with sampling.seed + k. Those of later steps and of
  // their branches go on behind one another, a thousand apart.
  std::uint32_t k = 0;
  const std::vector<providers::message>* messages = nullptr;
  const providers::sampling* sampling = nullptr;
  std::optional<std::int64_t> most_output = {};  // of that sampling, as request_bound.hpp has it
};

}  // namespace retort::engine
