// The mock provider without its sockets: one request in, out comes what to do on the wire about
// it. Knows no clock but the one that is given to it and the one that stamps "created". One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "io/error.hpp"
#include "tools/mock/answers.hpp"
#include "tools/mock/batch_desk.hpp"
#include "tools/mock/counters.hpp"
#include "tools/mock/framing.hpp"
#include "tools/mock/openai.hpp"
#include "tools/mock/options.hpp"
#include "tools/mock/plan.hpp"
#include "tools/mock/quotas.hpp"

namespace retort::mock {

struct request {
  std::string_view method;
  std::string_view target;
  std::string_view authorization;
  std::string_view accept_encoding;
  std::string_view content_type;
  std::string_view host;
  std::string_view x_api_key;
  std::string_view anthropic_version;
  std::string_view body;
  bool keep_alive = true;
};

// What becomes of the connection after the bytes.
enum class ending {
  keep,
  close,  // cleanly
  reset,  // with RST
  stall,  // nothing more until the client goes away
};

struct reaction {
  std::chrono::microseconds delay{0};
  std::string bytes;
  ending then = ending::keep;
  std::optional<std::uint64_t> answered;  // hash of the prompt that gets its answer here
  std::uint64_t output_tokens = 0;        // of that answer
  bool metered = false;                   // settle() has something to do
  tally::mark in_flight;
};

// The monotonic clock that the quotas go by; never asked when there are none.
using quota_clock = std::function<quotas::time_point()>;

class service {
 public:
  // An error is one of the options: a replay file that cannot be read, a key that is not set.
  static result<std::unique_ptr<service>> make(const options& chosen, tally& counted,
                                               quota_clock clock = std::chrono::steady_clock::now);

  reaction react(const request& asked);
  // Once the delay is over, before the bytes are written: charges the answer's tokens and puts
  // what is left of the quotas into the head.
  void settle(reaction& made);
  // For bytes that are not HTTP: 400, and the connection ends.
  reaction reject(std::string message);

 private:
  service(const options& chosen, tally& counted, quota_clock clock, answer_source answers,
          std::string bearer);

  std::optional<reaction> serve_batches(const request& asked);
  // One request body's answer at a path, without faults and uncounted: status and JSON.
  std::pair<int, std::string> answer_plainly(std::string_view path, std::string_view body);
  reaction complete(const request& asked);
  reaction refuse_or_answer(const request& asked);
  reaction refuse(const request& asked, const api_error& why);
  std::optional<reaction> over_quota(const request& asked, const chat_request& chat);
  reaction answer(const request& asked, const chat_request& chat, std::string_view text);
  std::string complete_chat(const chat_request& chat, const chat_answer& meant) const;
  reaction enact(fault drawn, const std::string& good, framing how) const;
  framing plain_framing(const request& asked);
  framing planned_framing(const request& asked, const plan& drawn);

  options chosen_;
  tally& tally_;
  answer_source answers_;
  std::string bearer_;  // what Authorization must be; empty: anything
  planner planner_;
  quota_clock clock_;
  quotas quotas_;
  chat_request_reader reader_;
  batch_desk batches_;
  std::uint64_t responses_ = 0;  // numbers x-request-id
};

}  // namespace retort::mock
