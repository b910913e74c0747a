// A costly evaluator at work, whatever it costs: a process, a request. One thread: the engine's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/sample/sample.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

// What one says of a sample.
struct appraisal {
  bool is_made = false;         // else not, for a reason that may pass: `detail` says which
  std::optional<double> score;  // in [0,1]; made and without: unscored
  std::string detail;           // one short line
  std::optional<providers::usage> usage;
  std::vector<double> votes = {};  // not made: those that there are all the same
};

inline appraisal unscored_appraisal(std::string why) {
  return {true, std::nullopt, std::move(why), {}};
}
inline appraisal not_made(std::string why) { return {false, std::nullopt, std::move(why), {}}; }

inline io::awaitable<> close_nothing() { co_return; }

class appraiser {
 public:
  virtual ~appraiser() = default;
  // `of` and `row`, the text of its record, outlive it; `votes` are there already. Several samples
  // at the same time.
  virtual io::awaitable<appraisal> appraise(const sample* of, const std::string* row,
                                            std::vector<double> votes) = 0;
  // Ends what is under way and what comes later, soon and not made.
  virtual void stop() {}
  // When nothing is under way any more, and the loop still runs.
  virtual io::awaitable<> close() { return close_nothing(); }
};

}  // namespace retort::engine
