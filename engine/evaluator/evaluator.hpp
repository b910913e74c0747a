// Evaluators: how good a completion is, each by its own measure. Made once from the config, then
// immutable; evaluate() is pure and may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evaluator/evaluator_config.hpp"
#include "engine/keys/config_key.hpp"
#include "io/base/error.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

// What an evaluator looks at. It outlives the call and nothing more.
struct candidate {
  std::string_view answer;                    // judged_text()
  std::optional<std::string_view> reference;  // nothing where the record has none
  const providers::completion& completion;  // the answer's, for how it ended and what else it says
  std::string_view id = {};                 // the record's
};

// What it says. Without a score it could not tell: neither right nor wrong.
struct judgement {
  std::optional<double> score;  // in [0,1]
  std::string detail;           // what was found, or why nothing was; one short line
};

inline judgement right_or_wrong(bool right, std::string detail) {
  return {right ? 1.0 : 0.0, std::move(detail)};
}
inline judgement unscored(std::string why) { return {std::nullopt, std::move(why)}; }
// What one that compares says where there is nothing to compare with.
inline judgement without_reference() { return unscored("the record has no reference"); }

struct evaluator {
  // Empty for a costly one, which takes a process or a request: a coroutine carries it out.
  std::function<judgement(const candidate&)> evaluate;
  bool needs_reference = false;
  // Of a costly one, where it does not need the reference: its score may depend on it all the same.
  bool sees_reference = false;
  std::uint64_t data = 0;  // hash of what it goes by besides its keys, as a file's content
  // Of one that compares the answer in a completion with the reference: that answer, nothing where
  // there is none; and whether two such are the same. Both empty of any other.
  std::function<std::optional<std::string>(const candidate&)> extract = {};
  std::function<bool(std::string_view, std::string_view)> are_same = {};
};

// A kind of evaluator: a line of the registry (engine/evaluators/registry.hpp).
struct evaluator_kind {
  std::string_view name;
  std::vector<config_key> keys;  // its rows of the table of keys, "evaluate[].NAME.KEY"
  // errc::usage with a message that begins with the name of the key that is wrong.
  result<evaluator> (*make)(const evaluator_config&);
  bool is_costly = false;  // as its evaluators are
};

// Null when there is none of that name.
const evaluator_kind* find_evaluator(std::span<const evaluator_kind> among, std::string_view name);
// errc::usage as evaluator_kind::make, or where there is none of that kind.
result<evaluator> make_evaluator(const evaluator_config&, std::span<const evaluator_kind> among);

}  // namespace retort::engine
