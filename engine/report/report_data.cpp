#include "engine/report/report_data.hpp"

#include <algorithm>

#include "engine/look/sample_walk.hpp"
#include "engine/look/variant_label.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t most_text = 4000;  // bytes of one text of a sample that is shown

std::string cut(const std::string& text) {
  if (text.size() <= most_text) return text;
  std::size_t end = most_text;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + " …";
}

std::string prompt_of(const sample& one) {
  std::string out;
  for (const auto& message : one.messages) {
    if (out.size() > most_text) break;
    out += (out.empty() ? "" : "\n") + message.role + ": " + message.content;
  }
  return cut(out);
}

std::string completion_of(const sample& one) {
  if (one.failure) return one.failure->message;
  std::string out = one.completion.text;
  for (const auto& call : one.completion.tool_calls) {
    out += (out.empty() ? "" : "\n") + call.name + "(" + call.arguments + ")";
  }
  return cut(out.empty() ? one.completion.refusal : out);
}

// Which samples are shown is chance, and the same each time (MurmurHash3's finalizer).
std::uint64_t rank_of(const sample& one) {
  std::uint64_t mixed = one.row_hash ^ (one.key.ordinal * 0x9e3779b97f4a7c15) ^
                        (std::uint64_t{one.key.variant} << 32) ^ one.key.k;
  mixed = (mixed ^ (mixed >> 33)) * 0xff51afd7ed558ccd;
  mixed = (mixed ^ (mixed >> 33)) * 0xc4ceb9fe1a85ec53;
  return mixed ^ (mixed >> 33);
}

std::string group_of(const sample& one) {
  const std::string verdict(name(one.verdict()));
  if (one.failure) return verdict + ": " + std::string(providers::name(one.failure->kind));
  return one.rejected ? verdict + ": " + std::string(name(*one.rejected)) : verdict;
}

class reader_of_report {
 public:
  explicit reader_of_report(const found_run& of) : of_(of), right_(of.facts) {
    if (!of.facts) return;
    for (const auto& one : of.facts->evaluators) {
      thresholds_[{one.step, one.name}] = one.threshold;
    }
  }

  result<report_data> read() {
    auto walked = walk_samples(of_.where.ledger(), walk_,
                               [this](const sample& one, standing how, std::uint64_t) {
                                 made_.account.note(one.key, account_of(one));
                                 note_time(one);
                                 if (how == standing::settled) note(one);
                                 if (how == standing::open) show(one);
                               });
    if (!walked) return walked.error();
    made_.failed += walk_.left_open();
    for (auto& [at, of] : made_.variants) of.failed += walk_.left_open(at.first, at.second);
    leave_out_unneeded();
    const std::uint32_t last = walk_.last_step(of_.facts ? of_.facts->last_step() : 0);
    for (const auto& [at, of] : made_.variants) {
      (at.first == last ? made_.accepted : made_.handed_on) += of.accepted;
    }
    made_.lines = walked->lines;
    made_.damaged = walked->damaged;
    for (auto& [group, list] : made_.samples) {
      std::erase_if(list, [this](const shown_sample& one) {
        return one.is_open && walk_.is_settled(one.key);  // it came out otherwise later
      });
      std::ranges::sort(list, {}, &shown_sample::rank);
    }
    return std::move(made_);
  }

 private:
  // The summary goes by verdicts as the last config has them, the lines by those of theirs: of what
  // they say is settled none has failed.
  void leave_out_unneeded() {
    if (!of_.facts) return;
    for (const variant_facts& one : of_.facts->variants) {
      const std::uint64_t unneeded =
          std::min(of_.unneeded(one.step, one.variant), walk_.left_open(one.step, one.variant));
      made_.failed -= unneeded;
      const auto found = made_.variants.find({one.step, one.variant});
      if (found != made_.variants.end()) found->second.failed -= unneeded;
    }
  }

  void note(const sample& one) {
    variant_report& of = made_.variants[{one.key.step, one.key.variant}];
    count(one, of);
    if (!one.failure) note_answer(one, of);
    for (const evaluation& each : one.evaluations) note_score(one, each);
    show(one);
  }

  void count(const sample& one, variant_report& of) {
    const auto verdict = one.verdict();
    of.accepted += verdict == verdict::accepted;
    of.rejected += verdict == verdict::rejected;
    of.failed += verdict == verdict::failed;
    made_.failed += verdict == verdict::failed;
    if (one.failure) ++made_.failures[std::string(providers::name(one.failure->kind))];
    if (verdict == verdict::rejected) ++made_.rejected[*one.rejected];
  }

  void note_answer(const sample& one, variant_report& of) {
    const auto right = right_.of(one);
    of.told += right.has_value();
    of.right += right.value_or(false);
    of.input.add(one.completion.usage.input);
    of.output.add(one.completion.usage.output);
    if (one.latency_us > 0) {  // none of a batch
      of.latency_us.add(static_cast<double>(one.latency_us));
      made_.latency_us.add(static_cast<double>(one.latency_us));
    }
    made_.lengths.add(static_cast<double>(count_code_points(one.completion.text)));
  }

  evaluator_report& evaluator_named(std::uint32_t step, const std::string& name) {
    const auto found = made_.evaluators.find({step, name});
    if (found != made_.evaluators.end()) return found->second;
    const bool is_full = made_.evaluators.size() >= most_evaluators;
    return made_.evaluators[{step, is_full ? "(others)" : name}];
  }

  void note_score(const sample& one, const evaluation& each) {
    evaluator_report& of = evaluator_named(one.key.step, each.name);
    if (each.usage) of.used.add(*each.usage);
    if (!each.score) return void(++of.unscored);
    const double score = std::clamp(*each.score, 0.0, 1.0);
    const auto threshold = thresholds_.find({one.key.step, each.name});
    ++of.scored;
    of.sum += score;
    of.passed += threshold != thresholds_.end() && *each.score >= threshold->second;
    ++of.histogram[std::min(static_cast<std::size_t>(score * evaluator_report::bins),
                            evaluator_report::bins - 1)];
  }

  void note_time(const sample& one) {
    time_bin what;
    what.finished = 1;
    what.retries = one.attempts > 0 ? one.attempts - 1 : 0;
    what.limited = one.failure && one.failure->kind == providers::failure_kind::rate_limited;
    usage_sum used;
    used.add(one.completion.usage);
    if (!one.is_earlier) what.tokens = used.input + used.output;
    made_.times.add(one.finished_at_ms, static_cast<double>(one.latency_us) / 1000, what);
  }

  // The few with the least rank, whatever the ledger's order.
  void show(const sample& one) {
    auto& list = made_.samples[group_of(one)];
    const std::uint64_t rank = rank_of(one);
    if (list.size() == samples_shown) {
      const auto last = std::ranges::max_element(list, {}, &shown_sample::rank);
      if (last->rank <= rank) return;
      list.erase(last);
    }
    list.push_back({cut(one.id), variant_label(of_.facts, one.key.step, one.key.variant),
                    std::string(name(one.verdict())),
                    one.rejected ? std::string(name(*one.rejected)) : "", prompt_of(one),
                    cut(one.reference.value_or("")), completion_of(one),
                    cut(one.completion.reasoning), cut(one.reject_detail), one.evaluations, rank,
                    one.key, one.is_open()});
  }

  const found_run& of_;
  rightness right_;
  std::map<std::pair<std::uint32_t, std::string>, double> thresholds_;
  sample_walk walk_;
  report_data made_;
};

}  // namespace

result<report_data> read_report(const found_run& of) { return reader_of_report(of).read(); }

}  // namespace retort::engine
