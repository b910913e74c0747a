#include "engine/views/ledger_account.hpp"

#include <algorithm>
#include <limits>

namespace retort::engine {
namespace {

// What servers count is not to be trusted: a sum ends at the most there is.
void add_tokens(std::int64_t& to, std::int64_t more) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  more = std::max<std::int64_t>(0, more);
  to = to > most - more ? most : to + more;
}

// A server that says another name each time makes no more of them than this.
constexpr std::size_t most_names = 32, most_bytes = 200;
constexpr char other_names[] = "(others)";

void count_name(ledger_account::by_name& into, const std::string& name) {
  if (name.empty()) return;
  if (const auto found = into.find(name); found != into.end()) {
    ++found->second;
  } else {
    const bool is_told = into.size() < most_names && name.size() <= most_bytes;
    ++into[is_told ? name : other_names];
  }
}

}  // namespace

void usage_sum::add(const providers::usage& one) {
  add_tokens(input, one.input);
  add_tokens(cached, std::min(one.cached, one.input));
  add_tokens(cache_written, std::min(one.cache_written, one.input));
  add_tokens(output, one.output);
  untold += one.input < 0 || one.output < 0;
}

providers::usage usage_sum::all() const {
  return {.input = input, .cached = cached, .output = output, .cache_written = cache_written};
}

line_account account_of(const sample& done) {
  line_account out;
  out.is_answered = !done.failure && !done.is_earlier;
  if (out.is_answered) {
    out.used = done.completion.usage;
    out.model = done.completion.model;
    out.service_tier = done.completion.service_tier;
  }
  for (const evaluation& one : done.evaluations) {
    if (one.usage && !one.is_earlier) out.judged.emplace_back(one.name, *one.usage);
  }
  return out;
}

providers::usage most_used(const sample& done) {
  providers::usage used = done.completion.usage;
  std::size_t input = 0;
  for (const auto& one : done.messages) input += one.content.size();
  const auto& answer = done.completion;
  std::size_t output = answer.text.size() + answer.reasoning.size() + answer.refusal.size();
  for (const auto& one : answer.tool_calls) output += one.name.size() + one.arguments.size();
  if (used.input < 0) used.input = static_cast<std::int64_t>(input);
  if (used.output < 0) used.output = static_cast<std::int64_t>(output);
  return used;
}

void ledger_account::note(const sample_key& key, const line_account& of) {
  if (of.is_answered) {
    asked& into = variants[{key.step, key.variant}];
    into.used.add(of.used);
    count_name(into.models, of.model);
    count_name(into.service_tiers, of.service_tier);
  }
  for (const auto& [name, used] : of.judged) judges[{key.step, name}].add(used);
}

}  // namespace retort::engine
