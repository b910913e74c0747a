#include "engine/serve/gpu_share.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace retort::engine {
namespace {

constexpr std::size_t most_gpus = 1024;  // of a node; more is no number of GPUs

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> listed(std::string_view visible) {
  std::vector<std::string> out;
  while (out.size() < most_gpus) {
    const std::size_t comma = visible.find(',');
    const std::string_view one = trimmed(visible.substr(0, comma));
    if (one.empty() || one.starts_with('-') || one == "NoDevFiles") break;
    out.emplace_back(one);
    if (comma == std::string_view::npos) break;
    visible.remove_prefix(comma + 1);
  }
  return out;
}

std::vector<std::string> counted(std::string_view number) {
  std::size_t count = 0;
  std::from_chars(number.data(), number.data() + number.size(), count);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::min(count, most_gpus); ++i) out.push_back(std::to_string(i));
  return out;
}

// Of each server, and how many servers.
struct division {
  std::size_t gpus = 0, replicas = 0;
};

division divide(const serve_config& to, std::size_t there) {
  if (to.replicas == 0) {
    const std::size_t each = std::max(to.gpus, 1U);
    return {each, there / each};
  }
  return {to.gpus ? to.gpus : there / to.replicas, to.replicas};
}

}  // namespace

std::vector<std::string> gpus_of(std::optional<std::string_view> visible,
                                 std::optional<std::string_view> slurm) {
  if (visible) return listed(*visible);
  return slurm ? counted(*slurm) : std::vector<std::string>();
}

result<std::vector<std::string>> deal_gpus(const serve_config& to, bool is_none_known,
                                           std::vector<std::string>& left) {
  if (is_none_known) return std::vector<std::string>(std::max(to.replicas, 1U));
  const division by = divide(to, left.size());
  if (by.gpus == 0 || by.replicas == 0 || by.gpus * by.replicas > left.size()) {
    const std::size_t needed =
        std::max<std::size_t>(by.replicas, 1) * std::max<std::size_t>(by.gpus, 1);
    return error{errc::usage,
                 fmt::format("serve: GPUs needed: {}; left of those that this task has "
                             "(CUDA_VISIBLE_DEVICES, SLURM_GPUS_ON_NODE): {}; see serve.replicas "
                             "and serve.gpus",
                             needed, left.size())};
  }
  std::vector<std::string> out;
  auto next = left.begin();
  for (std::size_t i = 0; i < by.replicas; ++i) {
    const auto end = next + static_cast<std::ptrdiff_t>(by.gpus);
    out.push_back(fmt::format("{}", fmt::join(next, end, ",")));
    next = end;
  }
  left.erase(left.begin(), next);
  return out;
}

}  // namespace retort::engine
