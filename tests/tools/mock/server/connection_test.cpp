#include "tools/mock/server/connection.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/tools/mock/client.hpp"

using namespace retort::mock;
using namespace retort::test;

namespace {

options served_at_once(std::uint64_t capacity, double latency_ms) {
  options chosen;
  chosen.capacity = capacity;
  chosen.latency_ms = latency_ms;
  return chosen;
}

std::vector<std::unique_ptr<mock_client>> connect(const server& server, int count) {
  std::vector<std::unique_ptr<mock_client>> clients;
  for (int i = 0; i < count; ++i) clients.push_back(std::make_unique<mock_client>(server));
  return clients;
}

std::string prompt(std::size_t number) { return std::to_string(number) + " + 0"; }

// How many prompts have their answer; no later one may have it before an earlier one.
std::size_t in_order(const server& server, std::size_t prompts) {
  std::size_t answered = 0;
  for (std::size_t i = prompts; i-- > 0;) {
    const bool has_answer = server.answers_to(prompt(i)) == 1;
    CHECK((has_answer || answered == 0));
    answered += has_answer ? 1 : 0;
  }
  return answered;
}

constexpr double very_long = 3'600'000;

}  // namespace

TEST_CASE("beyond the capacity requests wait for their turn and are answered in their order") {
  for (const bool plain : {false, true}) {
    options chosen = served_at_once(1, 20);
    chosen.plain = plain;
    const auto server = start_mock(chosen);
    const auto clients = connect(*server, 5);
    for (std::size_t i = 0; i < clients.size(); ++i) {
      clients[i]->send_chat(prompt(i));
      CHECK(eventually([&] { return server->snapshot().requests == i + 1; }));
    }
    CHECK(eventually([&] { return in_order(*server, clients.size()) == clients.size(); }));
    for (const auto& client : clients) CHECK(client->receive().status == 200);
    CHECK(server->snapshot().queued == 0);
    CHECK(server->snapshot().peak_queued >= 1);
    CHECK(server->snapshot().peak_queued <= 4);
  }
}

TEST_CASE("no more are served at once than there is room for") {
  const auto server = start_plain(served_at_once(2, very_long));
  const auto clients = connect(*server, 5);
  for (const auto& client : clients) client->send_chat("1 + 1");
  CHECK(eventually([&] { return server->snapshot().queued == 3; }));
  for (const auto& client : clients) CHECK(client->is_silent());
  CHECK(server->snapshot().requests == 5);
  CHECK(server->snapshot().peak_in_flight == 5);
  CHECK(server->snapshot().rate_limited == 0);
}

TEST_CASE("each waits as long as those before it take") {
  const auto server = start_plain(served_at_once(2, 30));
  const auto clients = connect(*server, 6);
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& client : clients) client->send_chat("1 + 1");
  for (const auto& client : clients) CHECK(client->receive().status == 200);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(90));
}

TEST_CASE("who goes away leaves the queue, over TLS and with more bytes sent") {
  for (const bool plain : {false, true}) {
    options chosen = served_at_once(1, very_long);
    chosen.plain = plain;
    const auto server = start_mock(chosen);
    mock_client served(*server);
    served.send_chat("1 + 1");
    CHECK(eventually([&] { return server->snapshot().requests == 1; }));
    auto waiting = connect(*server, 3);
    for (const auto& client : waiting) client->send_chat("1 + 1");
    CHECK(eventually([&] { return server->snapshot().queued == 3; }));
    waiting[0]->send_chat("1 + 1");  // before it has an answer to its first
    waiting.erase(waiting.begin() + 1);
    CHECK(eventually([&] { return server->snapshot().queued == 2; }));
    waiting.erase(waiting.begin());
    CHECK(eventually([&] { return server->snapshot().queued == 1; }));
    CHECK(eventually([&] { return server->snapshot().open_connections == 2; }));
    CHECK(server->snapshot().answered == 0);
  }
}

TEST_CASE("a place in the queue survives a pipelined request, and both are answered") {
  const auto server = start_plain(served_at_once(1, 10));
  const auto clients = connect(*server, 2);
  clients[0]->send_chat("1 + 1");
  clients[1]->send_chat("1 + 2");
  clients[1]->send_chat("1 + 3");
  CHECK(clients[0]->receive().status == 200);
  CHECK(eventually([&] { return server->snapshot().answered == 3; }));
}

TEST_CASE("a server stops with requests in its queue") {
  const auto server = start_mock(served_at_once(1, very_long));
  const auto clients = connect(*server, 4);
  for (const auto& client : clients) client->send_chat("1 + 1");
  CHECK(eventually([&] { return server->snapshot().queued == 3; }));
  server->stop();
  CHECK(server->snapshot().queued == 0);
  for (const auto& client : clients) CHECK(client->receive().status == 0);
}

TEST_CASE("a 429 does not wait for a turn") {
  options chosen = served_at_once(1, very_long);
  chosen.rpm = 1;
  const auto server = start_plain(chosen);
  const auto clients = connect(*server, 2);
  clients[0]->send_chat("1 + 1");
  CHECK(eventually([&] { return server->snapshot().requests == 1; }));
  CHECK(clients[1]->ask("1 + 1").status == 429);
}
