#include "engine/contrast/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/measure/slo.hpp"
#include "engine/text/near_miss.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

constexpr metric compared_metrics[] = {metric::ttft,
                                       metric::ttfot,
                                       metric::tpot,
                                       metric::ntpot,
                                       metric::icl,
                                       metric::e2e,
                                       metric::ttft_from_schedule,
                                       metric::e2e_from_schedule};

std::vector<figure> made_figures() {
  std::vector<figure> out;
  for (const char* name :
       {"requests_per_s", "input_tokens_per_s", "output_tokens_per_s", "goodput_per_s"}) {
    out.push_back({name, {}, {}, true, false});
  }
  for (const char* name : {"failed", "empty"}) out.push_back({name, {}, {}, false, true});
  for (const metric what : compared_metrics) {
    out.push_back({fmt::format("{}_mean", name(what)), what, {}, false, false});
    for (const auto& each : stated_shares) {
      out.push_back({fmt::format("{}_{}", name(what), each.name), what, each.share, false, false});
    }
  }
  return out;
}

error bad_limit(std::string_view text, const std::string& why) {
  return {errc::usage, fmt::format("--fail-if \"{}\": {}", excerpt(text), why)};
}

// A number behind its sign, and what follows it.
struct signed_amount {
  double number = 0;
  std::string_view unit;
};

std::optional<signed_amount> amount_of(std::string_view text) {
  if (!text.starts_with('+') && !text.starts_with('-')) return std::nullopt;
  const std::string_view digits = text.substr(1);
  signed_amount out;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out.number);
  if (read.ec != std::errc() || !(out.number >= 0 && out.number < 1e9)) return std::nullopt;
  if (text[0] == '-') out.number = -out.number;
  out.unit = digits.substr(static_cast<std::size_t>(read.ptr - digits.data()));
  return out;
}

result<stated_limit> limit_in(std::string_view text, const figure& of, const signed_amount& by) {
  stated_limit out{&of, 0, {}, std::string(text)};
  if (by.unit == "%") {
    out.relative = by.number / 100;
    return out;
  }
  const auto time = of.what ? parse_time(fmt::format("{:g}{}", by.number, by.unit))
                            : result<double>(error{errc::usage, ""});
  if (!time) return bad_limit(text, of.what ? "expected % or a time (us, ms, s)" : "expected %");
  out.more = *time / 1e6;
  return out;
}

result<stated_limit> parse_limit(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == text.npos) {
    return bad_limit(text, "expected FIGURE=CHANGE, as in ttft_p95=+10%");
  }
  const auto of = figure_called(trim(text.substr(0, equals)));
  if (!of) return bad_limit(text, of.error().message);
  const std::string_view right = trim(text.substr(equals + 1));
  const char worse = (*of)->is_rate ? '-' : '+';
  const auto by = amount_of(right);
  if (!by || right[0] != worse) {
    return bad_limit(text, fmt::format("{} is worse when it is {}; expected {}10% or the like",
                                       (*of)->name, (*of)->is_rate ? "lower" : "higher", worse));
  }
  return limit_in(text, **of, *by);
}

}  // namespace

const std::vector<figure>& figures() {
  static const std::vector<figure> all = made_figures();
  return all;
}

result<const figure*> figure_called(std::string_view name) {
  const auto found = std::ranges::find(figures(), name, &figure::name);
  if (found != figures().end()) return &*found;
  std::vector<std::string_view> names;
  for (const figure& one : figures()) names.push_back(one.name);
  return error{errc::usage,
               fmt::format("\"{}\" is no figure; expected a metric's (ttft_p95, e2e_mean), "
                           "requests_per_s, output_tokens_per_s, goodput_per_s, failed or empty{}",
                           excerpt(name), did_you_mean(name, names))};
}

result<std::vector<stated_limit>> parse_limits(std::string_view text) {
  std::vector<stated_limit> out;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    auto one = parse_limit(trim(rest.substr(0, comma)));
    if (!one) return one.error();
    for (const stated_limit& before : out) {
      if (before.of == one->of) return bad_limit(one->text, "is given twice");
    }
    out.push_back(std::move(*one));
    if (comma == rest.npos) return out;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace retort::engine
