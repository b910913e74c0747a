// What follows a failed attempt: the one decision, for requests of all kinds. Attempts are for
// failures that are the sample's; what is the endpoint's costs time, and time bounds it. A status
// is a hint: what the endpoint's answers have in common decides
// (engine/endpoint/endpoint_history.hpp). Pure: the caller brings time and random bits, and acts on
// what comes out. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/endpoint/endpoint_history.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

struct next_step {
  enum class act {
    retry,    // after `wait`, here or at another endpoint
    keep,     // the answer is the sample's
    give_up,  // the sample has failed; it is settled, or open, by what it failed of
    hold,     // it has failed for good if the endpoint answers others, and is open if not
    retire,   // the endpoint is taken out of use; the sample is to be done
    leave,    // the run stops: the sample is to be done
  };
  act what = act::retry;
  std::chrono::milliseconds wait{0};
  bool charges = true;     // this attempt is one of retry.attempts
  bool doubts = false;     // the endpoint is to be asked again before its word counts
  bool resumable = false;  // retire: it may pass

  // The sample has come to its end.
  bool settles() const { return what == act::keep || what == act::give_up; }
};

// What a sample has behind it.
struct tries {
  std::uint32_t charged = 0;             // of retry.attempts
  std::uint32_t spared = 0;              // that cost it none
  bool spared_a_408 = false;             // among them
  std::uint32_t blank = 0;               // answered with nothing
  endpoint_history::time_point since{};  // the first failure; the epoch where there was none
  endpoint_history::streak last = {};    // the failures of one kind that it ends in

  void failed(endpoint_history::time_point at, providers::failure_kind kind) {
    const endpoint_history::time_point none;
    if (since == none) since = at;
    if (last.since == none || last.kind != kind) last = {kind, at};
  }
  void count(const next_step& next, int status) {
    charged += next.charges;
    spared += !next.charges;
    spared_a_408 |= !next.charges && status == 408;
  }
  void count_blank() { ++blank, ++charged; }
};

// A failed attempt, and how things stand.
struct failed_attempt {
  providers::failure why;
  endpoint_history::attempt by;
  bool is_cancelled = false;  // by us
  bool is_untrusted = false;  // its certificate
  bool is_down = false;       // the endpoint: its breaker is open
  bool is_gone = false;       // its endpoint, from the list of those to ask
  bool is_unsent = false;     // not a byte of it went out
  bool others_serve = false;  // another endpoint of the model does
  tries before;               // with the time of this failure, where it is the first
};

// What bounds the trying.
struct patience {
  std::uint32_t attempts = 6;                 // retry.attempts
  std::chrono::milliseconds startup{30'000};  // models[].startup_s
};

// An endpoint that has served, and then serves nobody for so long, is given up: the run is
// resumable. As long as the longest wait that a server may ask for
// (providers/failure/classify.hpp).
inline constexpr std::chrono::milliseconds longest_silence = std::chrono::hours(1);
// What was doubted is not asked again at once.
inline constexpr std::chrono::milliseconds second_look{1000};
// An answer with nothing in it, from a host that has just started or is flaky, is asked for so
// often once more; then it is the answer.
inline constexpr std::uint32_t most_blank = 2;

next_step after_failure(const failed_attempt& what, const endpoint_history& at,
                        const patience& limits, std::uint64_t random);
next_step after_blank(const tries& before, const patience& limits, std::uint64_t random);

// The same of a request that went with a batch, whose answers all came at once.
next_step after_batch(const providers::failure& why, std::uint32_t attempts_made,
                      const patience& limits);

}  // namespace retort::engine
