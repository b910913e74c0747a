#include "engine/contrast/measured_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/contrast/json_numbers.hpp"

namespace retort::engine {

namespace {

constexpr std::string_view closed_mark = "concurrency ", rate_mark = "/s ";
constexpr std::string_view cap_mark = ", at most ", cap_end = " in flight";

// Without its cap, which that is; what the requests are turns of stands behind it.
std::optional<double> cap_off(std::string& text) {
  const std::size_t at = text.find(cap_mark);
  if (at == text.npos) return std::nullopt;
  const std::size_t begin = at + cap_mark.size(), end = text.find(cap_end, begin);
  if (end == text.npos) return std::nullopt;
  const auto out = number_in(std::string_view(text).substr(begin, end - begin));
  if (out) text.erase(at, end + cap_end.size() - at);
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

load_shape shape_called(std::string_view in_full) {
  load_shape out;
  out.is_whole = true;
  std::string whole(in_full);
  out.cap = cap_off(whole);
  std::string_view text = whole;
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
