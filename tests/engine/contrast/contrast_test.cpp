#include "engine/contrast/contrast.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace retort::engine;

namespace {

measured_load at(double concurrency, double ttft_ms) {
  measured_load out;
  out.shape.concurrency = concurrency;
  out.input_tokens = 100;
  out.output_tokens = 50;
  out.values = {{"ttft_p50", ttft_ms}, {"requests_per_s", 1000 / ttft_ms}, {"failed", 0}};
  return out;
}

// Values about this one, a tenth up and down.
measured_load with_values(double concurrency, double ttft_ms, int count) {
  measured_load out = at(concurrency, ttft_ms);
  std::vector<std::pair<double, std::uint64_t>> values;
  for (int i = 0; i < count; ++i) {
    values.emplace_back(ttft_ms * (0.9 + 0.2 * i / static_cast<double>(count)), 1);
  }
  out.values.erase("ttft_p50");
  add_figures(out, metric::ttft, {std::move(values), 0});
  return out;
}

benchmark_file file(std::string path, std::vector<measured_load> loads) {
  return {std::move(path), "retort 1", std::move(loads)};
}

std::string why_not(const benchmark_file& one, const benchmark_file& other,
                    const char* limits = "") {
  const auto made = hold_against(
      one, other, *limits ? parse_limits(limits).value() : std::vector<stated_limit>{});
  return made ? "" : made.error().message;
}

const figure_change& change(const contrast& of, const std::string& name) {
  return *std::ranges::find_if(of.loads.front().figures,
                               [&](const figure_change& one) { return one.of->name == name; });
}

bool says(const std::string& text, std::string_view what) { return text.find(what) != text.npos; }

}  // namespace

TEST_CASE("requests that are made otherwise are another load") {
  measured_load plain = at(4, 10), cancels = at(4, 10), other_tool = at(4, 10);
  plain.workload.emplace();
  cancels.workload.emplace()["cancel"] = R"({"share":0.2})";
  CHECK(why_not(file("a", {plain}), file("b", {plain})) == "");
  CHECK(why_not(file("a", {cancels}), file("b", {cancels})) == "");
  CHECK(why_not(file("a", {cancels}), file("b", {other_tool})) == "");  // does not tell
  CHECK(why_not(file("a", {plain}), file("b", {cancels})) ==
        "a and b are unlike runs: workload.cancel is none and {\"share\":0.2}");
  CHECK(why_not(file("a", {cancels}), file("b", {plain})) ==
        "a and b are unlike runs: workload.cancel is {\"share\":0.2} and none");
}

TEST_CASE("figures of the same load are held against each other; without values side by side") {
  const auto made =
      hold_against(file("a", {at(4, 10), at(8, 20)}), file("b", {at(8, 22), at(4, 10)}), {})
          .value();
  REQUIRE(made.loads.size() == 2);
  CHECK(made.loads[1].load == "concurrency 8");
  CHECK(made.loads[1].figures.size() == 3);
  CHECK(change(made, "ttft_p50").by.value == 0);
  CHECK(change(made, "ttft_p50").interval == drawn_from::nothing);
  CHECK(made.missing.empty());
}

TEST_CASE("values of requests give an interval, repeated runs one of the runs") {
  const auto single =
      hold_against(file("a", {with_values(4, 10, 100)}), file("b", {with_values(4, 12, 100)}), {})
          .value();
  CHECK(change(single, "ttft_p50").interval == drawn_from::requests);
  CHECK(*change(single, "ttft_p50").by.low > 0.15);
  CHECK(*change(single, "ttft_p50").by.high < 0.25);
  const auto repeats =
      hold_against(file("a", {at(4, 10), at(4, 10.1)}), file("b", {at(4, 11), at(4, 11.1)}), {})
          .value();
  REQUIRE(repeats.loads.size() == 1);
  CHECK(change(repeats, "ttft_p50").interval == drawn_from::runs);
}

TEST_CASE("a limit is exceeded by a change beyond it that is no chance") {
  const auto first = file("a", {with_values(4, 10, 100)});
  const auto worse = [&](double ttft, int count, const char* limit) {
    return hold_against(first, file("b", {with_values(4, ttft, count)}),
                        parse_limits(limit).value())
        .value();
  };
  CHECK(worse(12, 100, "ttft_p50=+10%").is_any_exceeded());
  CHECK_FALSE(worse(12, 100, "ttft_p50=+30%").is_any_exceeded());
  CHECK(worse(12, 100, "ttft_p50=+1ms").is_any_exceeded());
  CHECK_FALSE(worse(12, 100, "ttft_p50=+3ms").is_any_exceeded());
  CHECK_FALSE(worse(8, 100, "ttft_p50=+1%").is_any_exceeded());
  CHECK(worse(12, 100, "requests_per_s=-10%").is_any_exceeded());
  const auto chance = worse(10.1, 20, "ttft_p50=+0.1%");
  CHECK_FALSE(chance.is_any_exceeded());
  CHECK(says(chance.loads[0].limits[0].why, "may be chance"));
}

TEST_CASE("failures are held against each other in points: of none there is no multiple") {
  auto failing = at(4, 10);
  failing.values["failed"] = 0.02;
  const auto made =
      hold_against(file("a", {at(4, 10)}), file("b", {failing}), parse_limits("failed=+1%").value())
          .value();
  CHECK(change(made, "failed").by.value == doctest::Approx(0.02));
  CHECK(made.is_any_exceeded());
}

TEST_CASE("unlike runs are one line that says in what") {
  auto longer = at(4, 10), longer_input = at(4, 10), whole = at(4, 10), stream = at(4, 10);
  longer.output_tokens = 56;
  longer_input.input_tokens = 80;
  whole.streams = false;
  stream.streams = true;
  const auto first = file("a", {at(4, 10)});
  CHECK(
      why_not(first, file("b", {longer})) ==
      "a and b are unlike runs: at concurrency 4 a request has 50 output tokens and 56, over 10 % "
      "apart");
  CHECK(says(why_not(first, file("b", {longer_input})), "100 input tokens and 80"));
  CHECK(says(why_not(file("a", {stream}), file("b", {whole})), "of the other in one piece"));
  CHECK(why_not(first, file("b", {at(8, 10)})) ==
        "a and b are unlike runs: they share no load (concurrency 4 and concurrency 8)");
  auto poisson = at(4, 10), constant = at(4, 10);
  poisson.shape = shape_called("10/s poisson");
  constant.shape = shape_called("10/s constant");
  CHECK(says(why_not(file("a", {poisson}), file("b", {constant})),
             "no load (10/s poisson and 10/s constant)"));
  auto bare = at(4, 10);
  bare.values = {{"e2e_p50", 1}};
  CHECK(says(why_not(first, file("b", {bare})), "no figure is told by both"));
}

TEST_CASE("a limit's figure that a file does not tell is one line") {
  CHECK(
      why_not(file("a", {at(4, 10)}), file("b", {at(4, 10)}), "e2e_p99=+1%") ==
      "--fail-if \"e2e_p99=+1%\": at concurrency 4 a does not tell e2e_p99 (of retort's, it needs "
      "662 requests at each level: --requests 662)");
}

TEST_CASE("a load that one has alone is said, and which") {
  const auto made =
      hold_against(file("a", {at(4, 10), at(16, 10)}), file("b", {at(4, 10), at(8, 10)}), {})
          .value();
  CHECK(made.missing == std::vector<std::string>{"concurrency 16"});
  CHECK(made.notes == std::vector<std::string>{"concurrency 8 is in b alone"});
}

TEST_CASE("endpoints are told apart where a file has several; of one each the names may differ") {
  auto near = at(4, 10), far = at(4, 30), other = at(4, 11);
  near.endpoint = "near";
  far.endpoint = "far";
  far.place = 1;
  other.endpoint = "else";
  CHECK(hold_against(file("a", {near}), file("b", {other}), {}).has_value());
  const auto made = hold_against(file("a", {near, far}), file("b", {near, far}), {}).value();
  REQUIRE(made.loads.size() == 2);
  CHECK(made.loads[1].load == "concurrency 4 of far ");
  CHECK(made.loads[1].figures.front().by.value == 0);
}

TEST_CASE("several entries of one endpoint and model are told apart by their number") {
  auto one = at(4, 10), two = at(4, 30), longer = at(4, 20);
  one.endpoint = two.endpoint = longer.endpoint = "near";
  one.place = 0;
  two.place = 1;
  longer.place = 2;
  longer.output_tokens = 500;
  const auto both = file("a", {one, two, longer});
  const auto made = hold_against(both, both, {}).value();
  REQUIRE(made.loads.size() == 3);
  CHECK(made.loads[1].load == "concurrency 4 of near  (entry 1)");
  for (const auto& load : made.loads) {
    for (const auto& each : load.figures) CHECK(each.first == each.other);
  }
  CHECK(hold_against(both, file("b", {one}), {}).value().missing.size() == 2);
  const auto second = hold_against(both, file("b", {two}), {}).value();
  REQUIRE(second.loads.size() == 1);
  CHECK(second.loads[0].load == "concurrency 4 of near  (entry 1)");
}

TEST_CASE("entries of an endpoint go together wherever others stand among them") {
  const auto entry = [](const char* endpoint, std::uint64_t place, double ttft_ms) {
    auto out = at(4, ttft_ms);
    out.endpoint = endpoint;
    out.place = place;
    return out;
  };
  const auto before = file("a", {entry("A", 0, 10), entry("A", 1, 20), entry("B", 2, 30)});
  const auto after = file("b", {entry("B", 0, 30), entry("A", 1, 10), entry("A", 2, 20)});
  const auto made = hold_against(before, after, {}).value();
  CHECK(made.missing.empty());
  CHECK(made.notes.empty());
  REQUIRE(made.loads.size() == 3);
  CHECK(made.loads[1].load == "concurrency 4 of A  (entry 1)");
  CHECK(made.loads[2].load == "concurrency 4 of B ");
  for (const auto& load : made.loads) {
    for (const auto& each : load.figures) CHECK(each.first == each.other);
  }
}

TEST_CASE("a file that does not tell its entries goes with one that has no two of a name") {
  auto untold = at(4, 10), far = at(4, 10), near = at(4, 10), again = at(4, 30);
  untold.endpoint = near.endpoint = again.endpoint = "near";
  far.endpoint = "far";
  far.place = 0;
  near.place = 1;
  again.place = 2;
  const auto older = file("old", {untold});
  CHECK(why_not(older, older) == "");
  CHECK(why_not(older, file("b", {far, near})) == "");
  const std::string why =
      "are unlike runs: old does not tell which entry of near  it measured, and b has several";
  CHECK(why_not(older, file("b", {near, again})) == "old and b " + why);
  CHECK(why_not(file("b", {far, near, again}), older) == "b and old " + why);
}

TEST_CASE("a load goes with the very same one before one that may be it") {
  auto vague = at(4, 10), exact = at(4, 30);
  vague.shape = exact.shape = {};
  vague.shape.rate = exact.shape.rate = 5;
  exact.shape.arrivals = "poisson";
  exact.output_tokens = 500;
  const auto both = file("a", {vague, exact});
  const auto made = hold_against(both, both, {}).value();
  REQUIRE(made.loads.size() == 2);
  CHECK(made.loads[1].figures.front().by.value == 0);
}

TEST_CASE("a load that a file does not tell is taken for the other's, and that is said") {
  auto untold = at(4, 10);
  untold.shape = {};
  const auto made = hold_against(file("a", {at(4, 10)}), file("b", {untold}), {}).value();
  CHECK(made.notes.front() == "a file does not tell its load: it is taken for the other's");
}

TEST_CASE("what makes ours another load is none where another tool does not tell it, with a note") {
  auto turns = at(4, 10), capped = at(4, 10);
  turns.shape = shape_called("concurrency 4, sessions of 3 turns");
  capped.shape = shape_called("10/s poisson, at most 3 in flight");
  auto open = at(4, 10);
  open.shape.rate = 10;
  open.shape.concurrency.reset();
  CHECK(
      hold_against(file("a", {turns}), file("b", {at(4, 10)}), {}).value().notes ==
      std::vector<std::string>{"concurrency 4, sessions of 3 turns is held against concurrency 4: "
                               "what a file does not tell is taken for the other's"});
  CHECK(hold_against(file("a", {capped}), file("b", {open}), {}).value().notes.size() == 1);
  CHECK(hold_against(file("a", {turns}), file("b", {at(5, 10)}), {}).has_error());
  auto plain = at(4, 10);
  plain.shape = shape_called("concurrency 4");
  CHECK(says(why_not(file("a", {turns}), file("b", {plain})), "they share no load"));
  const auto untold = shape_called("");
  CHECK_FALSE(untold.is_told());
  CHECK(shape_called("concurrency x, at most y in flight").called ==
        "concurrency x, at most y in flight");
}

TEST_CASE("what was DEGRADED stays so, and tools differ") {
  auto late = at(4, 10);
  late.doubt = "late";
  auto others = file("b", {late});
  others.tool = "vLLM";
  const auto made = hold_against(file("a", {at(4, 10)}), others, {}).value();
  CHECK(made.loads[0].doubts == std::vector<std::string>{"b: DEGRADED: late"});
  CHECK(says(made.notes.front(), "retort 1 and vLLM do not begin their clocks at the same moment"));
}
