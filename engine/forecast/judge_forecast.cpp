#include "engine/forecast/judge_forecast.hpp"

#include <algorithm>

#include "engine/config/prices.hpp"
#include "engine/generate/attempt.hpp"
#include "engine/judging/judge_appraiser.hpp"
#include "engine/quota/request_bound.hpp"
#include "engine/quota/token_estimate.hpp"

namespace retort::engine {
namespace {

void add_tokens(std::optional<std::int64_t>& to, std::optional<std::int64_t> more,
                std::int64_t times) {
  if (!more) to.reset();
  if (to) *to += *more * times;
}

}  // namespace

std::optional<double> judge_forecast::most_usd() const {
  if (!costs || !most_input_tokens || !output_tokens) return std::nullopt;
  return (static_cast<double>(*most_input_tokens) * costs->dearest_input() +
          static_cast<double>(*output_tokens) * costs->output) /
         1e6;
}

result<judge_count> judge_count::make(const config& run, const judge_config& of,
                                      const endpoint& to) {
  auto rule = judge_rule_of(run.evaluate[of.evaluator]);
  if (!rule) return rule.error();
  auto prompt = judge_prompt::parse(*rule, run);
  if (!prompt) return prompt.error();
  judge_count made(of, to, std::move(*rule), std::move(*prompt));
  made.out.step = run.step;
  made.out.name = run.evaluate[of.evaluator].called();
  made.out.model = of.model.model.empty() ? of.model.provider : of.model.model;
  if (const auto known = price_of(of.model)) made.out.costs = *known;
  return made;
}

// A row that its prompt cannot take is unscored, and asked nothing.
void judge_count::add(std::string_view row, const std::optional<std::string>& reference,
                      std::optional<std::int64_t> most_answer) {
  const auto what = prompt_.messages(std::string(row), "", reference);
  if (!what) return;
  question asked;
  asked.messages = &*what;
  asked.sampling = &of_->sampling;
  asked.most_output = most_output(of_->sampling);
  std::string body;
  append_body(*to_, asked, body);
  const token_estimate by;
  const std::int64_t votes = rule_.replies();
  const std::size_t most = most_input(body.size(), of_->sampling);
  out.requests += rule_.replies();
  out.most_requests += std::uint64_t{rule_.replies()} * most_asked_for_vote;
  out.input_tokens += votes * by.expected(prompt_bytes(asked), asked.most_output).input;
  add_tokens(out.most_input_tokens, by.worst(most, asked.most_output).input, votes);
  add_tokens(out.most_input_tokens, most_answer, votes);
  add_tokens(out.output_tokens, asked.most_output, votes);
}

}  // namespace retort::engine
