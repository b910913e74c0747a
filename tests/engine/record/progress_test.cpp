#include "engine/record/progress.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <cmath>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using namespace retort::engine;
using seconds = std::chrono::duration<double>;

namespace {

progress_snapshot half_way() {
  progress_snapshot at;
  at.total = 2000;
  at.accepted = 900;
  at.rejected = 90;
  at.failed = 10;
  at.in_flight = 32;
  at.retries = 7;
  at.elapsed = seconds(50);
  at.requests_per_s = 20;
  at.tokens_per_s = 12345.6;
  return at;
}

}  // namespace

TEST_CASE("durations as people write them") {
  struct {
    double time;
    const char* text;
  } const table[] = {{0, "0:00"},       {0.4, "0:00"},       {0.5, "0:01"},     {9, "0:09"},
                     {59.6, "1:00"},    {61, "1:01"},        {3599.4, "59:59"}, {3599.5, "1:00:00"},
                     {3723, "1:02:03"}, {90000, "25:00:00"}, {-5, "0:00"}};
  for (const auto& [time, text] : table) CHECK(duration_text(seconds(time)) == text);
}

TEST_CASE("the line of a run under way") {
  CHECK(progress_line(half_way()) ==
        "1,000/2,000 (50 %) · 900 accepted, 90 rejected, 10 failed · 20.0 req/s, 12,346 tok/s · "
        "32 in flight · 7 retries · ETA 0:50");
}

TEST_CASE("the line of a run that has just begun, its total unknown") {
  CHECK(progress_line({}) ==
        "0 · 0 accepted, 0 rejected, 0 failed · 0.0 req/s, 0.0 tok/s · 0 in flight · 0 retries");
}

TEST_CASE("what is rare is said only where it happens") {
  progress_snapshot at = half_way();
  at.backing_off = 3;
  at.skipped_rows = 1234;
  at.stopping = true;
  CHECK(progress_line(at) ==
        "1,000/2,000 (50 %) · 900 accepted, 90 rejected, 10 failed · 20.0 req/s, 12,346 tok/s · "
        "32 in flight, 3 backing off · 7 retries · 1,234 bad rows · stopping");
}

TEST_CASE("the part done is rounded down: 100 % is said of what is whole") {
  struct {
    std::uint64_t done, total;
    const char* text;
  } const table[] = {{0, 7, "0/7 (0 %)"},
                     {1999, 2000, "1,999/2,000 (99 %)"},
                     {2000, 2000, "2,000/2,000 (100 %)"},
                     {0, 0, "0/0 (100 %)"},
                     {1, 3'000'000, "1/3,000,000 (0 %)"}};
  for (const auto& [done, total, text] : table) {
    progress_snapshot at;
    at.accepted = done;
    at.total = total;
    CHECK(progress_line(at).starts_with(std::string(text) + " · "));
  }
}

TEST_CASE("the ETA is what is left at the rate of this process") {
  struct {
    std::uint64_t resumed, done;
    double elapsed;
    const char* eta;  // "" when there is none to tell
  } const table[] = {{0, 1000, 50, "0:50"}, {500, 1000, 50, "1:40"}, {0, 1, 1, "33:19"},
                     {1000, 1000, 50, ""},  {0, 2000, 50, ""},       {0, 0, 50, ""},
                     {0, 1000, 0, ""}};
  for (const auto& [resumed, done, elapsed, eta] : table) {
    CAPTURE(done);
    progress_snapshot at;
    at.total = 2000;
    at.resumed = resumed;
    at.accepted = done;
    at.elapsed = seconds(elapsed);
    const std::string line = progress_line(at);
    if (*eta) {
      CHECK(line.ends_with(std::string(" · ETA ") + eta));
    } else {
      CHECK(line.find("ETA") == std::string::npos);
    }
    at.total.reset();
    CHECK(progress_line(at).find("ETA") == std::string::npos);
  }
}

TEST_CASE("the first rates are those since the beginning") {
  progress_snapshot now;
  now.requests = 30;
  now.input_tokens = 400;
  now.output_tokens = 200;
  now.elapsed = seconds(2);
  set_rates(now, {});
  CHECK(now.requests_per_s == doctest::Approx(15));
  CHECK(now.tokens_per_s == doctest::Approx(300));
}

TEST_CASE("later rates are smoothed over about five seconds") {
  progress_snapshot before;
  before.elapsed = seconds(10);
  before.requests = 1000;
  before.requests_per_s = 100;
  progress_snapshot now = before;
  now.elapsed = seconds(15);
  now.requests = 1000;  // nothing for five seconds
  set_rates(now, before);
  CHECK(now.requests_per_s == doctest::Approx(100 / std::exp(1)));

  progress_snapshot quick = before;
  quick.elapsed = seconds(10.001);
  quick.requests = 1001;  // one in a millisecond is no rate of a thousand
  set_rates(quick, before);
  CHECK(quick.requests_per_s == doctest::Approx(100).epsilon(0.01));
}

TEST_CASE("a steady rate stays what it is, however often it is looked at") {
  for (const double step : {0.01, 0.2, 1.0, 5.0, 60.0}) {
    progress_snapshot before;
    for (int i = 1; i <= 100; ++i) {
      progress_snapshot now;
      now.elapsed = seconds(step * i);
      now.requests = static_cast<std::uint64_t>(i) * 10;
      set_rates(now, before);
      before = now;
    }
    CHECK(before.requests_per_s == doctest::Approx(10 / step));
  }
}

TEST_CASE("no time, no rate") {
  progress_snapshot now;
  now.requests = 5;
  set_rates(now, now);
  CHECK(now.requests_per_s == 0);
}

TEST_CASE("the JSON says everything, and leaves the total out while it is unknown") {
  progress_snapshot at = half_way();
  at.resumed = 100;
  at.skipped_rows = 2;
  at.requests = 1007;
  at.input_tokens = 5;
  at.output_tokens = 6;
  at.backing_off = 3;
  at.stopping = true;
  CHECK(progress_json(at) ==
        R"({"event":"progress","total":2000,"done":1000,"resumed":100,"accepted":900,)"
        R"("rejected":90,"failed":10,"skipped_rows":2,"requests":1007,"retries":7,)"
        R"("input_tokens":5,"output_tokens":6,"in_flight":32,"backing_off":3,"elapsed_s":50,)"
        R"("requests_per_s":20,"tokens_per_s":12345.6,"stopping":true})");
  simdjson::dom::parser parser;
  for (const progress_snapshot& each : {at, progress_snapshot()}) {
    simdjson::dom::element root;
    REQUIRE(!parser.parse(progress_json(each)).get(root));
    CHECK((root["total"].error() == simdjson::SUCCESS) == each.total.has_value());
  }
}

TEST_CASE("while the dataset is read, the total is about what its bytes say, and the ETA with it") {
  progress_snapshot at = half_way();
  at.total.reset();
  at.total_about = 4000;
  const std::string line = progress_line(at);
  CHECK(line.starts_with("1,000/~4,000 (25 %) · "));
  CHECK(line.ends_with(" · ETA 2:30"));
  CHECK(progress_json(at).find("\"total_about\":4000") != std::string::npos);
  CHECK(progress_json(at).find("\"total\":") == std::string::npos);
  at.total_about = 900;  // a poor guess is never passed
  CHECK(progress_line(at).starts_with("1,000/~1,001 (99 %) · "));
}

TEST_CASE("the rows of a terminal say the same, under a bar") {
  progress_snapshot at = half_way();
  at.input_tokens = 123456;
  at.output_tokens = 7;
  at.usd = 1.5;
  at.bound_by = "request quota";
  const auto rows = progress_rows(at, 200);
  REQUIRE(rows.size() == 4);
  CHECK(rows[0] == "███████████████░░░░░░░░░░░░░░░ 1,000/2,000 (50 %) · ETA 0:50");
  CHECK(rows[1] == "900 accepted, 90 rejected, 10 failed");
  CHECK(rows[2] == "20.0 req/s, 12,346 tok/s · 32 in flight · 7 retries · bound by request quota");
  CHECK(rows[3] == "123,456 tokens in, 7 out · 1.50 of about 3.00 USD");
}

TEST_CASE("the bar takes what room there is, and is full only of what is whole") {
  const auto bar_of = [](std::uint64_t done, std::size_t columns) {
    progress_snapshot at;
    at.total = 1000;
    at.accepted = done;
    return progress_rows(at, columns)[0];
  };
  CHECK(bar_of(0, 36) == "░░░░░░░░░░░░░░░░░░░░░░ 0/1,000 (0 %)");
  CHECK(bar_of(999, 22) == "████░ 999/1,000 (99 %)");
  CHECK(bar_of(999, 20) == "999/1,000 (99 %)");
  CHECK(bar_of(1000, 100) == "██████████████████████████████ 1,000/1,000 (100 %)");
  CHECK(progress_rows({}, 100)[0] == "0");
}

TEST_CASE("what is left is expected to cost what was done by this process") {
  progress_snapshot at = half_way();  // 1,000 of 2,000
  CHECK(!at.usd_expected());
  at.usd = 0.25;
  CHECK(at.usd_expected() == doctest::Approx(0.5));
  at.resumed = 500;  // 500 cost 0.25, 1,000 are left
  CHECK(at.usd_expected() == doctest::Approx(0.75));
  at.resumed = 1000;
  CHECK(!at.usd_expected());
  CHECK(progress_line(at).ends_with(" · 0.2500 USD"));
  at.usd = 0;
  CHECK(progress_line(at).find("USD") == std::string::npos);
}

TEST_CASE("every member of the JSON is explained on its page") {
  progress_snapshot at = half_way();
  at.usd = 1;
  at.bound_by = "CPU";
  const std::string page = test::content_of(test::in_source("engine/record/events.md"));
  simdjson::dom::parser parser;
  const std::string about = [&] {
    progress_snapshot early = at;
    early.total.reset();
    early.total_about = 7;
    return progress_json(early);
  }();
  for (const std::string& text : {progress_json(at), about}) {
    simdjson::dom::object members;
    REQUIRE(!parser.parse(text).get(members));
    for (const auto& [key, value] : members) {
      CAPTURE(key);
      CHECK(page.find("| `" + std::string(key) + "` |") != std::string::npos);
    }
  }
}

TEST_CASE("where a plan may end early the total is what there is at most, and no ETA goes by it") {
  progress_snapshot at = half_way();
  at.is_at_most = true;
  CHECK(progress_line(at).starts_with("1,000 of at most 2,000 · "));
  CHECK(progress_line(at).find("ETA") == std::string::npos);
  at.total_about = 1500;
  CHECK(progress_line(at).starts_with("1,000/~1,500 (66 %, at most 2,000) · "));
  CHECK(progress_line(at).ends_with(" · ETA 0:25"));
  at.usd = 2;
  CHECK(at.usd_expected() == 3);
  CHECK(progress_json(at).find(R"("total":2000,"total_about":1500)") != std::string::npos);
}
