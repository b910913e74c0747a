#include "engine/export/unfinished.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "engine/plan/way_plan.hpp"

using namespace retort::engine;

namespace {

config until_one() {
  config out;
  out.models.resize(1);
  out.samples.n = 3;
  out.samples.until_accepted = 1;
  return out;
}

// By record a word, in it by slot a letter: accepted, rejected, failed, open failure, - for
// nothing.
done_set made_of(const config& run, std::string_view records) {
  const way_plan plan(run);
  done_set out(plan.layout());
  sample_key key;
  std::uint32_t slot = 0;
  for (const char what : records) {
    if (what == ' ') ++key.ordinal, slot = 0;
    if (what == ' ') continue;
    const std::uint64_t ordinal = key.ordinal;
    key = plan.layout().key_of(slot++);
    key.ordinal = ordinal;
    if (what == 'a') out.note(key, verdict::accepted, false);
    if (what == 'r') out.note(key, verdict::rejected, false);
    if (what == 'f' || what == 'o') out.note(key, verdict::failed, what == 'o');
  }
  return out;
}

std::uint64_t count(const config& run, std::string_view now, std::string_view by_word) {
  return count_unfinished(run, made_of(run, now), made_of(run, by_word));
}

}  // namespace

TEST_CASE("a record whose accepted sample is none any more wants another, if it may have one") {
  const config run = until_one();
  CHECK(count(run, "r", "a") == 1);
  CHECK(count(run, "ra", "aa") == 0);
  CHECK(count(run, "rrr", "rra") == 0);  // all were asked
  CHECK(count(run, "rr a rrr rr rf", "ra a rrr aa af") == 3);
}

TEST_CASE("of records that are as they were left none wants more") {
  const config run = until_one();
  for (const char* const one : {"a", "ra", "-a", "oa", "rrr", "fff", "ooo", "roo", "-", ""}) {
    CAPTURE(one);
    CHECK(count(run, one, one) == 0);
  }
  config all = until_one();
  all.samples.until_accepted = 0;
  CHECK(count(all, "rrr arr", "aaa aaa") == 0);
  all.samples.n = 1;
  CHECK(count(all, "r o", "a o") == 0);
}

TEST_CASE("a model is asked where the one before has none accepted any more") {
  config run = until_one();
  run.models.resize(2);
  run.samples.n = 1;
  run.samples.until_accepted = 0;
  run.escalate = true;
  CHECK(count(run, "r a rr ra", "a a aa ra") == 1);
}

TEST_CASE("what a run would pass over does not want more") {
  config run = until_one();
  run.dataset.limit = 2;
  CHECK(count(run, "r r r", "a a a") == 2);
  run.dataset.limit.reset();
  CHECK(count(run, "ro", "ro") == 1);
  // Its row may have been none for the sample that is not there.
  run.dataset.on_error = on_error::skip;
  CHECK(count(run, "ro", "ro") == 0);
  CHECK(count(run, "r", "a") == 1);
  // Its row is none any more: the fold has the sample nowhere.
  CHECK(count(run, "r-", "ra") == 0);
  CHECK(count(run, "-", "a") == 0);
}

TEST_CASE("a step's own answers want more, and what goes on from them") {
  config run;
  run.models.resize(1);
  run.step = "last";
  config first = until_one();
  first.step = "first";
  run.earlier = {first};
  run.samples.n = 2;
  run.samples.until_accepted = 1;
  // Slots: three of the first step, then two behind each of them.
  CHECK(count(run, "a--a", "a--a") == 0);
  CHECK(count(run, "a--r", "a--a") == 1);
  CHECK(count(run, "a--rr", "a--ra") == 0);
  CHECK(count(run, "ra---ra", "ra---aa") == 0);
  CHECK(count(run, "ra---r", "ra---a") == 1);
}
