// Evaluator `judge`: another model's verdict on a completion, through its own gate. One thread: the
// engine's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/evaluators/judge.hpp"
#include "engine/generate/generator.hpp"
#include "engine/judging/answered_template.hpp"
#include "engine/judging/appraiser.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// How often one readable verdict is asked for.
inline constexpr std::uint32_t most_asked_for_vote = 3;

// What a judge is sent about an answer to a record. One thread.
class judge_prompt {
 public:
  // errc::usage: a template that is none, by its key.
  static result<judge_prompt> parse(const judge_rule& by, const config& run);

  // `is_second`: of two that are compared the completion stands behind the other. errc::dataset as
  // answered_template::render().
  result<std::vector<providers::message>> messages(const std::string& row,
                                                   std::string_view completion,
                                                   const std::optional<std::string>& reference,
                                                   bool is_second = false) const;

 private:
  explicit judge_prompt(answered_template text) : text_(std::move(text)) {}

  answered_template text_;
  std::optional<answered_template> against_;
};

// `run` and `asking` outlive it; asking->gates[gate] is the judge's, by the time it is asked.
// errc::usage for a prompt that is no template.
result<std::unique_ptr<appraiser>> make_judge_appraiser(const config& run, const judge_config& of,
                                                        generator* asking, std::size_t gate);

}  // namespace retort::engine
