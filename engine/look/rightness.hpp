// Whether an answer is right, by what its ledger line says and who decides in its run. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/directory/run_facts.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

class rightness {
 public:
  explicit rightness(const std::optional<run_facts>& of);

  bool knows(std::uint32_t step) const;  // some evaluator decides there
  // One that decides gave less than its threshold: wrong. All gave enough: right. Else nothing.
  std::optional<bool> of(const sample& one) const;
  // What the answer is called among others to its record: one word for all that are right, else
  // what the first evaluator found in it. Nothing where none of those that compare decides first.
  std::optional<std::uint64_t> answer_of(const sample& one) const;

 private:
  const evaluation* find(const sample& in, const std::string& name) const;
  std::vector<evaluator_facts> deciding_;
};

}  // namespace retort::engine
