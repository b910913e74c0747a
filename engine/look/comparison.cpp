#include "engine/look/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <future>
#include <map>
#include <tuple>

#include "engine/look/rightness.hpp"
#include "engine/look/sample_walk.hpp"
#include "engine/look/variant_label.hpp"
#include "engine/statistics/log_histogram.hpp"
#include "engine/statistics/pass_at_k.hpp"
#include "engine/statistics/sign_test.hpp"

namespace retort::engine {
namespace {

// Of a record under one variant.
struct tally {
  std::uint64_t row = 0;  // the hash of its text
  std::uint32_t answers = 0, accepted = 0;
  std::uint32_t told = 0, right = 0;  // an unscored answer is neither right nor wrong
};

struct called_answer {
  std::uint32_t from = 0, k = 0;
  std::optional<std::uint64_t> called;
};

struct cell {
  std::uint64_t accepted = 0, rejected = 0, failed = 0;
  grouped_ratio acceptance, accuracy, output, input, latency, usd;
  log_histogram latency_us;
  boost::unordered_flat_map<std::uint64_t, tally> records;                      // by ordinal
  boost::unordered_flat_map<std::uint64_t, std::vector<called_answer>> called;  // where several
};

using place = std::pair<std::uint32_t, std::uint32_t>;  // step and variant

std::string config_value(const found_run& of, const std::string& path) {
  if (!of.facts) return "";
  const auto found = of.facts->config.find(path);
  return found == of.facts->config.end() ? "" : found->second;
}

class run_reading {
 public:
  explicit run_reading(const found_run& of)
      : of_(&of), right_(of.facts), is_several_(config_value(of, "samples.n") != "1") {}

  result<void> read() {
    auto walked = walk_samples(of_->where.ledger(), walk_,
                               [this](const sample& one, standing how, std::uint64_t) {
                                 if (how == standing::settled) note(one);
                                 if (how == standing::open)
                                   (void)cells_[{one.key.step, one.key.variant}];
                               });
    if (!walked) return walked.error();
    damaged_ = walked->damaged;
    for (auto& [at, of] : cells_) {
      const std::uint64_t open = walk_.left_open(at.first, at.second);
      of.failed += open - std::min(open, of_->unneeded(at.first, at.second));
    }
    return {};
  }

  const std::map<place, cell>& cells() const { return cells_; }
  const found_run& run() const { return *of_; }
  std::uint64_t damaged() const { return damaged_; }
  bool knows(std::uint32_t step) const { return right_.knows(step); }

 private:
  void note(const sample& one) {
    cell& into = cells_[{one.key.step, one.key.variant}];
    if (one.failure) return void(++into.failed);
    const std::uint64_t record = one.key.ordinal;
    const bool is_accepted = one.verdict() == verdict::accepted;
    ++(is_accepted ? into.accepted : into.rejected);
    into.acceptance.add(record, is_accepted);
    const auto right = right_.of(one);
    if (right) into.accuracy.add(record, *right);
    tally& of = into.records[record];
    of.row = one.row_hash;
    ++of.answers;
    of.told += right.has_value();
    of.right += right.value_or(false);
    of.accepted += is_accepted;
    note_use(one, into);
    if (is_several_ && right) {
      into.called[record].push_back({one.key.from, one.key.k, right_.answer_of(one)});
    }
  }

  void note_use(const sample& one, cell& into) const {
    const std::uint64_t record = one.key.ordinal;
    const auto& used = one.completion.usage;
    if (used.input >= 0) into.input.add(record, static_cast<double>(used.input));
    if (used.output >= 0) into.output.add(record, static_cast<double>(used.output));
    if (one.latency_us > 0) {
      into.latency.add(record, static_cast<double>(one.latency_us) / 1e6);
      into.latency_us.add(static_cast<double>(one.latency_us));
    }
    const bool is_told = used.input >= 0 && used.output >= 0;
    const auto* const asked =
        of_->facts ? of_->facts->find(one.key.step, one.key.variant) : nullptr;
    if (asked && asked->costs && is_told)
      into.usd.add(record, spending_of(used, *asked->costs).usd);
  }

  const found_run* of_;
  rightness right_;
  bool is_several_;
  sample_walk walk_;
  std::map<place, cell> cells_;
  std::uint64_t damaged_ = 0;
};

// The largest group of the first k answers is that of the right ones; of two as large, the one that
// came first.
bool is_majority_right(const std::vector<called_answer>& of, std::size_t k) {
  std::vector<std::pair<std::uint64_t, std::size_t>> groups;
  for (std::size_t i = 0; i < k; ++i) {
    if (!of[i].called) continue;
    const auto group =
        std::ranges::find(groups, *of[i].called, &std::pair<std::uint64_t, std::size_t>::first);
    if (group == groups.end()) {
      groups.emplace_back(*of[i].called, 1);
    } else {
      ++group->second;
    }
  }
  const auto most =
      std::ranges::max_element(groups, {}, &std::pair<std::uint64_t, std::size_t>::second);
  return most != groups.end() && most->first == 0;
}

std::uint32_t most_told(const cell& of) {
  std::uint32_t most = 0;
  for (const auto& [record, one] : of.records) most = std::max(most, one.told);
  return most;
}

// 1, 2, 4, ... and the most that there are.
std::vector<std::uint32_t> steps_to(std::uint32_t most) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t k = 1; k < most; k *= 2) out.push_back(k);
  out.push_back(most);
  return out;
}

at_k pass_of(const cell& of, std::uint32_t most) {
  at_k out;
  for (const std::uint32_t k : steps_to(most)) {
    ratio all;
    for (const auto& [record, one] : of.records) {
      if (one.told >= k) all.add(pass_at_k(one.told, one.right, k));
    }
    out.emplace_back(k, *all.mean());
  }
  return out;
}

at_k majority_of(cell of, std::uint32_t most) {
  at_k out;
  bool is_any_called = false;
  for (auto& [record, answers] : of.called) {
    std::ranges::sort(answers, {}, [](const auto& one) { return std::tuple(one.from, one.k); });
    is_any_called |= std::ranges::any_of(answers, [](const auto& one) { return !!one.called; });
  }
  if (!is_any_called) return out;
  for (const std::uint32_t k : steps_to(most)) {
    ratio all;
    for (const auto& [record, answers] : of.called) {
      if (answers.size() >= k) all.add(is_majority_right(answers, k));
    }
    if (const auto mean = all.mean()) out.emplace_back(k, *mean);
  }
  return out;
}

std::optional<double> seconds(std::optional<double> us) {
  return us ? std::optional(*us / 1e6) : std::nullopt;
}

std::uint32_t last_step_of(const run_reading& of) {
  return of.cells().empty() ? 0 : of.cells().rbegin()->first.first;
}

// What the answers cost that a last step's accepted ones came of: its own and all earlier steps'.
// Nothing where one does not tell, nor of an earlier step, of which nothing is kept.
std::optional<double> usd_until(const run_reading& from, const place& at) {
  if (at.first != last_step_of(from)) return std::nullopt;
  double sum = 0;
  for (const auto& [there, of] : from.cells()) {
    if (there.first == at.first && there != at) continue;
    const ratio told = of.usd.all();
    if (told.count < static_cast<double>(of.accepted + of.rejected)) return std::nullopt;
    sum += told.sum;
  }
  return sum;
}

compared row_of(const run_reading& from, const place& at, const cell& of) {
  compared out;
  out.run = from.run().name;
  out.label = variant_label(from.run().facts, at.first, at.second);
  out.records = of.records.size();
  out.accepted = of.accepted, out.rejected = of.rejected, out.failed = of.failed;
  out.acceptance = bootstrap(of.acceptance.parts());
  out.accuracy = bootstrap(of.accuracy.parts());
  out.input_tokens = bootstrap(of.input.parts());
  out.output_tokens = bootstrap(of.output.parts());
  out.latency_s = bootstrap(of.latency.parts());
  out.latency_p50_s = seconds(of.latency_us.quantile(0.5));
  out.latency_p95_s = seconds(of.latency_us.quantile(0.95));
  out.usd = bootstrap(of.usd.parts());
  const auto usd = usd_until(from, at);
  if (usd && of.accepted > 0) out.usd_per_accepted = *usd / static_cast<double>(of.accepted);
  out.damaged = from.damaged();
  const std::uint32_t most = most_told(of);
  if (most > 1) {
    out.pass = pass_of(of, most);
    out.majority = majority_of(of, most);
  }
  return out;
}

// Rows of the dataset that are the same are one record here.
boost::unordered_flat_map<std::uint64_t, ratio> shares_of(const cell& of, bool by_acceptance) {
  boost::unordered_flat_map<std::uint64_t, ratio> out;
  out.reserve(of.records.size());
  for (const auto& [record, one] : of.records) {
    const std::uint32_t cases = by_acceptance ? one.answers : one.told;
    if (cases > 0) out[one.row].add(by_acceptance ? one.accepted : one.right, cases);
  }
  return out;
}

// In the order of the first one's rows' hashes, so that the draws are the same each time.
paired pair_of(const cell& first, const cell& other, bool by_acceptance) {
  paired out;
  out.by_acceptance = by_acceptance;
  const auto ours = shares_of(first, by_acceptance), theirs = shares_of(other, by_acceptance);
  std::vector<std::pair<std::uint64_t, double>> differences;
  for (const auto& [row, share] : ours) {
    const auto found = theirs.find(row);
    if (found == theirs.end()) continue;
    differences.emplace_back(row, *found->second.mean() - *share.mean());
  }
  std::ranges::sort(differences);
  grouped_ratio all;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    const double difference = differences[i].second;
    all.add(i, difference);
    out.better += difference > 0;
    out.worse += difference < 0;
  }
  out.records = differences.size();
  out.difference = bootstrap(all.parts());
  out.p = sign_test(out.better, out.worse);
  return out;
}

class table {
 public:
  void add(const run_reading& from) {
    for (const auto& [at, of] : from.cells()) {
      if (at.first == last_step_of(from)) {
        comparable_.push_back({made_.rows.size(), &of, from.knows(at.first)});
      }
      made_.rows.push_back(row_of(from, at, of));
    }
    made_.stops_early |= !config_value(from.run(), "samples.until_accepted").empty();
    made_.escalates |= !config_value(from.run(), "escalate").empty();
  }

  comparison finish() {
    for (std::size_t i = 1; i < comparable_.size(); ++i) {
      const auto &first = comparable_[0], &other = comparable_[i];
      made_.pairs.push_back(
          pair_of(*first.of, *other.of, !first.knows_right || !other.knows_right));
      made_.pairs.back().first = first.row;
      made_.pairs.back().other = other.row;
    }
    return std::move(made_);
  }

 private:
  struct compared_cell {
    std::size_t row;
    const cell* of;
    bool knows_right;
  };
  comparison made_;
  std::vector<compared_cell> comparable_;
};

}  // namespace

result<comparison> compare_runs(const std::vector<found_run>& runs) {
  std::vector<run_reading> readings;
  readings.reserve(runs.size());
  for (const found_run& one : runs) readings.emplace_back(one);
  std::vector<std::future<result<void>>> reads;
  reads.reserve(runs.size());
  for (auto& one : readings) {
    reads.push_back(std::async(std::launch::async, [&one] { return one.read(); }));
  }
  std::optional<error> problem;
  for (auto& one : reads) {
    if (auto done = one.get(); !done && !problem) problem = done.error();
  }
  if (problem) return *problem;
  table all;
  for (const auto& one : readings) all.add(one);
  return all.finish();
}

}  // namespace retort::engine
