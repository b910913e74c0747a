// What the requests of a benchmark are, beside their load: what they have in common, which of them
// are given up, how they follow each other. Plain values; any thread.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/workload/cancellation.hpp"
#include "engine/workload/trace.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

struct workload {
  double shared_prefix = 0;  // of each made-up prompt this share is the beginning of one text
  bool busts_cache = false;  // a config's prompts have a beginning of their own each time
  cancel_rule cancel;        // share 0: none
  std::shared_ptr<const trace> replayed;  // null: none
  std::uint64_t turns = 1;                // of a session: each behind the answers to those before
  even_range think_s;                     // between an answer and the next turn
};

// The members that say so; none of what is not.
void write_workload(io::json_writer& json, const workload& of);

}  // namespace retort::engine
