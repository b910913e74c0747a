#include "engine/measure/load_level.hpp"

#include <fmt/format.h>

namespace retort::engine {
namespace {

std::string text_of(const arrival_rule& rule) {
  std::string out = fmt::format("{:g}", rule.rate);
  if (rule.ramp) out += fmt::format(" to {:g}", rule.ramp->to);
  out += fmt::format("/s {}", name(rule.pattern));
  if (rule.pattern == arrival_pattern::gamma) out += fmt::format(" {:g}", rule.burstiness);
  if (rule.ramp) out += fmt::format(" over {:g} s", rule.ramp->over_s);
  if (const auto& burst = rule.burst) {
    out +=
        fmt::format(", {:g}x for {:g} of {:g} s", burst->factor, burst->length_s, burst->period_s);
  }
  return out;
}

std::string rate_of(const load_level& load) {
  if (!load.is_open()) return fmt::format("concurrency {}", load.concurrency);
  return load.rule ? text_of(*load.rule) : fmt::format("trace x{:g}", load.trace_speed);
}

}  // namespace

std::string text_of(const load_level& load, const std::string& sessions) {
  std::string out = rate_of(load);
  if (load.cap > 0) out += fmt::format(", at most {} in flight", load.cap);
  if (!sessions.empty()) out += ", " + sessions;
  return out;
}

}  // namespace retort::engine
