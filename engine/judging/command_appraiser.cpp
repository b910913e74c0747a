#include "engine/judging/command_appraiser.hpp"

#include <algorithm>
#include <thread>

#include "engine/evaluate/judged_text.hpp"
#include "engine/evaluators/command.hpp"
#include "engine/scorer/scorer.hpp"

namespace retort::engine {
namespace {

score_request request_for(const sample& of) {
  std::string room;
  score_request out;
  out.id = of.id;
  for (const auto& one : of.messages) {
    if (!out.prompt.empty()) out.prompt += "\n\n";
    out.prompt += one.content;
  }
  out.completion = judged_text(of.completion, room);
  out.reference = of.reference;
  return out;
}

appraisal appraisal_of(scored said, stop_token& run) {
  switch (said.outcome) {
    case score_outcome::scored: return {true, said.score, std::move(said.detail), {}};
    case score_outcome::unscored: return unscored_appraisal(std::move(said.detail));
    case score_outcome::broken: run.raise(exit_status::bad_input, said.detail); break;
    case score_outcome::stopped: said.detail = "the run stopped"; break;
  }
  return not_made(std::move(said.detail));
}

io::awaitable<appraisal> appraise_by_command(scorer* by, score_request what, stop_token* run) {
  auto said = co_await score(by, std::move(what));
  if (said.outcome == score_outcome::broken && by->broken()) said.detail = by->broken()->message;
  co_return appraisal_of(std::move(said), *run);
}

// What is found out at the end makes its scores no better.
io::awaitable<> close_command(scorer* by, stop_token* run) {
  co_await close_scorer(by);
  if (by->broken()) run->raise(exit_status::bad_input, by->broken()->message);
}

class command_appraiser : public appraiser {
 public:
  command_appraiser(scorer by, stop_token* run) : by_(std::move(by)), run_(run) {}

  io::awaitable<appraisal> appraise(const sample* of, const std::string*,
                                    std::vector<double>) override {
    return appraise_by_command(&by_, request_for(*of), run_);
  }
  void stop() override { by_.stop(); }
  io::awaitable<> close() override { return close_command(&by_, run_); }

 private:
  scorer by_;
  stop_token* run_;
};

}  // namespace

result<std::unique_ptr<appraiser>> make_command_appraiser(const evaluator_config& of,
                                                          std::vector<std::string> keys,
                                                          io::executor on, stop_token* run) {
  command_rule rule = command_rule_of(of);
  scorer_config config;
  config.run = std::move(rule.run);
  config.key_variables = std::move(keys);
  config.places = std::max(1U, std::thread::hardware_concurrency());
  config.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(rule.timeout_s));
  auto made = scorer::make(on, std::move(config));
  if (!made) return made.error();
  return std::unique_ptr<appraiser>(std::make_unique<command_appraiser>(std::move(*made), run));
}

}  // namespace retort::engine
