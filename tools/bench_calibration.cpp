#include "tools/bench_calibration.hpp"

#include <fmt/format.h>

#include "engine/text/amounts.hpp"
#include "io/base/json_writer.hpp"
#include "io/base/version.hpp"
#include "tools/text_table.hpp"

namespace retort::tools {
namespace {

using engine::metric;
using engine::trial_result;
using figure_value = std::optional<double>;

figure_value stated_ms(const trial_result& of, metric what, double share) {
  const auto found = of.measured.stated(what, share);
  return found ? figure_value(found->value / 1e6) : std::nullopt;
}

struct calibrated_figure {
  std::string_view name, label;
  figure_value calibrated_side::*value;
};

constexpr calibrated_figure calibrated_figures[] = {
    {"ttft_p50_ms", "one after the other: ttft p50 ms", &calibrated_side::ttft_p50},
    {"ttft_p99_ms", "  ttft p99 ms", &calibrated_side::ttft_p99},
    {"e2e_p50_ms", "  e2e p50 ms", &calibrated_side::e2e_p50},
    {"e2e_p99_ms", "  e2e p99 ms", &calibrated_side::e2e_p99},
    {"schedule_lag_p50_ms", "by a schedule: lag p50 ms", &calibrated_side::lag_p50},
    {"schedule_lag_p99_ms", "  lag p99 ms", &calibrated_side::lag_p99},
    {"loop_lag_p99_ms", "  lag of the loop p99 ms", &calibrated_side::loop_lag_p99},
    {"highest_rate", "as fast as may be: req/s", &calibrated_side::highest_rate},
    {"cpu_us_per_request", "  CPU of a request us", &calibrated_side::cpu_us_per_request},
};

std::string figure_cell(const figure_value& value) {
  if (!value) return "too few";
  return *value >= 1000 ? engine::grouped(static_cast<std::uint64_t>(*value + 0.5))
                        : fmt::format("{:.3g}", *value);
}

}  // namespace

calibrated_side side_of(std::string_view name, const std::vector<trial_result>& trials) {
  calibrated_side out;
  out.name = name;
  const trial_result& slow = trials.at(0);
  const trial_result& open = trials.at(1);
  const trial_result& fast = trials.at(2);
  out.ttft_p50 = stated_ms(slow, metric::ttft, 0.5);
  out.ttft_p99 = stated_ms(slow, metric::ttft, 0.99);
  out.e2e_p50 = stated_ms(slow, metric::e2e, 0.5);
  out.e2e_p99 = stated_ms(slow, metric::e2e, 0.99);
  out.lag_rate = open.load.amount();
  out.lag_p50 = stated_ms(open, metric::schedule_lag, 0.5);
  out.lag_p99 = stated_ms(open, metric::schedule_lag, 0.99);
  if (const auto lag = open.conduct.loop_lag.quantile(0.99)) out.loop_lag_p99 = *lag / 1e6;
  out.highest_rate = fast.measured.success_rate();
  const std::uint64_t requests = fast.measured.requests();
  if (requests > 0) {
    out.cpu_us_per_request =
        static_cast<double>(fast.conduct.cpu.count()) / 1e3 / static_cast<double>(requests);
  }
  out.cpu_share = fast.conduct.cpu_share();
  return out;
}

std::string calibration_text(const std::vector<calibrated_side>& sides) {
  std::vector<std::string> head = {"the client's own"};
  for (const calibrated_side& one : sides) head.emplace_back(one.name);
  text_table table(std::move(head), 1);
  for (const calibrated_figure& figure : calibrated_figures) {
    std::vector<std::string> row = {std::string(figure.label)};
    for (const calibrated_side& one : sides) row.push_back(figure_cell(one.*figure.value));
    table.add(std::move(row));
  }
  std::vector<std::string> shares = {"  its share of a core then %"};
  for (const calibrated_side& one : sides) {
    shares.push_back(fmt::format("{:.0f}", one.cpu_share * 100));
  }
  table.add(std::move(shares));
  return table.text() +
         "\nagainst the mock, a thread of this process on loopback, whose own time is in all of "
         "it:\n"
         "an endpoint's figures are those of a benchmark as far as they are well above these\n";
}

std::string calibration_json(const std::vector<calibrated_side>& sides) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("schema", "retort.bench.calibration");
  json.member("version", 1);
  json.member("retort", io::version);
  for (const calibrated_side& one : sides) {
    json.key(one.name);
    json.open_object();
    for (const calibrated_figure& figure : calibrated_figures) {
      if (const auto& value = one.*figure.value) json.member(figure.name, *value);
    }
    json.member("schedule_rate", one.lag_rate);
    json.member("cpu_share", one.cpu_share);
    json.close_object();
  }
  json.close_object();
  return out + '\n';
}

}  // namespace retort::tools
