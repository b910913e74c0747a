#include "io/net/stream.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>
#include <thread>

#include "tests/support/scripted_peer.hpp"

using namespace retort;
using io::step;
using test::dialogue;
using test::scripted_peer;

namespace {

const std::string host = "127.0.0.1";

io::awaitable<> note_ready(io::stream* link, step wanted, bool* is_woken) {
  co_await io::ready(link, wanted);
  *is_woken = true;
}

// A stream to the peer's next connection, taken step by step.
struct scene {
  explicit scene(scripted_peer& peer)
      : tls(io::tls_context::make(peer.endpoint().trusted, io::buffers::freed).value()),
        link(context.get_executor()) {
    link.socket().connect({io::asio::ip::make_address(host), peer.port()});
    link.make_ready();
  }

  void wait(step wanted) {
    bool is_woken = false;
    io::asio::co_spawn(context, note_ready(&link, wanted, &is_woken), io::asio::detached);
    context.restart();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!is_woken) REQUIRE(context.run_one_until(deadline) == 1);
  }

  // Takes a step until it need not wait.
  io::transfer settle(auto take) {
    for (;;) {
      const io::transfer moved = take();
      if (moved.state != step::want_read && moved.state != step::want_write) return moved;
      wait(moved.state);
    }
  }

  void shake_hands() {
    link.start_tls(*tls, host);
    CHECK(settle([&] { return link.handshake(); }).state == step::done);
  }

  // Reads as many bytes.
  std::string read(std::size_t bytes) {
    std::string out;
    while (out.size() < bytes) {
      std::string piece(bytes - out.size(), '\0');
      const auto moved = settle([&] { return link.read(piece.data(), piece.size()); });
      if (moved.state != step::done) break;
      out.append(piece, 0, moved.bytes);
    }
    return out;
  }
  step read_end() {
    char byte = 0;
    return settle([&] { return link.read(&byte, 1); }).state;
  }

  io::asio::io_context context{1};
  std::unique_ptr<io::tls_context> tls;
  io::stream link;
};

const std::string request = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi";

}  // namespace

TEST_CASE("a stream carries bytes both ways and tells the peer's farewell from a break") {
  struct {
    bool tls;
    dialogue& (dialogue::*ends)();
    step last;
  } const table[] = {
      {true, &dialogue::closes, step::end},     {true, &dialogue::cuts, step::broken},
      {true, &dialogue::resets, step::broken},  {false, &dialogue::closes, step::end},
      {false, &dialogue::resets, step::broken},
  };
  for (const auto& [tls, ends, last] : table) {
    std::promise<void> read;
    scripted_peer peer({.tls = tls});
    dialogue script =
        dialogue().hears(request).says("answer").does([&] { read.get_future().wait(); });
    peer.plays((script.*ends)());
    scene on(peer);
    if (tls) on.shake_hands();
    const auto moved = on.settle([&] { return on.link.write(request); });
    CHECK(moved.state == step::done);
    CHECK(moved.bytes == request.size());
    CHECK(on.read(6) == "answer");
    read.set_value();
    CHECK(on.read_end() == last);
    CHECK(peer.finish() == "");
  }
}

namespace {

// Whether an answer that is read late came before that, as the stream says.
bool comes_before_it_is_read(bool tls, bool stamped) {
  std::promise<void> said, read;
  scripted_peer peer({.tls = tls});
  peer.plays(dialogue().hears(request).says("answer").does([&] { said.set_value(); }).does([&] {
    read.get_future().wait();
  }));
  scene on(peer);
  if (stamped) on.link.stamp_arrivals();
  if (tls) on.shake_hands();
  CHECK(on.settle([&] { return on.link.write(request); }).state == step::done);
  said.get_future().wait();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // Nagle may keep it for 40
  const auto late = std::chrono::steady_clock::now();
  CHECK(on.read(6) == "answer");
  const bool is_before = on.link.arrived() < late;
  read.set_value();
  CHECK(peer.finish() == "");
  return is_before;
}

}  // namespace

// The kernel begins to stamp a moment after a first socket asked for it, and ends with the last.
TEST_CASE("with stamps bytes came when the kernel got them, however late they are read") {
  scripted_peer nobody;
  scene holds(nobody);
  holds.link.stamp_arrivals();
  for (const bool tls : {true, false}) {
    CAPTURE(tls);
    CHECK_FALSE(comes_before_it_is_read(tls, false));
    bool is_before = false;
    for (int tries = 0; tries < 10 && !is_before; ++tries) {
      is_before = comes_before_it_is_read(tls, true);
    }
    CHECK(is_before);
  }
}

TEST_CASE("a stream that has nothing to read, or no room to write, says what to wait for") {
  for (const bool tls : {true, false}) {
    std::promise<void> over;
    scripted_peer peer({.tls = tls});
    peer.plays(dialogue().does([&] { over.get_future().wait(); }));
    scene on(peer);
    if (tls) on.shake_hands();
    const std::string much(1 << 20, 'x');
    io::transfer moved{step::done, 0};
    std::size_t written = 0;
    while (moved.state == step::done && written < (std::size_t{1} << 30)) {
      moved = on.link.write(much);
      written += moved.bytes;
    }
    CHECK(moved.state == step::want_write);
    CHECK(moved.bytes == 0);
    over.set_value();
  }
  scripted_peer peer({.tls = false});
  peer.plays(dialogue().sees_close());
  scene on(peer);
  char byte = 0;
  CHECK(on.link.read(&byte, 1).state == step::want_read);
  on.link.close();
  CHECK(peer.finish() == "");
}

TEST_CASE("a stream's end is read also where it came with its last bytes") {
  for (const bool tls : {true, false}) {
    CAPTURE(tls);
    std::promise<void> gone;
    scripted_peer peer({.tls = tls});
    peer.plays(dialogue().hears(request).says("answer").closes().does([&] { gone.set_value(); }));
    scene on(peer);
    if (tls) on.shake_hands();
    on.settle([&] { return on.link.write(request); });
    gone.get_future().wait();
    CHECK(on.read(1000) == "answer");  // less than it asks for, and then the end
    CHECK(on.read_end() == step::end);
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("behind a write that fails what the peer said before is read, announced or not") {
  scripted_peer peer({.tls = false});
  std::promise<void> first, gone;
  peer.plays(dialogue()
                 .hears(request)
                 .says("one")
                 .does([&] { first.get_future().wait(); })
                 .says("two")
                 .closes()
                 .does([&] { gone.set_value(); }));
  scene on(peer);
  on.settle([&] { return on.link.write(request); });
  char bytes[100];
  CHECK(on.settle([&] { return on.link.read(bytes, sizeof bytes); }).bytes == 3);
  first.set_value();
  gone.get_future().wait();
  io::transfer moved{step::done, 0};
  while (moved.state == step::done) moved = on.link.write("more");  // without the set
  CHECK(moved.state == step::broken);
  moved = on.link.read(bytes, sizeof bytes);
  CHECK(moved.state == step::done);
  CHECK(std::string_view(bytes, moved.bytes) == "two");
  CHECK(peer.finish() == "");
}

TEST_CASE("a look takes what has come though the last read got less than it asked for") {
  scripted_peer peer({.tls = false});
  std::promise<void> looked;
  peer.plays(dialogue()
                 .hears(request)
                 .says("answer")
                 .does([&] { looked.get_future().wait(); })
                 .says("HTTP/1.1 200 OK\r\n")
                 .sees_close());
  {
    scene on(peer);
    on.settle([&] { return on.link.write(request); });
    char bytes[100];
    CHECK(on.settle([&] { return on.link.read(bytes, sizeof bytes); }).bytes == 6);
    CHECK(on.link.look() == io::silence::quiet);
    looked.set_value();
    io::silence seen = io::silence::quiet;
    while (seen == io::silence::quiet) seen = on.link.look();  // without the set
    CHECK(seen == io::silence::answered);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("what came in one packet and was not read is pending") {
  scripted_peer peer;
  peer.plays(dialogue().hears().says_in_records({"first", "second"}).sees_close());
  {
    scene on(peer);
    on.shake_hands();
    on.settle([&] { return on.link.write(request); });
    CHECK(on.read(2) == "fi");
    CHECK(on.link.has_pending());
    on.link.free_buffers();  // takes nothing that is needed
    CHECK(on.read(3) == "rst");
    CHECK(on.link.has_pending());
    CHECK(on.read(6) == "second");
    CHECK_FALSE(on.link.has_pending());
    on.link.free_buffers();
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("part of a record is pending, but not to be read") {
  scripted_peer peer;
  peer.plays(dialogue().hears().says_cut_record("almost whole").sees_close());
  {
    scene on(peer);
    on.shake_hands();
    on.settle([&] { return on.link.write(request); });
    char byte = 0;
    do {  // past the session tickets, which may come alone
      on.wait(step::want_read);
      CHECK(on.link.read(&byte, 1).state == step::want_read);
    } while (!on.link.has_pending());
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a stream without buffers takes the next bytes as any other") {
  scripted_peer peer;
  peer.plays(dialogue().hears(request).says("one").hears(request).says("two").closes());
  scene on(peer);
  on.shake_hands();
  for (const char* answer : {"one", "two"}) {
    on.link.free_buffers();
    CHECK(on.settle([&] { return on.link.write(request); }).bytes == request.size());
    on.link.free_buffers();
    CHECK(on.read(3) == answer);
  }
  on.link.free_buffers();
  CHECK(on.read_end() == step::end);
  CHECK(peer.finish() == "");
}

TEST_CASE("a stream is quiet until something comes, be it the end") {
  struct {
    std::string said;
    io::silence seen;
  } const table[] = {
      {"", io::silence::ended},
      {"stray bytes", io::silence::broken},
      {"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n", io::silence::broken},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno", io::silence::answered},
  };
  for (const bool tls : {true, false}) {
    for (const auto& [said, seen] : table) {
      CAPTURE(said);
      CAPTURE(tls);
      std::promise<void> go;
      scripted_peer peer({.tls = tls});
      dialogue script = dialogue().hears().does([&] { go.get_future().wait(); });
      if (!said.empty()) script.says(said);
      peer.plays(script.closes());
      scene on(peer);
      if (tls) on.shake_hands();
      on.settle([&] { return on.link.write(request); });
      CHECK(on.link.look() == io::silence::quiet);
      go.set_value();
      CHECK(peer.finish() == "");
      CHECK(on.link.look() == seen);  // session tickets before it are passed over
    }
  }
}

TEST_CASE("session tickets are no news, a part of a record is") {
  scripted_peer peer;
  std::promise<void> go;
  peer.plays(dialogue()
                 .hears()
                 .does([&] { go.get_future().wait(); })
                 .says_cut_record("almost whole")
                 .sees_close());
  {
    scene on(peer);
    on.shake_hands();
    on.wait(step::want_read);
    CHECK(on.link.look() == io::silence::quiet);
    on.settle([&] { return on.link.write(request); });
    go.set_value();
    while (on.link.look() == io::silence::quiet) on.wait(step::want_read);
    CHECK(on.link.look() == io::silence::broken);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a closed stream is broken for every step") {
  scripted_peer peer;
  peer.plays_bare(dialogue().sees_close());
  scene on(peer);
  on.link.start_tls(*on.tls, host);
  on.link.close();
  on.link.close();
  char byte = 0;
  CHECK(on.link.handshake().state == step::broken);
  CHECK(on.link.read(&byte, 1).state == step::broken);
  CHECK(on.link.write("x").state == step::broken);
  CHECK(on.link.look() == io::silence::ended);
  CHECK(peer.finish() == "");
}

TEST_CASE("only the beginning of a success is taken for an answer") {
  struct {
    const char* bytes;
    io::silence is;
  } const table[] = {
      {"HTTP/1.1 200 OK\r\n", io::silence::answered},
      {"HTTP/1.0 2", io::silence::answered},
      {"HTTP/1.1 299", io::silence::answered},
      {"HTTP/1.1 ", io::silence::broken},
      {"HTTP/1.1 408 Idle", io::silence::broken},
      {"HTTP/1.1 500", io::silence::broken},
      {"HTTP/2 200 OK", io::silence::broken},
      {"\r\nHTTP/1.1 200", io::silence::broken},
      {"\r\n", io::silence::blank},
      {"\n", io::silence::blank},
      {"", io::silence::broken},
  };
  for (const auto& [bytes, is] : table) {
    CAPTURE(bytes);
    CHECK(io::heard(bytes) == is);
  }
}

namespace {

io::awaitable<> note_ready(io::stream* link, bool* is_ready) {
  co_await io::ready(link);
  *is_ready = true;
}

}  // namespace

TEST_CASE("who waits on a stream is woken by bytes, by room and by its closing") {
  std::promise<void> go;
  scripted_peer peer({.tls = false});
  peer.plays(dialogue().does([&] { go.get_future().wait(); }).says("bytes").sees_close());
  {
    scene on(peer);
    bool writable = false, readable = false, closed = false;
    io::asio::co_spawn(on.context, note_ready(&on.link, &writable), io::asio::detached);
    on.context.run();
    CHECK(writable);

    io::asio::co_spawn(on.context, note_ready(&on.link, &readable), io::asio::detached);
    on.context.restart();
    on.context.poll();
    CHECK_FALSE(readable);
    go.set_value();
    on.context.run();
    CHECK(readable);
    CHECK(on.read(5) == "bytes");

    io::asio::co_spawn(on.context, note_ready(&on.link, &closed), io::asio::detached);
    on.context.restart();
    on.context.poll();
    CHECK_FALSE(closed);
    on.link.close();
    on.context.run();
    CHECK(closed);
  }
  CHECK(peer.finish() == "");
}
