#include "engine/measure/tally.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/body/finish.hpp"

namespace retort::engine {
namespace {

using stamp = measurement::stamp;

// A server may send any status; there are no more classes than this.
constexpr std::size_t most_classes = 100;

double seconds_between(stamp from, stamp until) {
  return until > from ? std::chrono::duration<double>(until - from).count() : 0;
}

std::optional<double> per_second(std::uint64_t count, double seconds) {
  if (seconds <= 0) return std::nullopt;
  return static_cast<double>(count) / seconds;
}

// What a request that failed may have: it came before.
bool comes_before_answer(metric what) {
  return what == metric::schedule_lag || what == metric::wait_for_place || what == metric::dns ||
         what == metric::tcp || what == metric::tls;
}

}  // namespace

std::string class_of(const providers::failure& why) {
  const auto kind = name(why.kind);
  return why.status == 0 ? std::string(kind) : fmt::format("{} {}", kind, why.status);
}

void tally::add(const measurement& one, const std::vector<slo>& slos) {
  for (const auto& each : metrics()) {
    if (each.what == metric::icl) continue;
    if (const auto value = value_of(one, each.what)) {
      spread_[static_cast<std::size_t>(each.what)].add(*value);
      if (!one.failed && comes_before_answer(each.what)) {
        answered_[static_cast<std::size_t>(each.what)].add(*value);
      }
    }
  }
  stretch(one);
  connections += one.opened.has_value();
  reused += one.is_reused;
  resent += one.is_resent;
  if (one.to_cancel) return add_given_up(one);
  one.failed ? add_failure(*one.failed) : add_success(one, slos);
}

void tally::add_failure(const providers::failure& why) {
  ++failures;
  const std::string class_name = class_of(why);
  const bool has_room = by_class.size() < most_classes || by_class.contains(class_name);
  failure_class& same = by_class[has_room ? class_name : "others"];
  if (same.count++ == 0) same.example = why.message;
}

void tally::add_given_up(const measurement& one) {
  if (one.failed) return void(++fell);
  one.is_cancelled ? ++cancelled : ++outran;
}

void tally::add_success(const measurement& one, const std::vector<slo>& slos) {
  ++successes;
  good += !slos.empty() && engine::keeps_all(one, slos);
  empty += !one.has_content();
  chunks += one.chunks;
  ++finish_reasons[std::string(name(one.finish))];
  input.add(input_tokens(one).value_or(-1));
  cached.add(one.used.cached);
  cache_written.add(one.used.cache_written);
  output.add(output_tokens(one).value_or(-1));
  reasoning.add(one.used.reasoning);
  auto& gaps = spread_[static_cast<std::size_t>(metric::icl)];
  for (const auto gap : one.gaps) gaps.add(static_cast<double>(gap.count()));
  gaps.add(0, one.joint_gaps);
  with_gaps_ += !one.gaps.empty() || one.joint_gaps > 0;
}

void tally::stretch(const measurement& one) {
  const stamp from = one.under_way_from(), until = one.under_way_until();
  if (from == stamp() || until < from) return;
  first_ = first_ == stamp() ? from : std::min(first_, from);
  last_ = std::max(last_, until);
  under_way_s_ += seconds_between(from, until);
}

const log_histogram& tally::answered(metric what) const {
  return (comes_before_answer(what) ? answered_ : spread_)[static_cast<std::size_t>(what)];
}

std::optional<percentile> tally::stated(metric what, double share) const {
  return percentile_of(of(what), share, {samples(what), 0});
}

kept tally::keeps(const slo& one) const {
  const log_histogram& values = answered(one.what);
  if (values.count() == 0 && successes > 0) return kept::untold;
  sampled_cases cases{one.what == metric::icl ? with_gaps_ : values.count(), failures};
  if (is_of_every_answer(one.what)) cases.endless += successes - cases.with_values;
  return is_kept(one, values, cases);
}

kept tally::keeps_all(const std::vector<slo>& slos) const {
  kept all = kept::yes;
  for (const slo& one : slos) all = all_of(all, keeps(one));
  return all;
}

double tally::wall_s() const { return seconds_between(first_, last_); }

std::optional<double> tally::success_rate() const { return per_second(successes, wall_s()); }

std::optional<double> tally::goodput(const std::vector<slo>& slos) const {
  const bool all_told =
      std::ranges::none_of(slos, [this](const slo& one) { return keeps(one) == kept::untold; });
  return all_told ? per_second(good, wall_s()) : std::nullopt;
}

std::optional<double> tally::rate_of(const token_count& tokens) const {
  if (tokens.untold > 0 || successes == 0) return std::nullopt;
  return per_second(tokens.sum, wall_s());
}

std::optional<double> tally::mean_in_flight() const {
  if (wall_s() <= 0) return std::nullopt;
  return under_way_s_ / wall_s();
}

}  // namespace retort::engine
