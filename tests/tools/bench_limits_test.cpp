// `retort bench --find-limits`, by the real program against mocks of known quotas.
#include "tools/bench_limits.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using words = std::vector<std::string>;

bool says(const std::string& text, std::string_view what) { return text.find(what) != text.npos; }

mock::options provider() {
  mock::options out;
  out.answer = mock::answer_style::text;
  out.output_tokens = 20;
  out.latency_ms = 5;
  return out;
}

outcome find_limits(const rehearsal& all, const words& flags) {
  words line = {"bench",           "--find-limits",
                "--url",           all.provider().base_url(),
                "--model",         "m",
                "--set",           "models.0.ca_file=ca.pem",
                "--input-tokens",  "30",
                "--output-tokens", "20"};
  line.insert(line.end(), flags.begin(), flags.end());
  return finish(all.start(line));
}

double value_in(const std::string& text, const std::string& key) {
  const auto at = text.find("  " + key + ": ");
  return at == text.npos ? 0 : std::strtod(text.c_str() + at + key.size() + 4, nullptr);
}

}  // namespace

TEST_CASE("a quota that headers tell is taken as they tell it, without a window of refusals") {
  mock::options quota = provider();
  quota.rpm = 600;
  const rehearsal all(1, quota);
  // A judge's limits are not asked for: of this one there would be nobody to ask.
  const std::string judged =
      R"(evaluate=[{judge: {prompt: "{{completion}}", scale: [0, 1], model: )"
      R"({provider: vllm, model: j, serve: {command: "s {port}"}}}}])";
  const outcome left = find_limits(all, {"--spend", "3000req", "--set", judged});
  INFO(left.errors << left.output);
  CHECK(left.status == 0);
  CHECK(!says(left.errors, " j: looking"));
  CHECK(value_in(left.output, "rpm") == 600);
  CHECK(says(left.output, "# told by its headers: 600; of a minute"));
  CHECK(value_in(left.output, "concurrency") >= 1);
}

TEST_CASE("a quota of requests that only 429s show is counted in a window of refusals") {
  mock::options quota = provider();
  quota.rpm = 1200;
  quota.burst_s = 1;
  quota.no_limit_headers = true;
  const rehearsal all(1, quota);
  const outcome left = find_limits(all, {"--spend", "20000req", "--duration", "2"});
  INFO(left.errors << left.output);
  CHECK(left.status == 0);
  CHECK(says(left.output, "requests admitted in 2 s of refusals"));
  CHECK(value_in(left.output, "rpm") <= 1250);
  CHECK(value_in(left.output, "rpm") >= 400);  // less where the machine stood still
}

TEST_CASE("a quota of tokens is told from one of requests by longer prompts") {
  mock::options quota = provider();
  quota.tpm = 120'000;
  quota.burst_s = 1;
  quota.no_limit_headers = true;
  const rehearsal all(1, quota);
  outcome left = find_limits(all, {"--spend", "20000req", "--duration", "2"});
  // Where the machine stood still it says that it cannot tell.
  for (int again = 0; again < 2 && left.status == 3; ++again) {
    left = find_limits(all, {"--spend", "20000req", "--duration", "2"});
  }
  INFO(left.errors << left.output);
  CHECK(left.status == 0);
  CHECK(says(left.output, "tokens admitted in 2 s of refusals"));
  CHECK(value_in(left.output, "tpm") <= 130'000);
  CHECK(value_in(left.output, "tpm") >= 40'000);
}

TEST_CASE("no more is sent than the spend has room for, and what was found is printed") {
  const rehearsal all(1, provider());
  const outcome left = find_limits(all, {"--spend", "12req"});
  CHECK(left.status == 3);
  CHECK(all.seen().requests == 12);
  CHECK(says(left.output, "# the spend was used up before all was seen"));
  CHECK(says(left.output, "    limits:\n      concurrency: 1"));
  CHECK(left.errors.ends_with("/v1: the spend was used up before all was seen\n"));
  const outcome dollars =
      find_limits(all, {"--spend", "0.001usd", "--set", "models.0.price={input: 10, output: 10}"});
  INFO(dollars.errors << dollars.output);
  CHECK(dollars.status == 1);  // not one request fits
  CHECK(all.seen().requests == 12);
  CHECK(says(dollars.output, "# nothing was found\n"));
  CHECK(says(dollars.errors, "/v1: one request may cost 0.0"));
  CHECK(says(dollars.errors, "more than is left of the spend (0 of 0.001 spent)\n"));
}

TEST_CASE("a spend in dollars counts all that is sent at its worst, not the messages alone") {
  const rehearsal all(1, provider());
  const words flags = {"--spend", "0.3usd", "--set", "models.0.price={input: 100, output: 1}"};
  words besides = flags;
  besides.insert(besides.end(), {"--set", "sampling.extra={note: " + std::string(5000, 'x') + "}"});
  const outcome large = find_limits(all, besides);
  INFO(large.errors << large.output);
  CHECK(large.status == 1);
  CHECK(all.seen().requests == 0);
  find_limits(all, flags);
  CHECK(all.seen().requests > 0);
}

TEST_CASE(
    "a quota that does not show is said, with status 3 beside what was found and 1 of nothing") {
  mock::options quota = provider();
  quota.no_limit_headers = true;
  quota.rpm = 6;
  const char* const why =
      "requests are refused (429), and no quota shows: none was admitted in 0.5 s";
  const std::string reason = fmt::format("{}\n", why);
  quota.burst_s = 120;  // of the first request and one level
  const rehearsal some(1, quota);
  const outcome part = find_limits(some, {"--spend", "500req", "--duration", "0.5"});
  INFO(part.errors << part.output);
  CHECK(part.status == 3);
  CHECK(says(
      part.output,
      fmt::format("# {}\n# below its entry of models:\n    limits:\n      concurrency: 1 ", why)));
  CHECK(part.errors.ends_with("/v1: " + reason));
  // Whichever endpoint comes first.
  const rehearsal beside(1, quota);
  const std::string two = fmt::format(
      "models=[{{provider: openai, model: m, base_url: \"{}\", ca_file: ca.pem}}, "
      "{{provider: openai, model: n, base_url: \"http://127.0.0.1:1/v1\"}}]",
      beside.provider().base_url());
  const outcome both = finish(beside.start({"bench", "run.yaml", "--find-limits", "--spend",
                                            "500req", "--duration", "0.5", "--set", two}));
  INFO(both.errors << both.output);
  CHECK(both.status == 1);
  CHECK(says(both.errors, reason));
  CHECK(says(both.output, "    limits:\n      concurrency: 1 "));
  CHECK(says(both.errors, "the first request failed: network"));
  quota.burst_s = 10;
  const rehearsal all(1, quota);
  const outcome none = find_limits(all, {"--spend", "500req", "--duration", "0.5"});
  INFO(none.errors << none.output);
  CHECK(none.status == 1);
  CHECK(says(none.output, fmt::format("# {}\n# nothing was found\n", why)));
  CHECK(none.errors.ends_with("/v1: " + reason));
}

TEST_CASE("what has no limits to find is one line and its status") {
  struct row {
    words flags;
    int status;
    const char* line;
  };
  const row table[] = {
      {{}, 2, "--find-limits requires --spend"},
      {{"--spend", "5"}, 2, "as in 500req, 0.50usd"},
      {{"--spend", "1usd"}, 2, "--spend in usd needs the price of m"},
      {{"--spend", "5req", "--concurrency", "4"}, 2, "excludes"},
      {{"--spend", "5req", "--json", "x"}, 2, "excludes"},
  };
  const rehearsal all(1, provider());
  for (const row& one : table) {
    CAPTURE(std::string(one.line));
    const outcome left = find_limits(all, one.flags);
    CAPTURE(left.errors);
    CHECK(left.status == one.status);
    CHECK(left.output == "");
    CHECK(says(left.errors, one.line));
    CHECK(std::ranges::count(left.errors, '\n') == 1);
  }
  CHECK(all.seen().requests == 0);
  const outcome dead = finish(all.start({"bench", "--find-limits", "--spend", "5req", "--url",
                                         "http://127.0.0.1:1/v1", "--model", "m"}));
  CHECK(dead.status == 1);
  CHECK(says(dead.errors, "the first request failed: network"));
}
