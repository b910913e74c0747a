#include "engine/endpoint/prefix_route.hpp"

#include <xxhash.h>

#include <algorithm>
#include <string_view>

namespace retort::engine {
namespace {

constexpr std::size_t looked_at = 64 << 10;  // bytes of a prompt
constexpr double slack = 0.05;               // of a limit: idle endpoints are all within the bound

std::size_t common_length(std::string_view a, std::string_view b) {
  const auto differ = std::ranges::mismatch(a, b);
  return static_cast<std::size_t>(differ.in1 - a.begin());
}

std::uint64_t score(std::uint64_t prefix, std::uint64_t name) {
  const std::uint64_t both[] = {prefix, name};
  return XXH3_64bits(both, sizeof both);
}

double bound_of(std::span<const route_candidate> all) {
  double sum = 0, open = 0;
  for (const route_candidate& one : all) {
    if (one.is_open) sum += one.used, ++open;
  }
  return open > 0 ? load_bound * sum / open + slack : 0;
}

}  // namespace

std::string beginning_of(std::span<const providers::message> prompt) {
  std::string out;
  for (const providers::message& one : prompt) {
    out.append(one.role).push_back('\0');
    out.append(std::string_view(one.content).substr(0, looked_at)).push_back('\0');
    if (out.size() >= looked_at) break;
  }
  if (out.size() > looked_at) out.resize(looked_at);
  return out;
}

std::uint64_t prompt_prefix::key_of(std::span<const providers::message> prompt) {
  std::string text = beginning_of(prompt);
  if (!first_) {
    common_ = text.size();
    first_ = text;
  }
  const std::string_view same = std::string_view(*first_).substr(0, common_);
  if (text != *first_) common_ = common_length(same, text);
  const std::string_view hashed = std::string_view(text).substr(0, common_ + told_apart_by);
  return XXH3_64bits(hashed.data(), hashed.size()) | 1;
}

std::optional<std::size_t> least_used(std::span<const route_candidate> all) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].is_open && (!best || all[i].used < all[*best].used)) best = i;
  }
  return best;
}

std::optional<std::size_t> route(std::uint64_t prefix, std::span<const route_candidate> all) {
  const double bound = bound_of(all);
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].is_open || all[i].used > bound) continue;
    if (!best || score(prefix, all[i].name) > score(prefix, all[*best].name)) best = i;
  }
  return best ? best : least_used(all);
}

}  // namespace retort::engine
