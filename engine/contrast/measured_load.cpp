#include "engine/contrast/measured_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/contrast/json_numbers.hpp"

namespace retort::engine {

namespace {

constexpr std::string_view closed_mark = "concurrency ", rate_mark = "/s ";
constexpr std::string_view cap_mark = ", at most ", cap_end = " in flight";

// Without its cap, which that is.
std::optional<double> cap_off(std::string_view& text) {
  const std::size_t at = text.rfind(cap_mark);
  if (at == text.npos || !text.ends_with(cap_end)) return std::nullopt;
  const auto number = text.substr(at + cap_mark.size());
  const auto out = number_in(number.substr(0, number.size() - cap_end.size()));
  if (out) text = text.substr(0, at);
  return out;
}

}  // namespace

std::string text_of(const load_shape& of) {
  if (!of.is_told()) return "a load that the file does not tell";
  std::string out = of.concurrency ? fmt::format("{}{:g}", closed_mark, *of.concurrency)
                    : of.rate      ? fmt::format("{:g}/s", *of.rate)
                                   : "";
  if (of.rate && !of.arrivals.empty()) out += " " + of.arrivals;
  if (!of.called.empty()) out += (out.empty() ? "" : ", ") + of.called;
  if (of.cap) out += fmt::format("{}{:g}{}", cap_mark, *of.cap, cap_end);
  return out;
}

load_shape shape_called(std::string_view text) {
  load_shape out;
  out.is_whole = true;
  out.cap = cap_off(text);
  const std::string_view begin = text.substr(0, text.find(", "));
  const std::size_t slash = begin.find(rate_mark);
  if (begin.starts_with(closed_mark)) out.concurrency = number_in(begin.substr(closed_mark.size()));
  if (slash != begin.npos) out.rate = number_in(begin.substr(0, slash));
  if (out.rate) out.arrivals = begin.substr(slash + rate_mark.size());
  if (out.concurrency || out.rate) text.remove_prefix(std::min(begin.size() + 2, text.size()));
  out.called = text;
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
