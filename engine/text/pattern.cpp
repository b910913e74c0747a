#include "engine/text/pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace retort::engine {

namespace {

constexpr int longest_prefix = 16;

// Every match lies between the two bounds that RE2 names, so it begins with what they share.
std::string prefix_of_matches(const re2::RE2& compiled) {
  std::string least, greatest;
  if (!compiled.PossibleMatchRange(&least, &greatest, longest_prefix)) return {};
  const auto shared =
      std::mismatch(least.begin(), least.end(), greatest.begin(), greatest.end()).first;
  return {least.begin(), shared};
}

}  // namespace

pattern::pattern(std::shared_ptr<const re2::RE2> compiled)
    : compiled_(std::move(compiled)), prefix_(prefix_of_matches(*compiled_)) {}

std::string pattern::problem_with(std::string_view text) {
  return re2::RE2(text, re2::RE2::Quiet).error();
}

result<pattern> pattern::compile(std::string_view text) {
  auto compiled = std::make_shared<const re2::RE2>(text, re2::RE2::Quiet);
  if (compiled->ok()) return pattern(std::move(compiled));
  return error{errc::usage, fmt::format("pattern \"{}\": {}", text, compiled->error())};
}

std::optional<std::string_view> pattern::last_in(std::string_view text) const {
  const int group = compiled_->NumberOfCapturingGroups() > 0 ? 1 : 0;
  std::array<re2::StringPiece, 2> match;
  re2::StringPiece last;
  for (std::size_t from = 0; from <= text.size();) {
    from = text.find(prefix_, from);
    if (from == std::string_view::npos) break;
    // At its prefix a match is found in one pass; where there is none, one farther on is sought.
    const auto at = [&](re2::RE2::Anchor anchor) {
      return compiled_->Match(text, from, text.size(), anchor, match.data(), group + 1);
    };
    if (!at(re2::RE2::ANCHOR_START) && !at(re2::RE2::UNANCHORED)) break;
    last = match[group];
    const auto end = static_cast<std::size_t>(match[0].end() - text.data());
    from = match[0].empty() ? end + 1 : end;
  }
  if (last.data() == nullptr) return std::nullopt;
  return std::string_view(last.data(), last.size());
}

std::optional<std::string_view> pattern::first_in(std::string_view text) const {
  re2::StringPiece match;
  if (!compiled_->Match(text, 0, text.size(), re2::RE2::UNANCHORED, &match, 1)) return std::nullopt;
  return std::string_view(match.data(), match.size());
}

std::string_view pattern::text() const { return compiled_->pattern(); }

}  // namespace retort::engine
