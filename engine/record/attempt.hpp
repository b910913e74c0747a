// What is done about an attempt that has ended: its place is given back, its endpoint's history is
// written, and what was decided (engine/endpoint/next_step.hpp) is carried out. One thread: the
// engine's.
#pragma once

#include <chrono>
#include <cstdint>

#include "engine/endpoint/next_step.hpp"
#include "engine/record/record.hpp"

namespace retort::engine {

// Of one sample, before the attempt in question.
struct tries {
  std::uint32_t charged = 0;  // of retry.attempts
  std::uint32_t spared = 0;   // that cost it none
  bool spared_a_408 = false;
  std::uint32_t blank = 0;             // answered with nothing
  endpoint_history::time_point since;  // the first failure; the epoch where there was none
};

// The response is read: its place is free, and the gate and the history know what it told.
endpoint_history::attempt settle(shared_run& run, admission& gate, permit& place,
                                 std::uint64_t ordinal, const result<io::http_response>& response,
                                 const providers::outcome& outcome,
                                 std::chrono::system_clock::time_point now);

// Done, and nothing in it: a host that has just started, or is flaky. So many more are asked for.
bool is_blank(const providers::completion& answer);
inline constexpr std::uint32_t most_blank = 2;
bool is_to_be_asked_again(const providers::completion& answer, const tries& before,
                          const shared_run& run);
next_step ask_again(tries& before, shared_run& run);

// Decides what follows, and does what concerns the endpoint and the run; of the acts retire is not
// among those returned.
next_step conclude(shared_run& run, admission& gate, endpoint& to,
                   const result<io::http_response>& response, const providers::failure& why,
                   const endpoint_history::attempt& by, tries& before);

// Until the endpoint has answered another sample, or will not.
io::awaitable<> hold(shared_run* run, endpoint* to, std::uint64_t ordinal);
next_step after_hold(const shared_run& run, const endpoint& to, std::uint64_t ordinal,
                     sample& held);

// Takes the endpoint out of use; with a model entry's last one the run ends. `resumable`: what
// keeps it from answering may pass.
void retire(shared_run& run, admission& gate, endpoint& to, const providers::failure& why,
            bool resumable);

}  // namespace retort::engine
