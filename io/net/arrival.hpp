// When bytes came to this machine: the kernel's own stamp of what a socket got (SO_TIMESTAMPNS,
// socket(7)). By the time that a program reads them it has woken up, and done what else was due.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>

namespace retort::io {

// The kernel stamps what comes for the socket from now on; whether it does.
bool stamp_arrivals(int socket);

// recv(2) without flags, errno and all; when the last of what it got came, by the kernel's stamp.
// Where that is missing (only a part of a packet was read), it is now.
ssize_t receive_stamped(int socket, char* into, std::size_t size,
                        std::chrono::steady_clock::time_point* arrived);

}  // namespace retort::io
