// Tells many sockets' coroutines when to go on. Each socket is registered once, edge-triggered, in
// an epoll set of the poller's own, and Asio waits for that set alone: a wait then costs neither
// the system call nor the queues of Asio's own wait, of which every request would make one.
// One per io_context (asio::use_service<poller>(context)); one thread, the one that runs it.
#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "io/base/awaitable.hpp"

namespace retort::io {

class poller : public asio::execution_context::service {
 public:
  using key_type = poller;
  static asio::execution_context::id id;

  explicit poller(asio::execution_context& owner);

  // A registered socket: an index of ours. The socket may be closed before it is taken out.
  using place = std::uint32_t;
  place add(int socket);
  void remove(place of);

  // Resumes `next` when the socket's state has changed since the last such wait, which may be
  // before this one; in vain at times: try again what made you wait. One waits at a time.
  void wait(place of, waiting_room::handler next);
  // Whether a read may find something: not after one that got less than it asked for, until the set
  // tells that more came (epoll(7), on edge-triggered sockets of streams). One whose end was told
  // may always: no further event tells of what is behind the bytes.
  bool may_read(place of) const { return !places_[of].drained; }
  void note_short_read(place of) { places_[of].drained = !places_[of].has_ended; }
  void note_bytes(place of) { places_[of].drained = false; }  // that were seen to be there
  // Resumes whoever waits.
  void interrupt(place of);

 private:
  struct watched {
    std::uint32_t generation = 0;  // tells an event of a place's former socket
    bool changed = false;          // while nobody waited
    bool drained = false;          // there is nothing to read
    bool has_ended = false;        // the peer's end was told, or an error
    std::optional<waiting_room::handler> waiting;
  };

  void shutdown() override;
  void arm();
  void take_events();
  void resume(watched& one);

  asio::posix::basic_stream_descriptor<executor> set_;
  std::vector<watched> places_;
  std::vector<place> free_;
  std::size_t waiting_ = 0;
  bool armed_ = false;  // Asio waits for the set, as it does while somebody waits here
};

}  // namespace retort::io
