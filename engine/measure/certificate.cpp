#include "engine/measure/certificate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/statistics/percentile.hpp"

namespace retort::engine {
namespace {

// Lateness of our own is told apart from the endpoint's time where it is a hundredth of that, or
// too little for any endpoint over a network.
constexpr double least_lateness_ns = 1e6;
constexpr double share_of_time = 0.01;
// Too few of them to have a p99: then the latest counts, which says less.
constexpr double of_one = 10;
constexpr double most_cpu = 0.9;  // of a core: a queue forms before it is full
// Of the requests that failed, and of the answers without content: the times are of the others.
constexpr double most_lacking = 0.01;
constexpr double most_drift = 1e-3;  // MLPerf LoadGen warns from there on
// Two clocks are read one after the other, and a thread may be put aside in between.
constexpr double readings_apart_s = 0.002;

double milliseconds(double ns) { return ns / 1e6; }

// The least time that is measured: the first token's, else the answer's.
double typical_ns(const tally& measured) {
  const auto first = measured.of(metric::ttft).quantile(0.5);
  return first ? *first : measured.of(metric::e2e).quantile(0.5).value_or(0);
}

double tolerable_ns(const tally& measured) {
  return std::max(least_lateness_ns, share_of_time * typical_ns(measured));
}

// To be held against what is tolerable.
double lateness_of(const log_histogram& lag) {
  if (lag.count() == 0) return 0;
  const bool enough = lag.count() >= least_samples(0.99);
  return enough ? lag.quantile(0.99).value_or(0) : lag.largest() / of_one;
}

void check_lateness(const char* what, const log_histogram& of, double tolerable,
                    std::vector<std::string>& reasons) {
  const bool enough = of.count() >= least_samples(0.99);
  const double late = enough ? of.quantile(0.99).value_or(0) : of.largest();
  const double most = enough ? tolerable : tolerable * of_one;
  if (late <= most) return;
  reasons.push_back(fmt::format("{}: {} {:.3g} ms, over {:.3g} ms", what,
                                enough ? "p99" : fmt::format("the latest of {}", of.count()),
                                milliseconds(late), milliseconds(most)));
}

std::string lack_of(std::uint64_t count, std::uint64_t all, const char* what) {
  if (static_cast<double>(count) <= most_lacking * static_cast<double>(all)) return "";
  return fmt::format("{} of {} {}, over {:.0f} %: the times are those of the others", count, all,
                     what, most_lacking * 100);
}

std::string lack_by_failures(const tally& of) {
  return lack_of(of.failures, of.requests(), "requests failed");
}

std::string lack_by_empty(const tally& of) {
  return lack_of(of.empty, of.successes, "answers had no content");
}

}  // namespace

bool has_too_few_answers(const tally& measured) {
  return !lack_by_failures(measured).empty() || !lack_by_empty(measured).empty();
}

void own_conduct::add_loop(const own_conduct& other) {
  if (lateness_of(other.loop_lag) > lateness_of(loop_lag)) loop_lag = other.loop_lag;
  if (other.cpu_share() > cpu_share()) {
    cpu = std::chrono::nanoseconds(
        std::llround(other.cpu_share() * static_cast<double>(steady.count())));
  }
  if (other.clock_drift() > clock_drift()) system = steady + (other.system - other.steady);
}

double own_conduct::cpu_share() const {
  return steady.count() > 0 ? static_cast<double>(cpu.count()) / static_cast<double>(steady.count())
                            : 0;
}

double own_conduct::clock_drift() const {
  const auto apart = static_cast<double>(std::abs((system - steady).count()));
  const double beyond = std::max(0.0, apart - readings_apart_s * 1e9);
  return steady.count() > 0 ? beyond / static_cast<double>(steady.count()) : 0;
}

std::vector<std::string> reasons_against(const tally& measured, const own_conduct& conduct) {
  std::vector<std::string> reasons;
  const double tolerable = tolerable_ns(measured);
  if (!conduct.cut_by.empty()) reasons.push_back(conduct.cut_by);
  for (std::string lack : {lack_by_failures(measured), lack_by_empty(measured)}) {
    if (!lack.empty()) reasons.push_back(std::move(lack));
  }
  check_lateness("the client was behind its schedule", measured.of(metric::schedule_lag), tolerable,
                 reasons);
  check_lateness("the client's loop was late", conduct.loop_lag, tolerable, reasons);
  if (conduct.cpu_share() > most_cpu) {
    reasons.push_back(fmt::format("the client used {:.0f} % of its core, over {:.0f} %",
                                  conduct.cpu_share() * 100, most_cpu * 100));
  }
  if (conduct.clock_drift() > most_drift) {
    reasons.push_back(fmt::format("the system's clock and the monotonic one drifted {:.2g} % apart",
                                  conduct.clock_drift() * 100));
  }
  if (conduct.waited_for_place > 0) {
    reasons.push_back(
        fmt::format("{} requests waited for a place: no more than {} may be in flight",
                    conduct.waited_for_place, conduct.cap));
  }
  return reasons;
}

}  // namespace retort::engine
