#include "tools/bench_limits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/bench/bench.hpp"
#include "io/base/console.hpp"
#include "tools/bench_output.hpp"
#include "tools/run_command.hpp"

namespace retort::tools {
namespace {

using engine::bench_status;
using engine::found_limits;

std::string comment(std::string_view text) {
  std::string out;
  io::append_line(out, fmt::format("# {}", text));
  return out;
}

std::string what_is_missing(const found_limits& of) {
  if (of.is_cut) return comment("cut short by a signal: what was found before");
  if (!of.seen.ended.empty()) return comment(of.seen.ended);
  if (of.seen.has_refused || of.seen.told.any()) return "";
  return comment("no request was refused: a quota, if there is one, is higher than what was sent");
}

bench_status status_of(const found_limits& of) {
  if (of.is_cut) return bench_status::cut_short;
  if (!of.refused.empty()) return bench_status::nothing_measured;
  if (of.seen.ended.empty()) return bench_status::valid;
  const bool is_nothing_found = engine::deduced(of.seen).empty();
  return is_nothing_found ? bench_status::nothing_measured : bench_status::degraded;
}

// The first that applies to any endpoint, as --help lists them.
bench_status status_of(const std::vector<found_limits>& all) {
  for (const auto status :
       {bench_status::cut_short, bench_status::nothing_measured, bench_status::degraded}) {
    const auto has_it = [&](const found_limits& one) { return status_of(one) == status; };
    if (std::ranges::any_of(all, has_it)) return status;
  }
  return bench_status::valid;
}

std::string reason_of(const found_limits& of) {
  if (of.is_cut) return "cut short by a signal";
  const std::string& why = of.refused.empty() ? of.seen.ended : of.refused;
  return why.empty() ? "" : fmt::format("{}: {}", of.endpoint, why);
}

result<engine::finder_options> finder_of(const bench_flags& flags,
                                         const engine::bench_options& options) {
  engine::finder_options out;
  out.requests = options;
  auto spend = engine::parse_spend(flags.spend);
  if (!spend) return spend.error();
  out.spend = *spend;
  if (options.duration) out.window = *options.duration;
  return out;
}

}  // namespace

std::string limits_text(const found_limits& of) {
  std::string out =
      comment(fmt::format("{} {}: {} requests{}", of.endpoint, of.model, of.requests,
                          of.usd ? fmt::format(", {:.4f} USD at most", *of.usd) : ""));
  if (!of.refused.empty()) return out + comment(of.refused);
  const std::string block = limits_block(engine::deduced(of.seen));
  return out + what_is_missing(of) +
         (block.empty() ? comment("nothing was found")
                        : comment("below its entry of models:") + block);
}

int find_limits_command(const bench_flags& flags, const engine::config& config,
                        const engine::bench_options& options,
                        const std::map<std::size_t, engine::embedded_provider>& embedded) {
  const auto how = finder_of(flags, options);
  if (!how) return refuse(how.error());
  const auto say = [](const std::string& line) { io::print_line(stderr, "bench: " + line); };
  const auto found = engine::find_limits(config, *how, embedded, say);
  if (!found) return refuse_output(found.error());
  std::string text;
  for (const found_limits& one : *found) text += limits_text(one);
  if (auto printed = print_out(text); !printed) return refuse_output(printed.error());
  for (const found_limits& one : *found) {
    const std::string why = reason_of(one);
    if (!why.empty()) io::print_line(stderr, "retort: " + why);
  }
  return static_cast<int>(status_of(*found));
}

}  // namespace retort::tools
