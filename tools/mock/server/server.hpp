// The mock provider as a library: a server of all dialects on loopback, on a thread of its own,
// that answers, waits and fails as its options say. It shares no code with retort's HTTP client.
//
// start() and stop() from one thread; everything else from any thread while it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "tools/mock/faults/counters.hpp"
#include "tools/mock/faults/options.hpp"

namespace retort::mock {

class server {
 public:
  // Listens when it returns. errc::usage for options that contradict each other or a port that is
  // taken, errc::unreadable, errc::unwritable, errc::dataset or errc::disk for the files that they
  // name.
  static result<std::unique_ptr<server>> start(const options& chosen);
  ~server();  // stops

  std::uint16_t port() const;
  std::string base_url() const;       // "https://127.0.0.1:PORT/v1"
  const std::string& ca_pem() const;  // what a client must trust; empty for plain http
  counters snapshot() const;
  // How many good answers this prompt has got so far.
  std::uint32_t answers_to(std::string_view prompt) const;

  // Closes every connection, whatever it is in the middle of, and waits for the thread. The
  // counters stay readable. Further calls do nothing. errc::disk when --write-times could not be
  // written to its end.
  result<void> stop();

 private:
  struct state;
  explicit server(std::unique_ptr<state> prepared);
  std::unique_ptr<state> state_;
};

}  // namespace retort::mock
