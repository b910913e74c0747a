// The search for the highest load that is certain to keep every SLO: upwards from the lowest by
// doubling, then between the highest that kept them and the lowest that did not, until these are
// neighbours or a twentieth apart. Pure; one thread.
#pragma once

#include <optional>

#include "engine/measure/slo.hpp"

namespace retort::engine {

class load_search {
 public:
  // From `low` to `high`, both included; in whole numbers where that is what there are.
  load_search(double low, double high, bool in_whole_numbers)
      : low_(low), high_(high), whole_(in_whole_numbers) {}

  // What to try; nothing once the search is over.
  std::optional<double> next() const;
  // What that was. kept::unknown is not certain, so it does not keep them.
  void tell(double load, kept how);
  // The highest that kept them so far.
  std::optional<double> best() const { return best_; }

 private:
  double low_, high_;
  bool whole_;
  std::optional<double> best_, missed_;  // the lowest that did not
};

}  // namespace retort::engine
