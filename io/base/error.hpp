// Errors inside the program are values: a code to branch on and one clear line for the person.
// Any thread.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace retort {

enum class errc {
  usage,        // the command line or the config is wrong
  dataset,      // a row of the dataset is wrong
  unreadable,   // a file cannot be opened or read
  busy,         // another process holds the run directory
  mismatch,     // what is on disk belongs to another dataset or config
  disk,         // a disk that is full or fails, or memory and the like at their end: may pass
  unwritable,   // a file that cannot be made or written where it is to be
  resolve,      // the host name has no address
  connect,      // no connection (refused, unreachable, proxy)
  proxy,        // it does not let us through, whenever it is asked
  certificate,  // TLS: the peer is not who it should be
  tls,          // TLS: any other failure of the handshake or the stream
  timeout,      // the request's deadline passed
  reset,        // the connection ended in the middle of something
  protocol,     // the peer's bytes are not HTTP, or are too many
  cancelled,    // we stopped it ourselves
  bug,          // an exception that nothing here should throw
};

struct error {
  errc code;
  std::string message;  // one line; never holds a secret
  bool unsent = false;  // of a request: no byte of it went out
};

template <class T>
using result = boost::system::result<T, error>;

// What result<T>::value() throws; found by argument-dependent lookup.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw std::runtime_error(e.message);
}

}  // namespace retort
