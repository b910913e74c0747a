#include "engine/measure/tally.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/body/finish.hpp"

namespace retort::engine {
namespace {

using stamp = measurement::stamp;

// A server may send any status; there are no more classes than this.
constexpr std::size_t most_classes = 100;

std::optional<double> per_second(std::uint64_t count, double seconds) {
  if (seconds <= 0) return std::nullopt;
  return static_cast<double>(count) / seconds;
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
    }
  }
  connections += one.opened.has_value();
  reused += one.is_reused;
  resent += one.is_resent;
  one.failed ? add_failure(*one.failed) : add_success(one, slos);
}

void tally::add_failure(const providers::failure& why) {
  ++failures;
  const std::string class_name = class_of(why);
  const bool has_room = by_class.size() < most_classes || by_class.contains(class_name);
  failure_class& same = by_class[has_room ? class_name : "others"];
  if (same.count++ == 0) same.example = why.message;
}

void tally::add_success(const measurement& one, const std::vector<slo>& slos) {
  ++successes;
  good += !slos.empty() && keeps_all(one, slos);
  empty += !one.has_content();
  chunks += one.chunks;
  ++finish_reasons[std::string(name(one.finish))];
  input.add(one.used.input);
  cached.add(one.used.cached);
  output.add(output_tokens(one).value_or(-1));
  reasoning.add(one.used.reasoning);
  auto& gaps = spread_[static_cast<std::size_t>(metric::icl)];
  for (const auto gap : one.gaps) gaps.add(static_cast<double>(gap.count()));
  gaps.add(0, one.joint_gaps);
  const bool is_first = first_written_ == stamp();
  first_written_ = is_first ? one.written : std::min(first_written_, one.written);
  last_ = std::max(last_, one.last);
}

double tally::wall_s() const {
  if (last_ <= first_written_) return 0;
  return std::chrono::duration<double>(last_ - first_written_).count();
}

std::optional<double> tally::success_rate() const { return per_second(successes, wall_s()); }
std::optional<double> tally::goodput() const { return per_second(good, wall_s()); }

std::optional<double> tally::rate_of(const token_count& tokens) const {
  if (tokens.untold > 0 || successes == 0) return std::nullopt;
  return per_second(tokens.sum, wall_s());
}

std::optional<double> tally::mean_in_flight() const {
  if (wall_s() <= 0) return std::nullopt;
  return of(metric::e2e).sum() / 1e9 / wall_s();
}

}  // namespace retort::engine
