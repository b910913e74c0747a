#include "io/net/service_records.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/support/dns_server.hpp"

using namespace retort;
using namespace retort::io;
using test::dns_answer;
using test::srv_record;

namespace {

// A question about an SRV record of "s.x", as a client asks it.
const std::string question = std::string("ab\1\0\0\1\0\0\0\0\0\0", 12) + test::name_bytes("s.x") +
                             std::string("\0\41\0\1", 4);

result<service_records> read(const std::string& bytes) {
  // A copy of just its size, so that a sanitizer sees what is read behind it.
  const std::vector<unsigned char> own(bytes.begin(), bytes.end());
  return read_service_records(own, "s.x");
}

std::string problem(const std::string& bytes) {
  const auto found = read(bytes);
  return found ? "" : found.error().message;
}

constexpr const char* none = "s.x has no SRV record (DNS) with a host and a port";
constexpr const char* unreadable = "s.x: the name server's answer cannot be read";

}  // namespace

TEST_CASE("a service is where the records of the lowest priority number say, each place once") {
  const auto found = read(dns_answer(question, {{"b.x", 80, 7, 50},
                                                {"C.x", 81, 3, 30},
                                                {"a.x", 82, 3, 20},
                                                {"c.X", 81, 3, 40},
                                                {"d.x", 80, 4, 1}}));
  REQUIRE(found.has_value());
  CHECK(found->places == std::vector<service_place>{{"a.x", 82}, {"c.x", 81}});
  CHECK(found->lifetime == std::chrono::seconds(20));
}

TEST_CASE("a record that leads nowhere is passed over, whatever its priority") {
  const std::vector<srv_record> nowhere = {{".", 80, 0, 0},     {"a.x", 0, 0, 0},
                                           {"a b.x", 80, 0, 0}, {"u@a", 80, 0, 0},
                                           {"a/b", 80, 0, 0},   {"a\n", 80, 0, 0}};
  for (const srv_record& one : nowhere) {
    CHECK(problem(dns_answer(question, {one})) == none);
    const auto found = read(dns_answer(question, {one, {"ok.x", 80, 9, 0}}));
    REQUIRE(found.has_value());
    CHECK(found->places == std::vector<service_place>{{"ok.x", 80}});
  }
  CHECK(problem(dns_answer(question, {})) == none);
}

TEST_CASE("an answer that is cut anywhere, or says that it is, is no answer") {
  const std::string whole = dns_answer(question, {{"a.x", 80, 0, 0}, {"b.x", 80, 0, 0}});
  REQUIRE(read(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(problem(whole.substr(0, size)) == unreadable);
  }
  std::string told = whole;
  told[2] = static_cast<char>(told[2] | 2);
  CHECK(problem(told) == "s.x: the name server's answer is cut short");
}

TEST_CASE("names that point at themselves, in circles or out of the answer end") {
  const std::string whole = dns_answer(question, {{"a.x", 80, 0, 0}});
  const std::size_t target = whole.size() - 5;
  for (const std::size_t to : {target, target - 20, whole.size() + 5, std::size_t(0x3fff)}) {
    std::string bad = whole.substr(0, target);
    bad += static_cast<char>(0xc0 | (to >> 8));
    bad += static_cast<char>(to & 0xff);
    bad[target - 7] = 8;  // the data's length: two bytes of a name
    CHECK_FALSE(read(bad).has_value());
  }
}

TEST_CASE("a thousand records are a thousand places") {
  std::vector<srv_record> many;
  for (int i = 0; i < 1000; ++i) {
    many.push_back({"host-" + std::to_string(i) + ".x", 8000, 1, 5});
  }
  const auto found = read(dns_answer(question, many));
  REQUIRE(found.has_value());
  CHECK(found->places.size() == 1000);
}

TEST_CASE("no bytes make more of an answer than its places, which are hosts with ports") {
  const std::string whole = dns_answer(question, {{"a.x", 80, 0, 0}, {"b.long.name.x", 81, 0, 0}});
  std::mt19937 dice(7);
  int read_well = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bad = whole;
    for (auto n = 1 + dice() % 3; n > 0; --n) {
      bad[dice() % bad.size()] = static_cast<char>(dice());
    }
    const auto found = read(bad);
    if (!found) continue;
    ++read_well;
    for (const service_place& one : found->places) {
      CHECK(one.port != 0);
      CHECK(is_service_name(one.host));
    }
  }
  CHECK(read_well > 0);
}

TEST_CASE("a name of DNS has labels of letters, digits, - and _") {
  CHECK(is_service_name("_http._tcp.vllm.default.svc.cluster.local"));
  CHECK(is_service_name(std::string(63, 'a')));
  for (const std::string& bad :
       {std::string(), std::string("."), std::string("a."), std::string("a..b"), std::string("a b"),
        std::string("a/b"), std::string(64, 'a'), std::string(127, 'a') + std::string(127, '.')}) {
    CHECK_FALSE(is_service_name(bad));
  }
}
