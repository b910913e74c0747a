// One attempt at a question: its request, and what the response to that means. What
// follows is decided in engine/endpoint/next_step.hpp and done in engine/generate/court.hpp. One
// thread: the engine's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/endpoint/admission.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/endpoint/next_step.hpp"
#include "engine/endpoint/streamed_answer.hpp"
#include "engine/generate/generator.hpp"
#include "engine/generate/question.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

// The request's body at an endpoint of its model entry, appended.
void append_body(const endpoint& to, const question& asked, std::string& out);

// What the estimate of a request's tokens goes by.
std::size_t prompt_bytes(const question& asked);
// And what bounds them, of the whole body.
std::size_t most_input_of(generator& by, const admission& gate, const question& asked);
demand demand_of(generator& by, admission& gate, const question& asked);

// Lives until its response is read; `to` and `of` outlive it.
class attempt {
 public:
  // provider.build
  attempt(generator& by, const admission& gate, const permit& place, const question& asked,
          const tries& before, generation& of);

  endpoint& to() const { return *to_; }
  const io::http_request* request() const { return &request_; }
  io::body_sink* sink() { return stream_ ? &*stream_ : nullptr; }

  // provider.parse. The generation is told how long it took. Here failures enter the engine, and
  // here a key that the server echoed in its message ends.
  providers::outcome read(const result<io::http_response>& response);

  // As of the last read().
  const endpoint_history::attempt& by() const { return by_; }
  std::chrono::system_clock::time_point received() const { return received_; }

 private:
  providers::outcome parse(const result<io::http_response>& response);
  providers::failure told(providers::failure why) const;  // as it may be written down
  void note_times(const io::http_response& response);

  endpoint* to_;
  generation* of_;
  io::http_request request_;
  std::optional<streamed_answer> stream_;
  endpoint_history::attempt by_;
  std::chrono::system_clock::time_point received_;
};

providers::failure from_transport(const error& why);
// Its certificate is not trusted: nothing was sent.
bool is_untrusted(const result<io::http_response>& response);

// Of a response that was received, or a batch's. One that cannot be read was one all the same; an
// error told in its place is none, under whatever status it comes.
bool may_be_billed(const providers::outcome& what);

// What a response means to quotas, limits and the budget. `is_proven`: the endpoint has answered.
receipt receipt_of(const result<io::http_response>& response, const providers::outcome& outcome,
                   bool is_proven);

// Done, and nothing in it.
bool is_blank(const providers::completion& answer);

}  // namespace retort::engine
