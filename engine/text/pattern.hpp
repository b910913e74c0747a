// A regular expression of the config (RE2: linear time, so no text a model writes can stall it).
// Compiled once; immutable and cheap to copy; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"

namespace re2 {
class RE2;
}

namespace retort::engine {

class pattern {
 public:
  // errc::usage: names the pattern and what RE2 has against it.
  static result<pattern> compile(std::string_view text);

  // What RE2 has against the text as a regular expression; "" where it has nothing.
  static std::string problem_with(std::string_view text);

  // What the last match in the text captured: its first group, or all of it when the pattern has no
  // group. The last, since answers follow the reasoning that leads to them. Nothing without a
  // match, or when the group took no part in it. The view points into `text`.
  std::optional<std::string_view> last_in(std::string_view text) const;

  // All of the first match; nothing without one.
  std::optional<std::string_view> first_in(std::string_view text) const;

  std::string_view text() const;

 private:
  explicit pattern(std::shared_ptr<const re2::RE2> compiled);
  std::shared_ptr<const re2::RE2> compiled_;
  std::string prefix_;  // what every match begins with: searched for first, which is much cheaper
};

}  // namespace retort::engine
