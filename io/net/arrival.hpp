// When bytes came to this machine: the kernel's own stamp of what a socket got (SO_TIMESTAMPNS,
// socket(7)). By the time that a program reads them it has woken up, and done what else was due.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace retort::io {

// Of one socket.
struct arrival_stamps {
  bool are_on = false;
  std::chrono::steady_clock::time_point last{};  // of the last bytes that were read, if they are on
  std::uint32_t out_of_order = 0;                // packets, when that was last looked at
};

// The kernel stamps what comes for the socket from now on, or soon after; where it can.
arrival_stamps stamp_arrivals(int socket);

// recv(2) without flags, errno and all, of a socket with stamps; notes when the last of what it got
// came. Now where there is no stamp (the kernel begins a moment after it was asked; only a part of
// a packet was read) and where that cannot be trusted: what came out of its order was of no use
// before what it waited for, whose stamp is not told, and the system's clock may be set.
ssize_t receive_stamped(int socket, char* into, std::size_t size, arrival_stamps& stamps);

}  // namespace retort::io
