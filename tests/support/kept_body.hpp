// A sink that keeps what it is given, for tests.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "io/http/http_message.hpp"

namespace retort::test {

struct kept_body final : io::body_sink {
  result<void> take(std::string_view bytes, std::chrono::steady_clock::time_point at) override {
    if (text.size() + bytes.size() > limit) return error{errc::protocol, "enough"};
    text += bytes;
    last = at;
    if (taken) taken();
    return {};
  }
  bool ended() const override { return !end.empty() && text.ends_with(end); }
  bool whole() const override {
    return !enough.empty() && text.find(enough) != text.npos && !text.ends_with(more);
  }

  std::size_t limit = std::size_t{1} << 30;
  std::string end;              // what ends it
  std::string enough;           // what makes it whole
  std::string more = "more";    // what takes that back, until the next piece
  std::function<void()> taken;  // called at each piece
  std::string text;
  std::chrono::steady_clock::time_point last;
};

}  // namespace retort::test
