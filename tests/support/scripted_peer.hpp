// A server for tests of the HTTP client, over real sockets and real TLS, that plays a script: one
// dialogue per connection, in the order in which they come, so that a test reads like one.
//
//   scripted_peer peer;
//   peer.plays(dialogue().hears("POST /v1").says(ok("one")).sees_close());
//   ... a client posts to peer.endpoint() ...
//   CHECK(peer.finish() == "");
//
// Scripts are handed over before the client connects. Each connection is played by a thread of its
// own; the peer itself belongs to the test's thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "io/http/http_client.hpp"
#include "tests/support/peer_link.hpp"
#include "tools/mock/server/certificate.hpp"

namespace retort::test {

class scripted_peer;

class dialogue {
 public:
  // A whole request that begins so.
  dialogue& hears(std::string beginning = "");
  // Any bytes, such as the first of a handshake.
  dialogue& hears_something();
  dialogue& says(std::string bytes);
  dialogue& says_in_pieces(std::string bytes, std::size_t piece);
  // TLS records of their own, in one packet.
  dialogue& says_in_records(std::vector<std::string> texts);
  // A TLS record but for its last byte.
  dialogue& says_cut_record(std::string text);
  // The same again and again, until the client has closed.
  dialogue& keeps_saying(std::string bytes, std::chrono::milliseconds pause = {});
  // TLS records that hold no data, until the client has closed.
  dialogue& keeps_updating_keys();
  // The client closes without another word.
  dialogue& sees_close();
  // Whatever the client says until it closes.
  dialogue& ignores_the_rest();

  dialogue& shakes_hands();
  dialogue& resumes();               // the same, resuming a session
  dialogue& fails_to_shake_hands();  // the client gives up, or cannot be understood

  dialogue& half_closes();  // says nothing more, and goes on listening
  dialogue& closes();       // in good order
  dialogue& cuts();         // without TLS's farewell
  dialogue& resets();

  // Something on the peer's thread, between two steps.
  dialogue& does(std::function<void()> what);

 private:
  friend class scripted_peer;
  using step = std::function<void(peer_link&, scripted_peer&)>;
  dialogue& then(step next);

  std::vector<step> steps_;
};

// "200 OK" with a length.
std::string ok(std::string_view body);

struct peer_options {
  bool tls = true;
  std::string address = "127.0.0.1";
  std::optional<mock::certificate> identity = {};  // default: one for localhost, 127.0.0.1 and ::1
  int oldest_tls = TLS1_2_VERSION;
  int newest_tls = TLS1_3_VERSION;
};

class scripted_peer {
 public:
  explicit scripted_peer(peer_options options = {});
  ~scripted_peer();

  // The next connection; under TLS it begins with a handshake.
  void plays(dialogue script);
  // The same without the handshake.
  void plays_bare(dialogue script);
  // Every connection that has no script of its own.
  void plays_always(dialogue script);

  std::uint16_t port() const { return port_; }
  // POSTs to /v1/chat/completions here, trusting the peer's certificate. A kept connection that it
  // closes behind a request counts as closed for its idleness.
  io::http_endpoint endpoint() const;

  // Waits until all is played, and says what did not go as scripted: "" when everything did.
  std::string finish();

  // The requests that came so far, all connections', in the order of their ends.
  std::vector<std::string> heard();
  std::size_t connections();

 private:
  friend class dialogue;
  struct ssl_ctx_free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  void make_tls();
  void listen();
  void accept_all();
  std::optional<dialogue> next_script();
  void play(int descriptor, dialogue script, std::size_t number);
  void note(std::string request);
  void complain(std::size_t connection, const std::string& what);

  peer_options options_;
  std::unique_ptr<SSL_CTX, ssl_ctx_free> tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;

  std::mutex mutex_;  // of what follows
  std::condition_variable all_begun_;
  std::deque<dialogue> scripts_;
  std::optional<dialogue> always_;
  std::vector<std::string> heard_;
  std::vector<std::thread> players_;
  std::string complaints_;

  std::thread acceptor_;
};

}  // namespace retort::test
