// How far a run is, and that in words: a line, some rows for a terminal, JSON for machines
// ([its members](events.md)). Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/amounts.hpp"

namespace retort::engine {

struct progress_snapshot {
  std::optional<std::uint64_t> total;  // samples; nothing while it is unknown
  bool is_at_most = false;  // `total` is what there can be: a plan that ends early asks for less
  // Meanwhile, by the bytes of the dataset read so far; where a plan may end early also by what
  // records took so far, and beside `total`.
  std::optional<std::uint64_t> total_about;
  std::uint64_t resumed = 0;   // of them settled before this process began
  std::uint64_t accepted = 0;  // counts include the resumed ones
  std::uint64_t rejected = 0;
  std::uint64_t failed = 0;
  std::uint64_t reopened = 0;      // of the failed, those of earlier processes still to be tried
  std::uint64_t beyond = 0;        // of those done, what is of records beyond dataset.limit
  std::uint64_t skipped_rows = 0;  // bad rows of the dataset under on_error: skip
  std::uint64_t requests = 0;      // sent by this process, retries included
  std::uint64_t retries = 0;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t backing_off = 0;
  std::chrono::duration<double> elapsed{0};
  std::optional<double> usd;  // what this process has used; nothing where a price is not known
  bool stopping = false;
  std::string_view bound_by;  // what holds the run back just now; "" before it is known

  // Since the snapshot before: what the rates are made of.
  double requests_per_s = 0;
  double tokens_per_s = 0;

  std::uint64_t done() const { return accepted + rejected + failed - reopened; }
  std::uint64_t done_here() const { return done() - std::min(done(), resumed); }  // by this process
  // As far as is known, the best there is.
  std::optional<std::uint64_t> expected() const {
    return total && !is_at_most ? total : total_about;
  }
  // At the end, if what is left costs what was done by this process.
  std::optional<double> usd_expected() const;
};

// Fills the rates of `now` from the difference to `before`, smoothed over some seconds.
void set_rates(progress_snapshot& now, const progress_snapshot& before);

std::string progress_line(const progress_snapshot& at);
// The same in rows; the first begins with a bar, as long as so many columns have room for it.
std::vector<std::string> progress_rows(const progress_snapshot& at, std::size_t columns);
std::string progress_json(const progress_snapshot& at);

}  // namespace retort::engine
