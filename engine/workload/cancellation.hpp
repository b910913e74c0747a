// Which requests their sender gives up, and when: drawn beforehand from a stream of its own, so
// that the n-th request's lot is the seed's, whatever comes back. Pure; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/measure/measurement.hpp"
#include "engine/workload/even_range.hpp"

namespace retort::engine {

struct cancel_rule {
  double share = 0;        // of all requests; 0 to 1
  even_range after{1, 1};  // seconds since it was sent off, or chunks of content
  bool in_chunks = false;
};

// "0.5", "0.1:2" seconds, "20chunks", "5:50chunks"; nothing where it is none of these. Of chunks
// one at least. The share is not in it.
std::optional<cancel_rule> cancel_rule_of(std::string_view after);

class cancellation {
 public:
  cancellation(const cancel_rule& rule, std::uint64_t seed)
      : rule_(rule), chance_(seed, drawn_for::cancelling) {}

  // Of the next request; nothing: it is waited for.
  std::optional<cancel_plan> next();

 private:
  cancel_rule rule_;
  random_stream chance_;
};

}  // namespace retort::engine
