// TCP ports that nobody has, for servers that are to be started: below those that the kernel gives
// to connections (net.ipv4.ip_local_port_range), so that none of these takes one while its server
// still loads. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "io/base/error.hpp"

namespace retort::engine {

// All different. errc::usage when there are not so many.
result<std::vector<std::uint16_t>> free_ports(std::size_t count);

}  // namespace retort::engine
