#include "engine/lease/lease_words.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace retort::engine {

void lease_call::say(double amount) { words_.push_back(fmt::format("{:.17g}", amount)); }

std::string lease_reply::word() {
  if (next_ == words_.size()) good_ = false;
  return good_ ? std::move(words_[next_++]) : std::string();
}

double lease_reply::number() {
  const std::string text = word();
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  good_ = good_ && read.ec == std::errc() && read.ptr == end && std::isfinite(value);
  return good_ ? value : 0;
}

std::int64_t lease_reply::whole() {
  constexpr double most = 9e15;  // a double has them all up to there
  const double value = number();
  good_ = good_ && std::abs(value) <= most;
  return good_ ? std::llround(value) : 0;
}

}  // namespace retort::engine
