#include "engine/judging/judge_appraiser.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "engine/evaluate/judged_text.hpp"
#include "engine/evaluators/judge.hpp"
#include "engine/generate/generate.hpp"
#include "engine/judging/answered_template.hpp"
#include "engine/judging/fenced_text.hpp"
#include "engine/judging/judge_reply.hpp"
#include "engine/quota/request_bound.hpp"

namespace retort::engine {
namespace {

struct judge_at_work {
  judge_rule rule;
  judge_prompt prompt;
  const judge_config* of;
  generator* asking;
  std::size_t gate;
};

void add(std::int64_t more, std::int64_t& to) {
  if (more >= 0) to = std::max<std::int64_t>(to, 0) + more;
}

// Of replies of which one did not tell it, the sum is not told either.
void add_told(std::int64_t more, bool is_first, std::int64_t& to) {
  to = more >= 0 && (is_first || to >= 0) ? std::max<std::int64_t>(to, 0) + more : -1;
}

void add(const providers::usage& more, std::optional<providers::usage>& to) {
  const bool is_first = !to;
  if (!to) to.emplace();
  add_told(more.input, is_first, to->input);
  add_told(more.output, is_first, to->output);
  add(more.cached, to->cached);
  add(more.reasoning, to->reasoning);
  add(more.cache_written, to->cache_written);
}

using messages = std::vector<providers::message>;

// Of each vote that compares, the second reply is about the completion as the second answer.
bool has_it_second(const judge_rule& by, std::uint32_t reply) { return by.against && reply % 2; }

result<messages> messages_for(const judge_at_work& by, const sample& of, const std::string& row,
                              std::uint32_t reply) {
  std::string room;
  return by.prompt.messages(row, judged_text(of.completion, room), of.reference,
                            has_it_second(by.rule, reply));
}

question question_for(const judge_at_work& by, const sample& of, const messages& what,
                      std::uint32_t k) {
  question out;
  out.who = of.key.ordinal;
  out.k = k;
  out.messages = &what;
  out.sampling = &by.of->sampling;
  out.most_output = most_output(by.of->sampling);
  return out;
}

// What a reply means: a verdict, or why there is none, and whether to ask again.
struct vote {
  std::optional<double> number;
  std::string problem;
  bool ask_again = false;
  bool may_pass = false;  // what kept it from being made
};

read_verdict verdict_in(const generation& reply, const judge_rule& by, bool is_second) {
  if (!by.against) return read_verdict_in(reply.completion.text, by);
  read_verdict read = read_preference_in(reply.completion.text, by);
  if (read.number && is_second) read.number = 1 - *read.number;
  return read;
}

vote vote_of(const generation& reply, const judge_rule& by, bool is_second) {
  if (!reply.is_settled) return {{}, "the run stopped", false, true};
  if (reply.failure) {
    sample as_one;
    static_cast<generation&>(as_one) = reply;
    return {{},
            fmt::format("{}: {}", providers::name(reply.failure->kind), reply.failure->message),
            false,
            as_one.is_open()};
  }
  if (const auto how = reply.completion.finish;
      how == providers::finish::length || how == providers::finish::content_filter) {
    return {{}, fmt::format("the reply was cut off ({})", reply.completion.finish_reason), true};
  }
  auto read = verdict_in(reply, by, is_second);
  return {read.number, std::move(read.problem), !read.number.has_value(), false};
}

appraisal appraisal_of(const judge_rule& rule, const std::vector<double>& numbers) {
  const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
  const double mean = sum / static_cast<double>(numbers.size());
  return {true, score_on_scale(mean, rule), fmt::format("{}", fmt::join(numbers, ", ")), {}};
}

// One verdict; an unreadable one is asked for again.
io::awaitable<vote> ask_for_vote(const judge_at_work* by, const sample* of, const messages* what,
                                 std::uint32_t number, std::optional<providers::usage>* used) {
  vote last;
  last.ask_again = true;
  for (std::uint32_t i = 0; i < most_asked_for_vote && last.ask_again; ++i) {
    generation reply;
    question asked = question_for(*by, *of, *what, number * most_asked_for_vote + i);
    co_await generate(by->asking, by->asking->gates[by->gate].get(), asked, &reply);
    if (reply.is_settled && !reply.failure) add(reply.completion.usage, *used);
    last = vote_of(reply, by->rule, has_it_second(by->rule, number));
  }
  co_return last;
}

// Goes on behind the votes that are there.
io::awaitable<appraisal> appraise_by_judge(const judge_at_work* by, const sample* of,
                                           const std::string* row, std::vector<double> numbers) {
  std::optional<providers::usage> used;
  std::string problem;
  bool may_pass = false;
  while (numbers.size() < by->rule.replies() && problem.empty()) {
    const auto i = static_cast<std::uint32_t>(numbers.size());
    auto what = messages_for(*by, *of, *row, i);
    if (!what) co_return unscored_appraisal("prompt: " + what.error().message);
    const messages asked = std::move(*what);
    auto one = co_await ask_for_vote(by, of, &asked, i, &used);
    if (one.number) numbers.push_back(*one.number);
    problem = std::move(one.problem);
    may_pass = one.may_pass;
  }
  appraisal made = problem.empty() ? appraisal_of(by->rule, numbers)
                   : may_pass      ? not_made(std::move(problem))
                                   : unscored_appraisal(std::move(problem));
  made.usage = used;
  if (!made.is_made) made.votes = std::move(numbers);
  co_return made;
}

class judge_appraiser : public appraiser {
 public:
  explicit judge_appraiser(judge_at_work by) : by_(std::move(by)) {}

  io::awaitable<appraisal> appraise(const sample* of, const std::string* row,
                                    std::vector<double> votes) override {
    return appraise_by_judge(&by_, of, row, std::move(votes));
  }

 private:
  judge_at_work by_;
};

}  // namespace

result<judge_prompt> judge_prompt::parse(const judge_rule& by, const config& run) {
  auto prompt = answered_template::parse(by.prompt, run);
  if (!prompt) return error{prompt.error().code, "judge.prompt: " + prompt.error().message};
  judge_prompt made(std::move(*prompt));
  if (!by.against) return made;
  auto against = answered_template::parse(*by.against, run);
  if (!against) return error{against.error().code, "judge.pairwise: " + against.error().message};
  made.against_.emplace(std::move(*against));
  return made;
}

result<std::vector<providers::message>> judge_prompt::messages(
    const std::string& row, std::string_view completion,
    const std::optional<std::string>& reference, bool is_second) const {
  fenced_text answer = fence(completion);
  if (!against_) {
    auto text = text_.render(row, answer.text, reference);
    if (!text) return text.error();
    return std::vector<providers::message>{{"system", word_on(answer)}, {"user", std::move(*text)}};
  }
  auto held = against_->render(row, completion, reference);
  if (!held) return held.error();
  fenced_text other = fence(*held);
  if (is_second) std::swap(answer, other);
  std::vector<named_text> named = {{"first", answer.text}, {"second", other.text}};
  if (reference) named.emplace_back("reference", *reference);
  auto text = text_.render(row, named);
  if (!text) return text.error();
  return std::vector<providers::message>{{"system", word_on(answer, other)},
                                         {"user", std::move(*text)}};
}

result<std::unique_ptr<appraiser>> make_judge_appraiser(const config& run, const judge_config& of,
                                                        generator* asking, std::size_t gate) {
  auto rule = judge_rule_of(run.evaluate[of.evaluator]);
  if (!rule) return rule.error();
  auto prompt = judge_prompt::parse(*rule, run);
  if (!prompt) return prompt.error();
  return std::unique_ptr<appraiser>(std::make_unique<judge_appraiser>(
      judge_at_work{std::move(*rule), std::move(*prompt), &of, asking, gate}));
}

}  // namespace retort::engine
