// Whole searches, against endpoints of a thread of their own that fail at a moment.
#include "engine/limit_search/find_limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "tests/support/answering_peer.hpp"

using namespace retort;
using namespace retort::engine;
using namespace retort::test;

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

enum class answer { well, of_a_day, in_debt, refused_in_debt, overloaded, reset, unknown_key };

// Of 14,400 a day each one is there again after 6 s.
std::string of_a_day(int asked) {
  return fmt::format(
      "x-ratelimit-limit-requests: 14400\r\n"
      "x-ratelimit-remaining-requests: {}\r\n"
      "x-ratelimit-reset-requests: {}s\r\n",
      14400 - asked, 6 * asked);
}

// Charged behind the answers, of a minute.
constexpr const char* in_debt =
    "x-ratelimit-limit-tokens: 1000\r\n"
    "x-ratelimit-remaining-tokens: 0\r\n"
    "x-ratelimit-reset-tokens: 719.5s\r\n";

std::string with(std::string headers, std::string well) {
  return well.insert(well.find("\r\n") + 2, headers);
}

std::string text_of(answer what) {
  switch (what) {
    case answer::well: return completion_answer("8");
    case answer::overloaded: return http_answer(503, R"({"error":{"message":"no room"}})");
    case answer::unknown_key: return http_answer(401, R"({"error":{"message":"who?"}})");
    case answer::refused_in_debt: return with(in_debt, http_answer(429, "{}"));
    default: return "";
  }
}

// What it answers goes by how many it was asked before; one of a quota lets so many a second
// through, and counts only those that it answers well.
class failing_endpoint {
 public:
  using rule = std::function<answer(int asked)>;
  explicit failing_endpoint(rule how, double quota_per_s = 0)
      : how_(std::move(how)), quota_per_s_(quota_per_s) {}
  ~failing_endpoint() {
    context_.stop();
    thread_.join();
  }

  found_limits find(milliseconds patience = milliseconds(0)) {
    config what;
    what.prompt.user = "x";
    what.models.resize(1);
    what.models[0].provider = "openai";
    what.models[0].model = "m";
    what.models[0].base_url = peer_.base_url();
    finder_options how;
    how.requests.input = length_rule{8, 0};
    how.requests.streams = false;
    how.spend.requests = 20'000;
    how.window = milliseconds(500);
    how.most_concurrency = 4;
    how.patience = patience;
    auto found = find_limits(what, how, {}, [this](const std::string& one) { said += one + "\n"; });
    REQUIRE(found.has_value());
    REQUIRE(found->size() == 1);
    return std::move(found->front());
  }

  std::string said;

 private:
  std::string reply() {
    const answer one = how_(asked_++);
    if (one == answer::well && quota_per_s_ > 0 && !take()) {
      return http_answer(429, R"({"error":{"message":"slower"}})");
    }
    const std::string well = text_of(answer::well);
    if (one == answer::of_a_day) return with(of_a_day(asked_), well);
    return one == answer::in_debt ? with(in_debt, well) : text_of(one);
  }

  // Saves up half a second.
  bool take() {
    const auto now = steady_clock::now();
    const double more = std::chrono::duration<double>(now - last_).count() * quota_per_s_;
    left_ = std::min(quota_per_s_ / 2, left_ + more);
    last_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

  rule how_;
  double quota_per_s_, left_ = 5;  // the first level is refused
  steady_clock::time_point last_ = steady_clock::now();
  int asked_ = 0;  // of its thread
  io::asio::io_context context_{1};
  answering_peer peer_{context_.get_executor(), [this](const http_request& one) {
                         if (one.head.starts_with("GET")) return http_answer(404, "{}");
                         return reply();
                       }};
  std::thread thread_{[this] { context_.run(); }};
};

bool says(const std::string& text, std::string_view what) { return text.find(what) != text.npos; }

// Of the first request and the eight of the first level.
constexpr int first_level = 9;

// Fails in this way for so long from that request on.
failing_endpoint::rule down_from(int first, answer how, milliseconds time) {
  return [=, until = steady_clock::time_point()](int asked) mutable {
    if (asked == first) until = steady_clock::now() + time;
    return asked >= first && steady_clock::now() < until ? how : answer::well;
  };
}

std::uint64_t highest_tried(const found_limits& of) {
  return of.seen.levels.empty() ? 0 : of.seen.levels.back().concurrency;
}

}  // namespace

TEST_CASE("a limit that headers tell without its period is of the one that their resets show") {
  failing_endpoint one([](int) { return answer::of_a_day; });
  const found_limits found = one.find();
  CHECK(found.seen.ended == "");
  const auto limits = deduced(found.seen);
  REQUIRE(!limits.empty());
  CHECK(limits.front().key == "rpm");
  CHECK(limits.front().value == 10);
  CHECK(limits.front().how == "told by its headers: 14400; 86400 s by its resets");
}

TEST_CASE("a long reset of what is overspent tells no longer period") {
  for (const answer how : {answer::in_debt, answer::refused_in_debt}) {
    failing_endpoint one([how](int) { return how; });
    const auto limits = deduced(one.find().seen);
    REQUIRE(!limits.empty());
    CHECK(limits.front().key == "tpm");
    CHECK(limits.front().value == 1000);
    CHECK(limits.front().how ==
          "told by its headers: 1000; of a minute, as they tell no other period");
  }
}

TEST_CASE("a search goes on behind a restart, with the level in which it fell") {
  for (const answer how : {answer::overloaded, answer::reset}) {
    failing_endpoint one(down_from(first_level, how, milliseconds(300)));
    const found_limits found = one.find(milliseconds(5000));
    INFO(one.said << found.seen.ended);
    CHECK(found.seen.ended == "");
    CHECK(highest_tried(found) >= 2);
    CHECK(says(one.said, "requests failed ("));
    CHECK(says(one.said, "): waiting for an answer\n"));
  }
}

TEST_CASE("a search ends at the level at which the endpoint died, and says how it failed") {
  failing_endpoint one(
      [](int asked) { return asked < first_level ? answer::well : answer::overloaded; });
  const found_limits found = one.find();
  CHECK(says(found.seen.ended, "the search ended at 2 at once: "));
  CHECK(says(found.seen.ended,
             "requests failed (overloaded 503: no room), nor was one answered in "));
  CHECK(says(found.seen.ended, " s more (overloaded 503: no room)"));
  CHECK(highest_tried(found) == 1);
  CHECK(found.requests < first_level + 8);  // no whole level
  CHECK_FALSE(deduced(found.seen).empty());
}

TEST_CASE("a level that fails again and again ends the search, although single requests succeed") {
  failing_endpoint one([](int asked) {
    return asked < first_level || asked % 2 == 0 ? answer::well : answer::overloaded;
  });
  const found_limits found = one.find(milliseconds(5000));
  INFO(found.seen.ended);
  CHECK(says(found.seen.ended, "the search ended at 2 at once: "));
  CHECK(says(found.seen.ended, "requests failed (overloaded 503: no room), as in 2 tries before"));
  CHECK(highest_tried(found) == 1);
}

TEST_CASE("failures that do not pass are not waited for") {
  failing_endpoint one(
      [](int asked) { return asked < first_level ? answer::well : answer::unknown_key; });
  const found_limits found = one.find(std::chrono::hours(1));
  CHECK(says(found.seen.ended, "requests failed (authentication 401: who?)"));
  CHECK(!says(one.said, "waiting"));
  // One that comes back, but with another key.
  failing_endpoint other([](int asked) {
    if (asked < first_level) return answer::well;
    return asked < first_level + 3 ? answer::reset : answer::unknown_key;
  });
  const found_limits after = other.find(std::chrono::hours(1));
  CHECK(says(after.seen.ended, "(network"));
  CHECK(says(after.seen.ended, " s more (authentication 401: who?)"));
}

TEST_CASE("a quota is counted behind a restart in the windows of refusals") {
  found_limits found;
  std::string said;
  // On a busy machine windows may differ.
  for (int tries = 0; tries < 3 && !found.seen.first; ++tries) {
    failing_endpoint one(down_from(30, answer::reset, milliseconds(300)), 100);
    found = one.find(milliseconds(5000));
    said = one.said;
  }
  INFO(found.seen.ended << said);
  CHECK(says(said, "requests failed (network: "));
  REQUIRE(found.seen.first.has_value());
  const auto admitted = static_cast<double>(found.seen.first->admitted);
  CHECK(admitted == doctest::Approx(50).epsilon(0.3));
}

TEST_CASE("an endpoint that dies in a window says which quota is not known, and why") {
  failing_endpoint one([](int asked) { return asked < 30 ? answer::well : answer::reset; }, 100);
  const found_limits found = one.find();
  CHECK(found.seen.has_refused);
  CHECK_FALSE(found.seen.first.has_value());
  CHECK(found.seen.ended.starts_with("requests are refused (429), and no quota shows: "));
  CHECK(says(found.seen.ended, "requests failed (network: "));
  CHECK(says(found.seen.ended, "nor was one answered in "));
}

TEST_CASE("windows that tell no quota say so") {
  failing_endpoint nothing_more([](int) { return answer::well; }, 1e-9);
  const found_limits found = nothing_more.find();
  CHECK(found.seen.ended ==
        "requests are refused (429), and no quota shows: none was admitted in 0.5 s");
}

TEST_CASE("a usage that tells nothing of the prompt leaves a quota of requests") {
  found_limits found;
  for (int tries = 0; tries < 3 && !found.seen.longer; ++tries) {
    failing_endpoint one([](int) { return answer::well; }, 100);
    found = one.find();
  }
  INFO(found.seen.ended);
  REQUIRE(found.seen.longer.has_value());
  const auto limits = deduced(found.seen);
  REQUIRE(limits.size() == 2);
  CHECK(limits[0].key == "rpm");
  CHECK(says(limits[0].how, "; its usage does not tell the prompts' tokens"));
}
