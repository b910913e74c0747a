#include "tools/mock/server/delivery.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/tools/mock/client.hpp"

using namespace std::chrono_literals;
using namespace retort::mock;
using namespace retort::test;
namespace asio = boost::asio;

namespace {

std::vector<event> five_events() {
  return {{sse("", "{\"a\":0}")},
          {sse("", "{\"a\":1}"), true},
          {sse("", "{\"a\":2}"), true},
          {sse("", "{\"a\":3}"), true},
          {sse("", "[DONE]")}};
}

std::string body_of(const reaction& made) {
  return made.bytes.substr(made.bytes.find("\r\n\r\n") + 4);
}

options streaming(fault met, double event_ms = 0) {
  const std::string name(fault_names[static_cast<std::size_t>(met)]);
  options chosen = parse_options({{name, "1"}}).value();
  chosen.event_ms = event_ms;
  return chosen;
}

}  // namespace

TEST_CASE("every event is a chunk") {
  const reaction made = deliver_events(fault::none, five_events(), {}, 0us);
  CHECK(made.bytes ==
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        "f\r\ndata: {\"a\":0}\n\n\r\nf\r\ndata: {\"a\":1}\n\n\r\nf\r\ndata: {\"a\":2}\n\n\r\n"
        "f\r\ndata: {\"a\":3}\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
  CHECK(made.later.empty());
  CHECK(made.streamed);
  CHECK(made.then == ending::keep);
}

TEST_CASE("with a pause each piece but the first waits, and takes along what follows it") {
  const reaction made = deliver_events(fault::none, five_events(), {}, 5ms);
  CHECK(body_of(made) == "f\r\ndata: {\"a\":0}\n\n\r\nf\r\ndata: {\"a\":1}\n\n\r\n");
  REQUIRE(made.later.size() == 2);
  CHECK(made.later[0] == "f\r\ndata: {\"a\":2}\n\n\r\n");
  CHECK(made.later[1] == "f\r\ndata: {\"a\":3}\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
  CHECK(made.pause == 5ms);
}

TEST_CASE("faults act in the middle of a stream") {
  const auto met = [](fault f) { return deliver_events(f, five_events(), {}, 0us); };
  const std::string half =
      "f\r\ndata: {\"a\":0}\n\n\r\nf\r\ndata: {\"a\":1}\n\n\r\nf\r\ndata: {\"a\":2}\n\n\r\n";
  for (const fault f : {fault::reset_middle, fault::truncated, fault::stall}) {
    CHECK(body_of(met(f)) == half.substr(0, 49));
  }
  CHECK(met(fault::reset_middle).then == ending::reset);
  CHECK(met(fault::truncated).then == ending::close);
  CHECK(met(fault::stall).then == ending::stall);
  CHECK(body_of(met(fault::cut_stream)) == half.substr(0, 40) + "0\r\n\r\n");
  CHECK(body_of(met(fault::invalid_json)) ==
        half.substr(0, 40) +
            "b\r\ndata: {\"a\n\n\r\nb\r\ndata: {\"a\n\n\r\nb\r\ndata: [DO\n\n\r\n0\r\n\r\n");
  CHECK(body_of(met(fault::blank_lines)).starts_with("e\r\n: keep-alive\n\n\r\nf\r\ndata: "));
  CHECK(met(fault::connection_close).then == ending::close);
  CHECK(met(fault::connection_close).bytes.find("\r\nconnection: close\r\n") != std::string::npos);
}

TEST_CASE("a stream that breaks off with pauses has written half of its bytes by then") {
  const reaction made = deliver_events(fault::stall, five_events(), {}, 5ms);
  REQUIRE(made.later.size() == 1);
  CHECK(body_of(made).size() + made.later[0].size() == 49);
}

TEST_CASE("streams cross the wire, and are counted") {
  for (const bool plain : {false, true}) {
    options chosen;
    chosen.plain = plain;
    chosen.event_ms = 1;
    const auto server = start_mock(chosen);
    mock_client client(*server);
    for (int i = 0; i < 2; ++i) {
      client.send_chat("1 + 1", true);
      const auto response = client.receive();
      CHECK(response.whole);
      CHECK(response.headers.at("content-type") == "text/event-stream");
      CHECK(response.body.ends_with("data: [DONE]\n\n"));
    }
    CHECK(client.ask("1 + 1").status == 200);
    const counters seen = server->snapshot();
    CHECK(seen.answered == 3);
    CHECK(seen.streamed == 2);
    CHECK(seen.repeats == 2);
    CHECK(seen.completion_tokens == 12);
  }
}

TEST_CASE("a stream breaks off on the wire as it is told") {
  for (const bool plain : {false, true}) {
    for (const double event_ms : {0.0, 1.0}) {
      struct {
        fault met;
        boost::system::error_code end;
      } const table[] = {{fault::reset_middle, asio::error::connection_reset},
                         {fault::truncated, asio::error::eof}};
      for (const auto& row : table) {
        options chosen = streaming(row.met, event_ms);
        chosen.plain = plain;
        const auto server = start_mock(chosen);
        mock_client client(*server);
        client.send_chat("1 + 1", true);
        const auto response = client.receive();
        CHECK(response.status == 200);
        CHECK_FALSE(response.whole);
        CHECK(response.end == row.end);
        CHECK(server->snapshot().answered == 0);
      }
    }
  }
}

TEST_CASE("a client that goes away in the middle of a stream leaves nothing behind") {
  for (const bool plain : {false, true}) {
    options chosen;
    chosen.plain = plain;
    chosen.event_ms = 5;
    chosen.output_tokens = 4000;
    chosen.answer = answer_style::text;
    const auto server = start_mock(chosen);
    {
      mock_client client(*server);
      client.send_chat("1 + 1", true);
      CHECK(client.receive(1).status == 200);
      CHECK(server->snapshot().answered == 0);
    }
    CHECK(eventually([&] { return server->snapshot().open_connections == 0; }));
    CHECK(server->snapshot().answered == 0);
    CHECK(server->snapshot().completion_tokens == 0);
  }
}

TEST_CASE("a server stops in the middle of a stream") {
  for (const bool plain : {false, true}) {
    options chosen;
    chosen.plain = plain;
    chosen.event_ms = 3'600'000;
    const auto server = start_mock(chosen);
    mock_client client(*server);
    client.send_chat("1 + 1", true);
    CHECK(client.receive(1).status == 200);
    server->stop();
    CHECK(client.read_end());
    CHECK(server->snapshot().answered == 0);
  }
}
