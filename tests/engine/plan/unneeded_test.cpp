#include "engine/plan/unneeded.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace retort::engine;

namespace {

config asking(std::uint32_t n, std::uint32_t until_accepted) {
  config out;
  out.models.resize(1);
  out.samples.n = n;
  out.samples.until_accepted = until_accepted;
  return out;
}

// Records, each by its samples: accepted, rejected, failed for good, open. "-": no line.
done_set ledger(const way_plan& plan, const std::vector<std::string>& records) {
  done_set out(plan.layout());
  for (std::uint64_t ordinal = 0; ordinal < records.size(); ++ordinal) {
    for (std::uint32_t k = 0; k < records[ordinal].size(); ++k) {
      const char c = records[ordinal][k];
      if (c == '-') continue;
      const verdict what = c == 'a'   ? verdict::accepted
                           : c == 'r' ? verdict::rejected
                                      : verdict::failed;
      out.note({ordinal, 0, k}, what, c == 'o');
    }
  }
  return out;
}

std::string unneeded_in(const config& run, const std::vector<std::string>& records) {
  const way_plan plan(run);
  const done_set done = ledger(plan, records);
  std::string out;
  for_unneeded(done, plan, [&out](const sample_key& key) {
    out += std::to_string(key.ordinal) + "." + std::to_string(key.k) + " ";
  });
  const auto times = static_cast<std::uint64_t>(std::ranges::count(out, ' '));
  CHECK(failures_of(done, plan) + times == done.failed());
  return out;
}

}  // namespace

TEST_CASE("what failed beside enough accepted answers is needed no more, unless it is settled") {
  const config run = asking(3, 1);
  CHECK(unneeded_in(run, {"ao-", "oao", "ooo", "ror", "far", "-oa"}) == "0.1 1.0 1.2 5.1 ");
  CHECK(unneeded_in(asking(3, 2), {"aoo", "aao"}) == "1.2 ");
}

TEST_CASE("where all are asked for, every failure counts") {
  CHECK(unneeded_in(asking(3, 0), {"aao", "ooo", "aaf"}) == "");
  CHECK(unneeded_in(asking(1, 0), {"o", "a", "f"}) == "");
}

TEST_CASE("behind an escalation that was not needed, nothing of the next model is") {
  config run = asking(2, 1);
  run.models.resize(2);
  run.escalate = true;
  CHECK(unneeded_in(run, {"ra"}) == "");
  done_set done(way_plan(run).layout());
  done.note({0, 0, 0}, verdict::accepted, false);
  done.note({0, 1, 0}, verdict::failed, true);  // asked while the first was judged otherwise
  CHECK(failures_of(done, way_plan(run)) == 0);
}
