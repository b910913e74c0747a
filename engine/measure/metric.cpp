#include "engine/measure/metric.hpp"

#include <algorithm>

namespace retort::engine {

const std::array<metric_name, metric_count>& metrics() {
  static constexpr std::array<metric_name, metric_count> all{{
      {metric::ttft, "ttft", "time to the first content, reasoning included"},
      {metric::ttfot, "ttfot", "time to the first visible content"},
      {metric::icl, "icl", "gap between two chunks of content"},
      {metric::tpot, "tpot", "time per output token behind the first"},
      {metric::ntpot, "ntpot", "time per output token, of all the request's time"},
      {metric::e2e, "e2e", "time to the last content"},
      {metric::ttft_from_schedule, "ttft_from_schedule", "ttft from the scheduled time"},
      {metric::e2e_from_schedule, "e2e_from_schedule", "e2e from the scheduled time"},
      {metric::schedule_lag, "schedule_lag", "how late the client itself was"},
      {metric::wait_for_place, "wait_for_place", "wait under the cap of requests in flight"},
      {metric::first_byte, "first_byte", "time to the response's first byte"},
      {metric::dns, "dns", "name look-up, of a new connection"},
      {metric::tcp, "tcp", "connecting, of a new connection"},
      {metric::tls, "tls", "TLS handshake, of a new connection"},
  }};
  return all;
}

std::string_view name(metric what) { return metrics()[static_cast<std::size_t>(what)].name; }

std::optional<metric> find_metric(std::string_view name) {
  const auto found = std::ranges::find(metrics(), name, &metric_name::name);
  if (found == metrics().end()) return std::nullopt;
  return found->what;
}

std::vector<std::string_view> metric_names() {
  std::vector<std::string_view> names;
  names.reserve(metric_count);
  for (const auto& one : metrics()) names.push_back(one.name);
  return names;
}

}  // namespace retort::engine
