// What a run tells the person while it works: a live line on a terminal, a plain line every few
// seconds elsewhere, JSON for machines. Texts are made by pure functions; a display only decides
// when and where. One thread: the engine's.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/text/amounts.hpp"

namespace retort::engine {

struct progress_snapshot {
  std::optional<std::uint64_t> total;        // samples; nothing while it is unknown
  std::optional<std::uint64_t> total_about;  // meanwhile, by the bytes of the dataset read so far
  std::uint64_t resumed = 0;                 // of them settled before this process began
  std::uint64_t accepted = 0;                // counts include the resumed ones
  std::uint64_t rejected = 0;
  std::uint64_t failed = 0;
  std::uint64_t reopened = 0;      // of the failed, those of earlier processes still to be tried
  std::uint64_t skipped_rows = 0;  // bad rows of the dataset under on_error: skip
  std::uint64_t requests = 0;      // sent by this process, retries included
  std::uint64_t retries = 0;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t backing_off = 0;
  std::chrono::duration<double> elapsed{0};
  bool stopping = false;
  std::string_view bound_by;  // what holds the run back just now; "" before it is known

  // Since the snapshot before: what the rates are made of.
  double requests_per_s = 0;
  double tokens_per_s = 0;

  std::uint64_t done() const { return accepted + rejected + failed - reopened; }
};

// Fills the rates of `now` from the difference to `before`, smoothed over some seconds.
void set_rates(progress_snapshot& now, const progress_snapshot& before);

std::string progress_line(const progress_snapshot& at);
std::string progress_json(const progress_snapshot& at);

enum class display_kind { automatic, plain, json };

class progress_display {
 public:
  virtual ~progress_display() = default;
  // How often show() is worth calling.
  virtual std::chrono::milliseconds interval() const = 0;
  virtual void show(const progress_snapshot& at) = 0;
  // A line that stays: a warning, the reason of a stop.
  virtual void say(std::string_view line) = 0;
  // Before anything else is printed.
  virtual void finish() {}
};

// `automatic`: a live line when standard error is a terminal, else plain. Plain and live lines go
// to standard error, JSON to standard output, unless that is taken.
std::unique_ptr<progress_display> make_display(display_kind kind, bool output_is_taken = false);

}  // namespace retort::engine
