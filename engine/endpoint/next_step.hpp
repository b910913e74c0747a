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

// A failed attempt, and what was before it.
struct failed_attempt {
  providers::failure why;
  endpoint_history::attempt by;
  bool is_cancelled = false;           // by us
  bool is_untrusted = false;           // its certificate
  bool is_down = false;                // the endpoint: its breaker is open
  bool others_serve = false;           // another endpoint of the model does
  std::uint32_t charged = 0;           // attempts that the sample was charged before this one
  std::uint32_t spared = 0;            // and those that cost it none
  bool spared_a_408 = false;           // among them
  endpoint_history::time_point since;  // the sample's first failure
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
// Of the backoff between tries that cost nothing, up to 8 s: the gate sees to the pace.
inline constexpr std::uint32_t most_spared_doublings = 4;

struct next_step {
  enum class act {
    retry,    // after `wait`, here or at another endpoint
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
};

next_step after(const failed_attempt& what, const endpoint_history& at, const patience& limits,
                std::uint64_t random);

// The same of a request that went with a batch, whose answers all came at once.
next_step after_batch(const providers::failure& why, std::uint32_t attempts_made,
                      const patience& limits);

}  // namespace retort::engine
