// Measurements for tests, by what happened when: milliseconds behind a beginning. Test code.
#pragma once

#include "engine/measure/measurement.hpp"

namespace retort::test {

inline engine::measurement::stamp at_ms(double ms) {
  const auto ns = std::chrono::nanoseconds(static_cast<std::int64_t>(ms * 1e6));
  return engine::measurement::stamp(std::chrono::hours(1) + ns);
}

// Written at `written`, its first content so much later, all of it visible, its last at `last`.
inline engine::measurement timed_answer(double written, double ttft, double e2e,
                                        std::int64_t tokens) {
  engine::measurement out;
  out.taken_up = out.sent_off = out.written = at_ms(written);
  out.first_byte = out.first_content = out.first_visible = at_ms(written + ttft);
  out.last = at_ms(written + e2e);
  out.chunks = 2;
  out.gaps = {out.last - out.first_content};
  out.used = {.input = 10, .output = tokens};
  out.finish = providers::finish::stop;
  return out;
}

inline engine::measurement timed_failure(providers::failure_kind kind, int status) {
  engine::measurement out;
  out.failed = providers::failure{kind, status, "no", {}};
  return out;
}

}  // namespace retort::test
