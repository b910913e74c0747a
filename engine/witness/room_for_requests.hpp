// How many connections this machine lets the process have to one server, and whether a load needs
// more: said before it is sent. Pure, but for what asks the system; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retort::engine {

struct room_for_requests {
  std::uint64_t descriptors = 0;  // beyond those that the process needs besides
  std::uint64_t ports = 0;        // local ones, each of which leads to the server once
  std::uint64_t most() const { return descriptors < ports ? descriptors : ports; }
  // "this process may have 960 (ulimit -n)"
  std::string why() const;
};

// Raises the process's own limit as far as the system lets it.
room_for_requests room_of_this_process();

// Of /proc/sys/net/ipv4/ip_local_port_range: "32768\t60999". Nothing of anything else.
std::optional<std::uint64_t> ports_in(std::string_view range);

// An open loop of that rate, answers of which take that long, has so many requests in flight
// (Little) that this is too few: a line that says so, or "". `cap`: no more may be in flight; 0: no
// such rule.
std::string lack_of_room(double rate, double seconds, const room_for_requests& room,
                         std::uint64_t cap);

}  // namespace retort::engine
