// What the requests of a part of a search came to, and whether its failures may pass. Pure; one
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/measure/measurement.hpp"
#include "engine/measure/tally.hpp"

namespace retort::engine {

bool is_refusal(const measurement& of);  // 429
// It failed otherwise, as of a server that is busy or starts again just now.
bool may_pass(const measurement& of);

struct outcome_count {
  std::uint64_t answered = 0, refused = 0, failed = 0;  // failed: otherwise than by a refusal

  void add(const measurement& one);
  // More than a tenth of so many failed.
  bool is_spoiled(std::uint64_t of) const;
  // At least half of the failures are of that kind.
  bool may_pass() const { return 2 * passing_ >= failed; }
  // "5 of 32 requests failed (overloaded 503: no room)": the most frequent ones.
  std::string failures() const;

 private:
  std::uint64_t passing_ = 0;
  std::map<std::string, failure_class> by_class_;
};

}  // namespace retort::engine
