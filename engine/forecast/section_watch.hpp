// The sections of prompts, {{#field}}...{{/field}}, of which no record has the field. A name that
// is mistyped there leaves its text out of every prompt, which is no error of any record's. One
// thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/prompt/step_prompts.hpp"

namespace retort::engine {

class section_watch {
 public:
  // `of` stays where it is and outlives this.
  explicit section_watch(const step_prompts& of);

  void see(simdjson::dom::element record);
  // In the words of the first record: "the record has no field ...". None where no record was seen.
  std::vector<std::string> never_there() const;

 private:
  struct missed {
    std::string_view path;
    std::string why;
  };
  std::vector<missed> missed_;
};

}  // namespace retort::engine
