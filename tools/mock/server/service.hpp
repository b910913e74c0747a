// The mock provider without its sockets: one request in, out comes what to do on the wire about
// it. Knows no clock but the one that is given to it and the one that stamps "created". One thread.
#pragma once

#include <simdjson.h>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "io/base/error.hpp"
#include "tools/mock/answers/answers.hpp"
#include "tools/mock/batches/batch_desk.hpp"
#include "tools/mock/dialects/dialect.hpp"
#include "tools/mock/dialects/framing.hpp"
#include "tools/mock/dialects/request.hpp"
#include "tools/mock/faults/counters.hpp"
#include "tools/mock/faults/options.hpp"
#include "tools/mock/faults/plan.hpp"
#include "tools/mock/faults/quotas.hpp"
#include "tools/mock/faults/reaction.hpp"

namespace retort::mock {

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

  // Answers a body posted to a target: status and JSON text. Whole, without faults, latency, keys
  // and quotas, and uncounted.
  std::pair<int, std::string> answer_plainly(std::string_view target, std::string_view body);

 private:
  template <class T>
  using checked = boost::system::result<T, api_error>;

  service(const options& chosen, tally& counted, quota_clock clock, answer_source answers,
          std::string key);

  std::optional<reaction> serve_batches(const request& asked);
  reaction complete(const request& asked, const dialect& spoken);
  reaction refuse_or_answer(const request& asked, const dialect& spoken);
  checked<void> check_head(const request& asked, const dialect& spoken) const;
  checked<question> read(std::string_view target, std::string_view body, const dialect& spoken);
  checked<std::string> find_answer(const question& wanted) const;
  std::optional<reaction> over_quota(const request& asked, const dialect& spoken,
                                     const question& wanted);
  reaction answer(const request& asked, const dialect& spoken, const question& wanted,
                  std::string_view text);
  reply compose(const question& wanted, std::string_view text, std::uint64_t drawn_tokens) const;
  reaction enact(fault met, const dialect& spoken, const reply& said, framing how) const;
  reaction fail(const request& asked, const dialect& spoken, const api_error& why);
  reaction fail(const dialect& spoken, const api_error& why, framing how) const;
  std::string id() const;
  framing plain_framing(const request& asked, const dialect& spoken);
  framing planned_framing(const request& asked, const dialect& spoken, const plan& drawn);

  options chosen_;
  tally& tally_;
  answer_source answers_;
  std::string key_;  // that a client must show; empty: anything
  planner planner_;
  quota_clock clock_;
  quotas quotas_;
  std::chrono::microseconds pause_;  // between the pieces of a stream
  simdjson::dom::parser parser_;
  batch_desk batches_;
  std::uint64_t responses_ = 0;  // numbers the request ids
};

}  // namespace retort::mock
