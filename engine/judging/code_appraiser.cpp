#include "engine/judging/code_appraiser.hpp"

#include "engine/answers/code_answer.hpp"
#include "engine/evaluate/judged_text.hpp"
#include "engine/evaluators/code.hpp"
#include "engine/judging/answered_template.hpp"

namespace retort::engine {
namespace {

appraisal appraisal_of(code_result ran) {
  switch (ran.outcome) {
    case code_outcome::stopped: return not_made("the run stopped");
    case code_outcome::not_judged: return unscored_appraisal(std::move(ran.detail));
    case code_outcome::passed: return {true, 1, std::move(ran.detail), {}};
    default: return {true, 0, std::move(ran.detail), {}};
  }
}

io::awaitable<appraisal> appraise_code(sandbox* in, std::string code, result<std::string> tests,
                                       code_limits limits) {
  if (!tests) co_return unscored_appraisal("tests: " + tests.error().message);
  auto ran = co_await run_code(in, std::move(code), std::move(*tests), limits);
  co_return appraisal_of(std::move(ran));
}

class code_appraiser : public appraiser {
 public:
  code_appraiser(answered_template tests, code_limits limits, sandbox* in)
      : tests_(std::move(tests)), limits_(limits), in_(in) {}

  io::awaitable<appraisal> appraise(const sample* of, const std::string* row,
                                    std::vector<double>) override {
    std::string room;
    const std::string_view answer = judged_text(of->completion, room);
    return appraise_code(in_, find_code_answer(answer, python_fences),
                         tests_.render(*row, answer, of->reference), limits_);
  }
  void stop() override { in_->stop(); }

 private:
  answered_template tests_;
  code_limits limits_;
  sandbox* in_;
};

}  // namespace

result<std::unique_ptr<appraiser>> make_code_appraiser(const config& run,
                                                       const evaluator_config& of, sandbox* in) {
  const code_rule rule = code_rule_of(of);
  auto tests = answered_template::parse(rule.tests, run);
  if (!tests) return error{tests.error().code, "code.tests: " + tests.error().message};
  code_limits limits;
  limits.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(rule.timeout_s));
  limits.memory = static_cast<std::size_t>(rule.memory_mb) << 20;
  return std::unique_ptr<appraiser>(
      std::make_unique<code_appraiser>(std::move(*tests), limits, in));
}

}  // namespace retort::engine
