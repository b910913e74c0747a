#include "engine/run/feeder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <set>

#include "tests/support/record_rig.hpp"

using namespace retort;
using namespace retort::engine;
using test::completion_answer;
using test::error_answer;
using test::http_request;
using test::key;
using test::question_in;
using test::right_completion;
using test::sum_rows;
using rig = test::record_rig;

namespace {

constexpr const char* in_an_hour = "Retry-After: 3600\r\n";

}  // namespace

TEST_CASE("what is settled is not asked again, variant by variant") {
  rig all(right_completion);
  all.settings.models.resize(2, all.settings.models[0]);
  all.settled = {{0, 0, 0}, {0, 1, 0}, {1, 1, 0}};
  const auto samples = all.finish(sum_rows(0, 3));
  REQUIRE(samples.size() == 3);
  std::set<std::pair<std::uint64_t, std::uint32_t>> keys;
  for (const auto& one : samples) keys.emplace(one.key.ordinal, one.key.variant);
  CHECK(keys == std::set<std::pair<std::uint64_t, std::uint32_t>>{{1, 0}, {2, 0}, {2, 1}});
}

TEST_CASE("a dataset that cannot be read on stops the run") {
  rig all(right_completion);
  all.dataset = "data.csv";
  CHECK(all.finish("id,id\n1,2\n").empty());
  CHECK(all.status == exit_status::bad_input);
  CHECK(all.reason.starts_with(all.directory.path() + "/data.csv"));
}

TEST_CASE("when a thousand samples sleep, no further row is begun") {
  // Every third one is refused: were it most of them, the gate would close before.
  rig all([](const http_request& asked) -> std::optional<std::string> {
    if (question_in(asked) % 3 == 0) return error_answer(429, "", in_an_hour);
    return right_completion(asked);
  });
  constexpr std::uint64_t most = 1024;
  all.start(sum_rows(0, 4000));
  all.until(
      [&] { return all.counts().backing_off == most && all.run().asking.relief.size() == 1; });
  all.context.poll();
  CHECK(all.run().asking.under_way <= most + 1);  // one may have been on its way
  CHECK(all.counts().requests < 3 * most + 4);
  all.stop(exit_status::stopped, "");
  CHECK(all.finish().size() >= 2 * most - 4);
}

TEST_CASE("when much waits for the disk, no further row is begun until it is written") {
  std::atomic<bool> disk_is_slow = true;
  rig all([](const http_request&) { return completion_answer(std::string(1 << 20, 'x')); });
  all.settings.evaluate.clear();
  all.on_commit = [&] { disk_is_slow.wait(true); };
  all.start(sum_rows(0, 30));
  all.until([&] {
    return all.run().asking.gates[0]->waiting() == 0 &&
           all.run().asking.gates[0]->in_flight() == 0 && all.run().asking.relief.size() == 1;
  });
  CHECK(all.counts().accepted > 2);
  CHECK(all.counts().accepted < 6);  // 2 MB, the line that is being told of and one on its way
  disk_is_slow = false;
  disk_is_slow.notify_all();
  CHECK(all.finish().size() == 30);
}
