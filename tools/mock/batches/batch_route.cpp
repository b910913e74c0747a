#include "tools/mock/batches/batch_route.hpp"

#include <charconv>

namespace retort::mock {
namespace {

using collection = batch_route::collection;

// Cuts the last segment off a path; the path is without its slash then.
std::string_view take_last(std::string_view& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view segment = path.substr(slash + 1);
  path = path.substr(0, slash);
  return segment;
}

std::optional<batch_route> route_ending(std::string_view path, std::string_view id,
                                        std::string_view verb) {
  const std::string_view name = take_last(path);
  if (name == "files") return batch_route{collection::files, path, id, verb};
  if (name != "batches") return std::nullopt;
  std::string_view before = path;
  const bool of_messages = take_last(before) == "messages";
  return batch_route{of_messages ? collection::message_batches : collection::batches,
                     of_messages ? before : path, id, verb};
}

}  // namespace

std::optional<batch_route> route_of(std::string_view target) {
  std::string_view path = target.substr(0, target.find('?'));
  if (const auto all = route_ending(path, "", "")) return all;
  const std::string_view last = take_last(path);
  if (last.empty()) return std::nullopt;
  if (const auto one = route_ending(path, last, "")) return one;
  const std::string_view id = take_last(path);
  return id.empty() ? std::nullopt : route_ending(path, id, last);
}

std::string_view query_value(std::string_view target, std::string_view name) {
  std::size_t at = target.find('?');
  while (at != std::string_view::npos) {
    target.remove_prefix(at + 1);
    at = target.find('&');
    const std::string_view pair = target.substr(0, at);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      return pair.substr(equals + 1);
    }
  }
  return {};
}

std::optional<std::uint64_t> query_limit(std::string_view target, std::uint64_t otherwise,
                                         std::uint64_t most) {
  const std::string_view text = query_value(target, "limit");
  if (text.empty()) return otherwise;
  std::uint64_t limit = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), limit);
  const bool whole = failed == std::errc{} && end == text.data() + text.size();
  if (!whole || limit == 0 || limit > most) return std::nullopt;
  return limit;
}

}  // namespace retort::mock
