// OpenSSL's way to a socket, with an allowance: a peer that sends records without a byte of data
// (session tickets, key updates) faster than they are read would else keep one call of OpenSSL busy
// for ever. One thread.
#pragma once

#include <openssl/bio.h>

#include <cstddef>

#include "io/net/arrival.hpp"
#include "io/net/poller.hpp"

namespace retort::io {

struct socket_allowance {
  int descriptor = -1;
  poller* told_by = nullptr;  // whom the socket is registered with, at `place`; null: nobody
  poller::place place = 0;
  std::size_t left = 0;  // bytes that may still be read; the caller sets it before each call
  bool ended = false;    // the peer closed
  bool spent = false;    // a read was refused for want of it, and not because there was nothing
  arrival_stamps stamps = {};
};

// recv(2) by it, and notes when that came.
ssize_t receive(socket_allowance& of, char* into, std::size_t size);

// Whether the last call to a socket failed for want of something to do, by errno.
bool would_block();

// Works on `of`, which outlives it; a read beyond the allowance is to be tried again, like one of a
// socket that has nothing. Null when OpenSSL has no memory.
BIO* make_socket_bio(socket_allowance* of);

}  // namespace retort::io
