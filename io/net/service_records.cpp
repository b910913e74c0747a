#include "io/net/service_records.hpp"

#include <arpa/nameser.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace retort::io {
namespace {

constexpr std::size_t most_name = 253, most_label = 63;
constexpr std::size_t numbers = 6;  // bytes of priority, weight and port, before the target

struct service_record {
  std::uint16_t priority = 0;
  service_place place;
};

char in_small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Nothing: it leads nowhere, or is broken.
std::optional<service_record> read_record(const ns_msg& message, const ns_rr& record) {
  const unsigned char* const at = ns_rr_rdata(record);
  if (ns_rr_rdlen(record) <= numbers) return std::nullopt;
  char target[NS_MAXDNAME];
  const int used = ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), at + numbers,
                                      target, sizeof target);
  if (used < 0 || static_cast<std::size_t>(used) + numbers != ns_rr_rdlen(record)) {
    return std::nullopt;
  }
  service_record out;
  out.priority = static_cast<std::uint16_t>(ns_get16(at));
  out.place.port = static_cast<std::uint16_t>(ns_get16(at + 4));
  out.place.host = target;
  if (out.place.port == 0 || !is_service_name(out.place.host)) return std::nullopt;
  std::ranges::transform(out.place.host, out.place.host.begin(), in_small);
  return out;
}

}  // namespace

bool is_service_name(std::string_view text) {
  if (text.size() > most_name) return false;
  for (;;) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view label = text.substr(0, end);
    if (label.empty() || label.size() > most_label) return false;
    const bool is_plain = std::ranges::all_of(label, [](char c) {
      const char small = in_small(c);
      return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!is_plain) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

result<service_records> read_service_records(std::span<const unsigned char> answer,
                                             std::string_view name) {
  const error unreadable{errc::protocol,
                         fmt::format("{}: the name server's answer cannot be read", name)};
  ns_msg message;
  if (answer.size() > NS_MAXMSG ||
      ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0) {
    return unreadable;
  }
  if (ns_msg_getflag(message, ns_f_tc)) {
    return error{errc::protocol, fmt::format("{}: the name server's answer is cut short", name)};
  }
  service_records out;
  std::uint32_t priority = std::numeric_limits<std::uint32_t>::max(), seconds = priority;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record;
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) return unreadable;
    if (ns_rr_type(record) != ns_t_srv || ns_rr_class(record) != ns_c_in) continue;
    auto read = read_record(message, record);
    if (!read || read->priority > priority) continue;
    if (std::exchange(priority, read->priority) != read->priority) out.places.clear();
    seconds = std::min(seconds, static_cast<std::uint32_t>(ns_rr_ttl(record)));
    out.places.push_back(std::move(read->place));
  }
  if (out.places.empty()) {
    return error{errc::resolve,
                 fmt::format("{} has no SRV record (DNS) with a host and a port", name)};
  }
  std::ranges::sort(out.places);
  const auto repeated = std::ranges::unique(out.places);
  out.places.erase(repeated.begin(), repeated.end());
  out.lifetime = std::chrono::seconds(seconds);
  return out;
}

}  // namespace retort::io
