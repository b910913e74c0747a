// Evaluators: how well a completion agrees with the reference. Built once from the config, then
// immutable; evaluate() is pure and may be called from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/config.hpp"
#include "engine/pattern.hpp"
#include "io/error.hpp"

namespace retort::engine {

struct evaluation {
  std::string name;    // "exact", "numeric", "json_field"
  double score = 0;    // in [0,1]
  std::string detail;  // what was found in the completion, or why nothing was; one short line
};

// The first configured evaluator decides, and only its full score is correct. Nothing else votes: a
// metric that merely accompanies the answer (a length, a style) must not make a wrong one pass.
inline constexpr double correct_score = 1.0;

// Whether the deciding evaluation is there and says so.
bool is_correct(std::span<const evaluation>);

class evaluator {
 public:
  // errc::usage when the pattern does not compile.
  static result<evaluator> make(const evaluator_config&);

  evaluation evaluate(std::string_view completion, std::string_view reference) const;

 private:
  // The completion is the reference, white space around both aside.
  struct exact {
    evaluation evaluate(std::string_view completion, std::string_view reference) const;
  };

  // The completion's answer and the reference are the same exact number. The answer is what the
  // pattern's last match captured, which must be one number; without a pattern, the last \boxed{}
  // or else the last number (number::last_in). The reference must be one number (number::parse).
  struct numeric {
    std::optional<pattern> where;
    evaluation evaluate(std::string_view completion, std::string_view reference) const;
  };

  // The completion is JSON (a fence ``` around it is forgiven) and the string, number or boolean at
  // the path is the reference: compared as numbers when the reference is a bare number and the
  // value is one too, else as trimmed text.
  struct json_field {
    std::vector<std::string> path;
    evaluation evaluate(std::string_view completion, std::string_view reference) const;
  };

  using kind = std::variant<exact, numeric, json_field>;
  explicit evaluator(kind how) : how_(std::move(how)) {}
  kind how_;
};

}  // namespace retort::engine
