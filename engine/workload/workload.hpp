// What the requests of a benchmark are, beside their load: what they have in common, which of them
// are given up, how they follow each other. Plain values; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/workload/cancellation.hpp"
#include "engine/workload/trace.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

// Sessions that are a dataset's own records, by their conversations or by the steps that they pass:
// of so many records, all their turns, and the most of one.
struct record_sessions {
  std::uint64_t records = 0, turns = 0, most = 0;
  std::vector<std::string> steps = {};  // the names of the turns, where they are steps
  double mean() const { return static_cast<double>(turns) / static_cast<double>(records); }
};

struct workload {
  double shared_prefix = 0;  // of each made-up prompt this share is the beginning of one text
  bool busts_cache = false;  // a config's prompts have a beginning of their own each time
  cancel_rule cancel;        // share 0: none
  std::shared_ptr<const trace> replayed;  // null: none
  std::uint64_t turns = 1;                // of a session: each behind the answers to those before
  std::optional<record_sessions> own;     // each session is a record's; `turns` is 1
  even_range think_s;                     // between an answer and the next turn
  bool has_sessions() const { return turns > 1 || own; }
  double mean_turns() const { return own ? own->mean() : static_cast<double>(turns); }
};

// "sessions of 3 turns", "conversations of 2.5 turns", "the steps draft, solve"; "" of none.
std::string name_of_sessions(const workload& of);

// The members that say so; none of what is not.
void write_workload(io::json_writer& json, const workload& of);

}  // namespace retort::engine
