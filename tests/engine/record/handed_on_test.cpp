#include "engine/record/handed_on.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/record_rig.hpp"

using namespace retort;
using namespace retort::engine;
using test::completion_answer;
using test::holds;
using test::http_request;
using test::right_completion;
using test::sum_row;
using rig = test::record_rig;

namespace {

// The rig's config is the last step, behind one that asks the question.
void put_step_before(rig& all, const std::function<void(config&)>& change = {}) {
  config first = all.settings;
  first.step = "draft";
  if (change) change(first);
  all.settings.step = "final";
  all.settings.prompt.user = "{{question}} You said: {{steps.draft.text}}";
  all.settings.earlier.push_back(std::move(first));
}

}  // namespace

TEST_CASE("an answer goes into the prompt of the next step, which has seeds of its own") {
  rig all(right_completion);
  all.settings.sampling.seed = 3;
  put_step_before(all);
  const auto samples = all.finish(sum_row(7) + '\n');
  REQUIRE(samples.size() == 2);
  CHECK(samples[0].step == "draft");
  CHECK(samples[0].key.step == 0);
  CHECK(samples[1].step == "final");
  CHECK(samples[1].key.step == 1);
  CHECK(samples[1].row_hash == samples[0].row_hash);
  CHECK(samples[1].messages.at(0).content == "What is 7 + 1? You said: It is 8");
  REQUIRE(all.peer.requests().size() == 2);
  CHECK(holds(all.peer.requests()[0].body, "\"seed\":3"));
  CHECK(holds(all.peer.requests()[1].body, "\"seed\":1003"));
}

TEST_CASE("nothing goes on from an answer that is not accepted") {
  rig all([](const http_request&) -> std::optional<std::string> {
    return completion_answer("no idea");
  });
  put_step_before(all);
  const auto samples = all.finish(sum_row(7) + '\n');
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].step == "draft");
  CHECK(all.counts().rejected == 1);
}

TEST_CASE("where the best is handed on, of equal scores it is the shorter") {
  int asked = 0;
  rig all([&asked](const http_request&) -> std::optional<std::string> {
    constexpr std::array texts = {"The answer, I think, is 8", "It is 8", "It must be 8", "8"};
    return completion_answer(texts[static_cast<std::size_t>(std::min(asked++, 3))]);
  });
  put_step_before(all, [](config& first) {
    first.samples.n = 3;
    first.samples.keep = keep::best;
  });
  const auto samples = all.finish(sum_row(7) + '\n');
  REQUIRE(samples.size() == 4);
  CHECK(samples[3].step == "final");
  CHECK(samples[3].key.from == 1);
  CHECK(samples[3].messages.at(0).content == "What is 7 + 1? You said: It is 8");
}

TEST_CASE("what an answer does not have fails the prompt that wants it, and no request is made") {
  rig all(right_completion);
  put_step_before(all);
  all.settings.prompt.user = "{{steps.draft.json.a}}";
  const auto samples = all.finish(sum_row(7) + '\n');
  REQUIRE(samples.size() == 2);
  REQUIRE(samples[1].failure);
  CHECK_FALSE(samples[1].is_open());
  CHECK(holds(samples[1].failure->message, "has no \"json\""));
  CHECK(all.peer.requests().size() == 1);
}
