// Evaluators: how well a completion agrees with the reference. Built once from the config, then
// immutable; evaluate() is pure and may be called from any thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/config/config.hpp"
#include "engine/sample/verdict.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// The first configured evaluator decides, and only its full score is correct. Nothing else votes: a
// metric that merely accompanies the answer (a length, a style) must not make a wrong one pass.
inline constexpr double correct_score = 1.0;

// Whether the deciding evaluation is there and says so.
bool is_correct(std::span<const evaluation>);

// One configured evaluator, one of:
//   exact       the completion is the reference, white space around both aside
//   numeric     the completion's answer and the reference are the same exact number, or no farther
//               apart than the tolerance. The answer is what the pattern's last match captured,
//               which must be one number; without a pattern, the last \boxed{} or else the last
//               number (number::last_in), thinking aside. The reference must be one number
//               (number::parse)
//   json_field  what stands at the path of the JSON in the completion (find_json_answer), a string,
//               number or boolean, is the reference: as trimmed text, or as numbers when both are
class evaluator {
 public:
  // errc::usage when the pattern does not compile.
  static result<evaluator> make(const evaluator_config&);

  evaluation evaluate(std::string_view completion, std::string_view reference) const {
    return compare_(completion, reference);
  }

 private:
  using comparison = std::function<evaluation(std::string_view, std::string_view)>;
  explicit evaluator(comparison compare) : compare_(std::move(compare)) {}
  comparison compare_;
};

}  // namespace retort::engine
