#include "engine/witness/room_for_requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include "io/file/file_limit.hpp"

namespace retort::engine {
namespace {

// Linux's own, where /proc does not tell.
constexpr std::uint64_t usual_ports = 28232;
constexpr std::uint64_t most_files = 1'000'000;

std::uint64_t usable_descriptors() {
  const std::uint64_t all = std::min(io::raise_file_limit(most_files), most_files);
  return all > io::other_files ? all - io::other_files : 1;
}

}  // namespace

std::string room_for_requests::why() const {
  return descriptors <= ports
             ? fmt::format("this process may have {} (ulimit -n)", descriptors)
             : fmt::format("there are {} local ports (net.ipv4.ip_local_port_range)", ports);
}

room_for_requests room_of_this_process() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  std::string range;
  std::getline(file, range);
  return {usable_descriptors(), ports_in(range).value_or(usual_ports)};
}

std::optional<std::uint64_t> ports_in(std::string_view range) {
  std::uint64_t low = 0, high = 0;
  const char* const end = range.data() + range.size();
  const auto first = std::from_chars(range.data(), end, low);
  const char* next = first.ptr;
  while (next != end && (*next == ' ' || *next == '\t')) ++next;
  const auto second = std::from_chars(next, end, high);
  if (first.ec != std::errc() || second.ec != std::errc() || high < low || high > 65535) {
    return std::nullopt;
  }
  return high - low + 1;
}

std::string lack_of_room(double rate, double seconds, const room_for_requests& room,
                         std::uint64_t cap) {
  const double needed = std::ceil(rate * seconds * (1 - 1e-12));  // what is whole stays so
  const bool is_capped = cap > 0 && cap <= room.most();
  const std::uint64_t most = is_capped ? cap : room.most();
  if (!(needed > static_cast<double>(most))) return "";
  return fmt::format(
      "{:g}/s with answers of {:.3g} s, as the first one, needs {:.0f} connections, and {}", rate,
      seconds, needed,
      is_capped ? fmt::format("--max-concurrency lets it have {}", cap) : room.why());
}

}  // namespace retort::engine
