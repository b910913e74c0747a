// What a mock provider has seen and done, for tests to read while it runs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "io/base/mutex.hpp"
#include "tools/mock/faults/fault.hpp"

namespace retort::mock {

// "Requests" are requests for completions; those for /counters and /models count only as bytes.
// Once nothing is in flight: requests = answered + refused + rate_limited + the faults that are
// not harmless, as long as no client went away before its answer.
struct counters {
  std::uint64_t connections = 0;       // accepted
  std::uint64_t open_connections = 0;  // just now: at 0, nothing is under way any more
  std::uint64_t handshakes = 0;        // TLS, completed, the resumed ones included
  std::uint64_t resumed_handshakes = 0;
  std::uint64_t requests = 0;
  std::uint64_t answered = 0;        // good answers, handed to the network to the last byte
  std::uint64_t streamed = 0;        // those of them that came as streams
  std::uint64_t repeats = 0;         // those beyond the first to the same prompt
  std::uint64_t refused = 0;         // 4xx by right: invalid, unauthorised, nothing to replay
  std::uint64_t rate_limited = 0;    // 429 by rpm or tpm
  std::uint64_t peak_in_flight = 0;  // requests read and not yet being answered, at most
  std::uint64_t queued = 0;          // just now waiting for their turn
  std::uint64_t peak_queued = 0;
  std::uint64_t prompt_tokens = 0;      // of the requests that were neither refused nor limited
  std::uint64_t completion_tokens = 0;  // of the answers
  std::uint64_t bytes_received = 0;     // HTTP, without TLS
  std::uint64_t bytes_sent = 0;
  std::uint64_t files = 0;          // uploaded
  std::uint64_t batches = 0;        // created, the failed ones included
  std::uint64_t batch_lines = 0;    // accepted into batches
  std::uint64_t batch_answers = 0;  // of those answered well, once their batch has ended
  std::uint64_t batch_doubled = 0;  // of those whose body an earlier batch had answered well
  std::array<std::uint64_t, fault_count> faults{};

  std::uint64_t of(fault f) const { return faults[static_cast<std::size_t>(f)]; }
};

std::string to_json(const counters& seen);

// The counters while they are counted. Whatever leads to a byte on the wire is counted before that
// byte, so a client that has read a response finds it counted. Any thread.
class tally {
 public:
  counters snapshot() const;
  std::uint32_t answers_to(std::uint64_t prompt_hash) const;

  void connected();
  void disconnected();
  void shook_hands(bool resumed);
  void received(std::uint64_t bytes);
  void sent(std::uint64_t bytes);
  void refused();
  void rate_limited();
  // Will be answered, or meets its fault.
  void admitted(fault f, std::uint64_t prompt_tokens);
  void joined_queue();
  void left_queue();
  void answered(std::uint64_t prompt_hash, std::uint64_t completion_tokens, bool streamed);
  void uploaded();
  void batch_created(std::uint64_t lines);
  // With the hashes of the bodies that were answered well.
  void batch_ended(std::span<const std::uint64_t> bodies);
  // The answer counted last for this prompt could not be written after all; its tokens were spent.
  void take_back(std::uint64_t prompt_hash, bool streamed);

  // A request is in flight for as long as its mark lives. The tally must outlive it.
  class mark {
   public:
    mark() = default;
    explicit mark(tally& owner) : owner_(&owner) { owner.began(); }
    mark(mark&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    mark& operator=(mark&& other) noexcept {
      std::swap(owner_, other.owner_);
      return *this;
    }
    ~mark() { release(); }

    void release() {
      if (owner_ != nullptr) std::exchange(owner_, nullptr)->ended();
    }

   private:
    tally* owner_ = nullptr;
  };

 private:
  void began();
  void ended();

  mutable io::mutex mutex_;
  counters seen_ RETORT_GUARDED_BY(mutex_);
  std::uint64_t in_flight_ RETORT_GUARDED_BY(mutex_) = 0;
  // By hash of the prompt.
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> answers_ RETORT_GUARDED_BY(mutex_);
  // Hashes of bodies.
  boost::unordered_flat_set<std::uint64_t> batch_answers_ RETORT_GUARDED_BY(mutex_);
};

}  // namespace retort::mock
