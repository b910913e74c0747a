#include "io/net/tls_context.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/expired_certificate.hpp"
#include "tests/support/name_service.hpp"
#include "tests/support/requester.hpp"
#include "tests/support/scripted_peer.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using test::dialogue;
using test::ok;
using test::requester;
using test::scripted_peer;

namespace {

const std::string name_its_authority = " (name its authority with ca_file if it is your own)";

std::string closing(const std::string& body) {
  return fmt::format("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
                     body.size(), body);
}

// The error of one request to a peer that says no more than its handshake.
error refusal(scripted_peer& peer, const io::http_endpoint& to) {
  peer.plays_bare(dialogue().fails_to_shake_hands());
  error why{errc::usage, "the request succeeded"};
  {
    requester client(to);
    const auto& got = client.post("x");
    if (!got) why = got.error();
    CHECK(client.counters().connections == 0);
  }
  CHECK(peer.finish() == "");
  CHECK(peer.heard().empty());
  return why;
}

void check_refusal(const error& why, errc code, const std::string& message) {
  CHECK(why.code == code);
  CHECK(why.message == message);
}

void check_answers(scripted_peer& peer, const io::http_endpoint& to) {
  peer.plays(dialogue().hears().says(ok("trusted")).sees_close());
  {
    requester client(to);
    const auto& got = client.post("x");
    if (!got) FAIL_CHECK(got.error().message);
    if (got) CHECK(got->body == "trusted");
  }
  CHECK(peer.finish() == "");
}

error made_with(const io::trust& trusted) {
  const auto made = io::tls_context::make(trusted, io::buffers::kept);
  return made ? error{errc::usage, "it was made"} : made.error();
}

}  // namespace

TEST_CASE("an authority is trusted that is given in memory or as a file") {
  test::temporary_directory directory;
  {
    scripted_peer peer;
    check_answers(peer, peer.endpoint());
  }
  {
    scripted_peer peer;
    auto to = peer.endpoint();
    to.trusted.ca_file = directory.file("ca.pem", "# ours\n" + to.trusted.ca_pem);
    to.trusted.ca_pem.clear();
    check_answers(peer, to);
  }
  {
    scripted_peer peer;
    auto to = peer.endpoint();
    to.trusted.ca_file = directory.path() + "/missing";  // what is in memory wins
    check_answers(peer, to);
  }
  {
    scripted_peer peer;
    auto to = peer.endpoint();
    const auto other = mock::make_certificate("").value();
    to.trusted.ca_pem = other.ca_pem + to.trusted.ca_pem;  // one of several
    check_answers(peer, to);
  }
}

TEST_CASE("a server whose authority is unknown is refused, with what to do about it") {
  {
    scripted_peer peer;
    auto to = peer.endpoint();
    to.trusted = {};  // the system's
    check_refusal(refusal(peer, to), errc::certificate,
                  "the certificate of 127.0.0.1 is not trusted: unable to get local issuer "
                  "certificate" +
                      name_its_authority);
  }
  {
    scripted_peer peer;
    auto to = peer.endpoint();
    to.trusted.ca_pem = mock::make_certificate("").value().ca_pem;
    const error why = refusal(peer, to);
    CHECK(why.code == errc::certificate);
    CHECK(why.message.starts_with("the certificate of 127.0.0.1 is not trusted: "));
  }
}

TEST_CASE("a certificate for another name or address is refused") {
  for (const char* other : {"api.example.com", "127.0.0.2", "::1", "127.0.0.1.example.com"}) {
    CAPTURE(other);
    scripted_peer peer({.identity = mock::make_certificate(other).value()});
    check_refusal(refusal(peer, peer.endpoint()), errc::certificate,
                  "the server's certificate is not for 127.0.0.1: wrong host name");
  }
  for (const char* other :
       {"", "127.0.0.1", "homes.test", "a.two-homes.test", "*.two-homes.test"}) {
    CAPTURE(other);
    scripted_peer peer({.identity = mock::make_certificate(other).value()});
    auto to = peer.endpoint();
    to.base.host = test::two_homes();
    check_refusal(refusal(peer, to), errc::certificate,
                  "the server's certificate is not for two-homes.test: wrong host name");
  }
}

TEST_CASE("a certificate for the name or address asked for is accepted") {
  for (const auto& [named, host] : {std::pair{"127.0.0.1", std::string("127.0.0.1")},
                                    {"two-homes.test", test::two_homes()},
                                    {"TWO-homes.Test", test::two_homes()},
                                    {"", std::string("localhost")}}) {
    CAPTURE(host);
    scripted_peer peer({.identity = mock::make_certificate(named).value()});
    auto to = peer.endpoint();
    to.base.host = host;
    check_answers(peer, to);
  }
}

TEST_CASE("an expired certificate is refused, though its authority is known") {
  scripted_peer peer({.identity = test::expired_certificate()});
  check_refusal(refusal(peer, peer.endpoint()), errc::certificate,
                "the certificate of 127.0.0.1 is not trusted: certificate has expired");
}

TEST_CASE("a server that speaks nothing newer than TLS 1.1 is refused") {
  scripted_peer peer({.oldest_tls = TLS1_VERSION, .newest_tls = TLS1_1_VERSION});
  const error why = refusal(peer, peer.endpoint());
  CHECK(why.code == errc::tls);
  CHECK(why.message.starts_with("TLS handshake with 127.0.0.1 failed: "));
  CHECK(why.message.find("protocol") != std::string::npos);
}

TEST_CASE("TLS 1.2 and 1.3 are spoken, and their sessions resumed and counted") {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    scripted_peer peer({.oldest_tls = version, .newest_tls = version});
    peer.plays(dialogue().hears().says(closing("one")).sees_close());
    for (int i = 0; i < 3; ++i) {
      peer.plays_bare(dialogue().resumes().hears().says(closing("more")).sees_close());
    }
    {
      requester client(peer.endpoint());
      for (std::uint64_t i = 0; i < 4; ++i) {
        CHECK(client.post("x").has_value());
        CHECK(client.counters().connections == i + 1);
        CHECK(client.counters().resumed == i);
      }
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("a session that was spoilt when the server cut its connection is passed over") {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    scripted_peer peer({.oldest_tls = version, .newest_tls = version});
    peer.plays(dialogue().hears().says(ok("one")).hears().cuts());
    peer.plays(dialogue().hears().says(closing("two")).sees_close());
    peer.plays_bare(dialogue().resumes().hears().says(ok("three")).sees_close());
    {
      requester client(peer.endpoint());
      for (int i = 0; i < 3; ++i) CHECK(client.post("x").has_value());
      // TLS 1.3 gave two sessions, of which one is left for the second connection.
      CHECK(client.counters().resumed == (version == TLS1_2_VERSION ? 1 : 2));
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("connections resume one after the other where sessions are good for one use") {
  constexpr int rounds = 3;
  scripted_peer peer({.oldest_tls = TLS1_3_VERSION, .newest_tls = TLS1_3_VERSION});
  peer.plays_always(dialogue().hears().says(closing("x")).sees_close());
  requester client(peer.endpoint());
  for (int i = 0; i < rounds; ++i) {
    auto& one = client.start("1");
    auto& two = client.start("2");
    CHECK(client.finish(one).has_value());
    CHECK(client.finish(two).has_value());
  }
  CHECK(client.counters().connections == 2 * rounds);
  CHECK(client.counters().resumed == 2 * rounds - 2);
}

TEST_CASE("a server that does not speak TLS is recognised") {
  scripted_peer peer({.tls = false});
  peer.plays(dialogue().says("HTTP/1.1 400 Bad Request\r\n\r\n").ignores_the_rest());
  {
    auto to = peer.endpoint();
    to.base.tls = true;
    requester client(to);
    const auto& got = client.post("x");
    REQUIRE_FALSE(got.has_value());
    check_refusal(got.error(), errc::tls,
                  "TLS handshake with 127.0.0.1 failed: it does not speak TLS (should the URL "
                  "begin with http://?)");
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a server that expects TLS is guessed at when it is spoken to in plain HTTP") {
  scripted_peer peer;
  peer.plays_bare(dialogue().fails_to_shake_hands());
  peer.plays_bare(dialogue().hears().says("\x15\x03\x03").closes());  // a TLS alert
  peer.plays_bare(dialogue().hears().says("\x15\x03\x03 and more than a header's first words"));
  {
    auto to = peer.endpoint();
    to.base.tls = false;
    requester client(to);
    for (int i = 0; i < 3; ++i) {
      const auto& got = client.post("x");
      REQUIRE_FALSE(got.has_value());
      CAPTURE(got.error().message);
      CHECK(got.error().message.ends_with(" (should the URL begin with https://?)"));
    }
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a handshake that the server does not finish is an error of TLS") {
  for (const auto& ends : {&dialogue::closes, &dialogue::resets}) {
    scripted_peer peer;
    dialogue only = dialogue().hears_something();
    peer.plays_bare((only.*ends)());
    {
      requester client(peer.endpoint());
      const auto& got = client.post("x");
      REQUIRE_FALSE(got.has_value());
      CHECK(got.error().code == errc::tls);
      CHECK(got.error().message.starts_with("TLS handshake with 127.0.0.1 failed: "));
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("authorities that cannot be loaded are an error that names the file") {
  test::temporary_directory directory;
  const auto missing = directory.path() + "/missing.pem";
  const auto text = directory.file("text.pem", "no certificate\n");
  const auto empty = directory.file("empty.pem", "");
  const auto key = directory.file("key.pem", mock::make_certificate("").value().key_pem);
  struct {
    io::trust trusted;
    std::string message;
  } const table[] = {
      {{missing, ""}, "ca_file " + missing + ": No such file or directory"},
      {{text, ""}, "ca_file " + text + ": holds no PEM certificate"},
      {{empty, ""}, "ca_file " + empty + ": holds no PEM certificate"},
      {{key, ""}, "ca_file " + key + ": holds no PEM certificate"},
      {{"", "no certificate"}, "the given authority holds no PEM certificate"},
  };
  for (const auto& [trusted, message] : table) {
    check_refusal(made_with(trusted), errc::unreadable, message);
  }
  const error why = made_with({directory.path(), ""});
  CHECK(why.code == errc::unreadable);
  CHECK(why.message.starts_with("ca_file " + directory.path() + ": "));
}

TEST_CASE("a client whose authorities cannot be loaded is not made") {
  io::asio::io_context context;
  io::http_endpoint to;
  to.base = io::parse_url("https://127.0.0.1").value();
  to.trusted.ca_file = "/nowhere/ca.pem";
  const auto made = io::http_client::make(context.get_executor(), to);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::unreadable);
  to.base.tls = false;  // needs none
  CHECK(io::http_client::make(context.get_executor(), to).has_value());
}
