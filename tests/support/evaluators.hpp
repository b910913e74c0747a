// Evaluators as a config has them, and tables of what they judge. Test code.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/evaluators/registry.hpp"

namespace retort::test {

using evaluator_keys = std::map<std::string, std::string>;

inline engine::evaluator_config configured(std::string kind, const evaluator_keys& keys = {}) {
  engine::evaluator_config made{.kind = std::move(kind)};
  for (const auto& [name, value] : keys) made.keys[name] = {value};
  return made;
}

inline engine::evaluator made(const engine::evaluator_config& config) {
  auto built = engine::make_evaluator(config, engine::evaluator_kinds());
  REQUIRE_MESSAGE(built.has_value(), built.error().message);
  return std::move(*built);
}

// What it says of an answer that simply stopped.
inline engine::judgement judged(const engine::evaluator& by, const std::string& completion,
                                std::optional<std::string_view> reference) {
  providers::completion whole;
  whole.text = completion;
  whole.finish = providers::finish::stop;
  return by.evaluate({whole.text, reference, whole});
}

struct judged_row {
  std::string completion;
  std::string reference;
  std::optional<double> score;
  std::string detail;
};

inline void check_judged(const engine::evaluator_config& config,
                         const std::vector<judged_row>& table) {
  const auto by = made(config);
  for (const auto& row : table) {
    CAPTURE(row.completion);
    CAPTURE(row.reference);
    const auto said = judged(by, row.completion, row.reference);
    CHECK(said.score.value_or(-1) == row.score.value_or(-1));
    CHECK(said.detail == row.detail);
  }
}

}  // namespace retort::test
