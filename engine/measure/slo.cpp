#include "engine/measure/slo.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/text/near_miss.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

constexpr std::string_view example = "ttft_p95=500ms";

struct unit {
  std::string_view name;
  double ns;
};
constexpr unit units[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}};

error bad(std::string_view text, const std::string& why) {
  return {errc::usage, fmt::format("SLO \"{}\": {}", excerpt(text), why)};
}

result<double> share_of(std::string_view word) {
  std::vector<std::string_view> names;
  for (const auto& one : stated_shares) {
    if (word == one.name) return one.share;
    names.push_back(one.name);
  }
  return error{errc::usage, fmt::format("\"{}\" is no percentile; expected one of {}{}", word,
                                        fmt::join(names, ", "), did_you_mean(word, names))};
}

result<metric> metric_called(std::string_view word) {
  if (const auto found = find_metric(word)) return *found;
  const auto names = metric_names();
  return error{errc::usage, fmt::format("\"{}\" is no metric; there are {}{}", word,
                                        fmt::join(names, ", "), did_you_mean(word, names))};
}

result<slo> parse_slo(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view left = trim(text.substr(0, equals));
  const auto underscore = left.rfind('_');
  if (equals == text.npos || underscore == left.npos) {
    return bad(text, fmt::format("expected METRIC_PERCENTILE=TIME, as in {}", example));
  }
  const auto what = metric_called(left.substr(0, underscore));
  if (!what) return bad(text, what.error().message);
  const auto share = share_of(left.substr(underscore + 1));
  if (!share) return bad(text, share.error().message);
  const auto limit = parse_time(trim(text.substr(equals + 1)));
  if (!limit) return bad(text, limit.error().message);
  return slo{*what, *share, *limit, std::string(text)};
}

}  // namespace

result<double> parse_time(std::string_view text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view word = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  const auto found = std::ranges::find(units, word, &unit::name);
  const bool is_number = problem == std::errc() && number > 0 && number < 1e9;
  if (!is_number || found == std::end(units)) {
    return error{errc::usage, fmt::format("\"{}\" is no time; expected a number above 0 with its "
                                          "unit (us, ms, s, min), as in 500ms",
                                          excerpt(text))};
  }
  return number * found->ns;
}

result<std::vector<slo>> parse_slos(std::string_view text) {
  std::vector<slo> out;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    auto one = parse_slo(trim(rest.substr(0, comma)));
    if (!one) return one.error();
    for (const slo& before : out) {
      if (before.what == one->what && before.share == one->share)
        return bad(one->text, "is given twice");
    }
    out.push_back(std::move(*one));
    if (comma == rest.npos) return out;
    rest.remove_prefix(comma + 1);
  }
}

std::string_view name(kept how) {
  switch (how) {
    case kept::yes: return "yes";
    case kept::no: return "no";
    case kept::untold: return "not told";
    default: return "too few samples";
  }
}

kept is_kept(const slo& one, const log_histogram& measured, const sampled_cases& cases) {
  const auto found = percentile_of(measured, one.share, cases);
  if (!found) return kept::unknown;
  if (found->bound <= one.limit) return kept::yes;
  return found->value > one.limit ? kept::no : kept::unknown;
}

kept all_of(kept one, kept another) {
  if (one == kept::no || another == kept::no) return kept::no;
  if (one == kept::yes || one == another) return another;
  return another == kept::yes ? one : kept::unknown;
}

bool is_of_every_answer(metric what) {
  switch (what) {
    case metric::ttft:
    case metric::ttfot:
    case metric::e2e:
    case metric::ttft_from_schedule:
    case metric::e2e_from_schedule:
    case metric::first_byte: return true;
    default: return false;
  }
}

bool keeps_all(const measurement& of, const std::vector<slo>& slos) {
  return !of.failed && of.has_content() && std::ranges::all_of(slos, [&](const slo& one) {
    const auto value = value_of(of, one.what);
    return value ? *value <= one.limit : !is_of_every_answer(one.what);
  });
}

}  // namespace retort::engine
