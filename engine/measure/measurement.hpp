// One request as it was measured: its stamps, and what follows from them. What did not happen has
// no stamp, and no value. Plain values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/measure/metric.hpp"
#include "io/http/http_message.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

// When its sender gives a request up.
struct cancel_plan {
  std::chrono::nanoseconds after{0};  // since it was sent off, where there are no `chunks`
  std::uint64_t chunks = 0;           // of content: behind so many
};

struct measurement {
  using clock = std::chrono::steady_clock;
  using stamp = clock::time_point;  // the epoch: there was none

  std::uint64_t number = 0;  // in its trial, from 0, those left out included
  std::uint64_t turn = 0;    // in its session, from 1; 0: there are no sessions
  // In the order in which they happen. A closed loop has no schedule, and no first one.
  stamp scheduled, taken_up, sent_off, written, first_byte, first_content, first_visible, last;
  stamp ended;  // whatever it came to: a failure has an end, too
  bool is_streamed = false;
  std::uint64_t chunks = 0;                    // of content
  std::vector<std::chrono::nanoseconds> gaps;  // between chunks that came apart
  std::uint64_t joint_gaps = 0;                // between chunks that came together: 0 each

  // One that is to be given up has no value of an answer, not if that comes earlier either: those
  // would be the short ones.
  std::optional<cancel_plan> to_cancel;
  bool is_cancelled = false;  // it was

  std::optional<providers::failure> failed;
  std::string text;  // of an answer
  providers::usage used;
  providers::finish finish = providers::finish::unknown;
  bool is_reused = false;                      // its connection
  std::optional<io::connection_times> opened;  // else how that was opened
  bool is_resent = false;                      // a kept connection had died: it went out twice

  bool has_content() const { return chunks > 0 || last != stamp(); }
  // Of the time in which it was under way; a request that never went out has it from `sent_off`.
  stamp under_way_from() const { return written != stamp() ? written : sent_off; }
  stamp under_way_until() const {
    return !failed && !is_cancelled && last != stamp() ? last : ended;
  }
};

// The server's count of output tokens, where it told any.
std::optional<std::int64_t> output_tokens(const measurement& of);
// The same of the prompt.
std::optional<std::int64_t> input_tokens(const measurement& of);

// In nanoseconds; nothing where it has none. Of icl the largest gap. A failed request has only what
// came before its answer.
std::optional<double> value_of(const measurement& of, metric what);

}  // namespace retort::engine
