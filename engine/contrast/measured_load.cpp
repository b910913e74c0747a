#include "engine/contrast/measured_load.hpp"

#include <fmt/format.h>

#include <utility>

namespace retort::engine {

std::string text_of(const load_shape& of) {
  std::string out = of.concurrency ? fmt::format("concurrency {:g}", *of.concurrency)
                    : of.rate      ? fmt::format("{:g}/s", *of.rate)
                                   : "a load that the file does not tell";
  if (of.rate && !of.arrivals.empty()) out += " " + of.arrivals;
  if (of.cap) out += fmt::format(", at most {:g} in flight", *of.cap);
  return out;
}

void add_figures(measured_load& of, metric what, spread values) {
  if (values.cases() == 0) return;
  for (const figure& one : figures()) {
    if (one.what != what) continue;
    const auto told = one.share ? values.percentile(*one.share) : std::optional(values.mean());
    if (told) of.values.try_emplace(one.name, *told);
  }
  of.spreads.insert_or_assign(what, std::move(values));
}

}  // namespace retort::engine
