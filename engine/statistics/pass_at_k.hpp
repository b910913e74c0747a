// How likely one of k answers to a record is right, estimated from n >= k of them. Pure; any
// thread.
#pragma once

#include <cstdint>

namespace retort::engine {

// 1 - C(n - right, k) / C(n, k), which is unbiased (Chen et al., "Evaluating Large Language Models
// Trained on Code", 2021, equation 1). `right` is at most n, and k from 1 to n.
double pass_at_k(std::uint64_t n, std::uint64_t right, std::uint64_t k);

}  // namespace retort::engine
