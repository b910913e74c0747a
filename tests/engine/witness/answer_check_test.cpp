#include "engine/witness/answer_check.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <string>

using namespace retort;
using namespace retort::engine;

namespace {

constexpr const char* two_steps =
    "run: b\ndataset: {generate: 1}\nmodels: [{provider: openai, model: m}]\n"
    "reference: {template: \"1\"}\nevaluate: [{exact: {}}]\n"
    "steps: [{name: a, prompt: {user: x}}, {name: b, prompt: {user: \"{{steps.a.text}}\"}}]\n";

// What three answers to a row of 100 MB come to, asked in that step.
accuracy of_three(std::uint32_t step) {
  io::asio::io_context loop{1};
  const config what = parse_config(two_steps, "test", {}).value();
  const auto check = answer_check::make(loop, what).value();
  loop.restart();
  sample asked;
  asked.key.step = step;
  asked.reference = "1";
  const auto record =
      std::make_shared<asked_record>(std::move(asked), std::string(100'000'000, ' '));
  for (int i = 0; i < 3; ++i) {
    providers::completion answer;
    answer.text = "1";
    answer.finish = providers::finish::stop;
    check->keep(record, std::move(answer));
  }
  accuracy out;
  io::asio::co_spawn(loop, check_answers(check.get(), &out),
                     [](std::exception_ptr thrown) { CHECK_FALSE(thrown); });
  loop.run();
  return out;
}

}  // namespace

TEST_CASE("what is kept of a later step's answer is its prompt and its row, too, and has a bound") {
  const accuracy shared = of_three(0);  // a first prompt is there once for all its answers
  CHECK(shared.right == 3);
  CHECK(shared.unscored == 0);
  const accuracy own = of_three(1);
  CHECK(own.right == 2);
  CHECK(own.unscored == 1);
}
