// What the kernel has measured of one TCP connection (TCP_INFO, tcp(7)): the kernel's own struct
// tcp_info (linux/tcp.h) is glibc's and more, by another header that goes beside none of glibc's.
// Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace retort::io {

// tcpi_rcv_ooopack, from Linux 5.4 on.
std::optional<std::uint32_t> packets_out_of_order(int socket);

// tcpi_min_rtt, from Linux 4.6 on: the shortest round trip of the last minutes, to the proxy where
// there is one. The mean (tcpi_rtt) would hold by how much a server that thinks delays its ACKs.
std::optional<std::chrono::microseconds> round_trip(int socket);

}  // namespace retort::io
