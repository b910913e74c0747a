#include "tools/bench_load_flags.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <string_view>

namespace retort::tools {
namespace {

constexpr double lowest_rate = 1e-6, highest_rate = 1e7;
constexpr double longest_thought_s = 86'400;
constexpr double shortest_period_s = 0.1, longest_period_s = 1e6, highest_factor = 1000;

// Takes a number off the text's beginning, and what is to stand behind it.
bool take_number(std::string_view& text, double& into, char behind) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), into);
  if (read.ec != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  if (behind == '\0') return text.empty();
  if (!text.starts_with(behind)) return false;
  text.remove_prefix(1);
  return true;
}

constexpr std::string_view own_conversation = "record";
constexpr std::uint64_t most_turns = 1000;

// 0: it is none of them.
std::uint64_t count_of(std::string_view text) {
  std::uint64_t out = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc() && read.ptr == end && out <= most_turns ? out : 0;
}

bool is_rate(double one) { return one >= lowest_rate && one <= highest_rate; }

CLI::Validator share_of_all(double high) {
  const auto check = [high](const std::string& text) -> std::string {
    double share = 0;
    std::string_view rest = text;
    if (take_number(rest, share, '\0') && share > 0 && share <= high) return {};
    return fmt::format("\"{}\" is no share over 0, at most {:g}", text, high);
  };
  return {check, "", "share"};
}

void add_trace_flags(CLI::App& app, load_flags& flags) {
  auto* const trace =
      app.add_option("--trace", flags.trace,
                     "open loop: replay a Mooncake trace (JSONL), its times, lengths and shared\n"
                     "blocks, with made-up prompts")
          ->type_name("FILE")
          ->group("Load");
  for (const char* other : {"--rate", "--concurrency", "--ramp", "--burst", "--arrivals",
                            "--burstiness", "--input-tokens", "--output-tokens"}) {
    trace->excludes(app.get_option(other));
  }
  app.add_option("--trace-speed", flags.trace_speed,
                 "so many times as fast, one level after the other: 1,2,4; else 1")
      ->type_name("F,...")
      ->needs(trace)
      ->group("Load");
  app.add_option("--trace-block", flags.trace_block, "tokens that one of its hash_ids stands for")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
      ->needs(trace)
      ->group("Load")
      ->capture_default_str();
}

CLI::Validator turns_of_session() {
  const auto check = [](const std::string& text) -> std::string {
    if (text == own_conversation || count_of(text) > 1) return {};
    return fmt::format("\"{}\" is no whole number from 2 to {}, and not {}", text, most_turns,
                       own_conversation);
  };
  return {check, "", "turns"};
}

void add_session_flags(CLI::App& app, load_flags& flags) {
  auto* const turns =
      app.add_option(
             "--turns", flags.turns,
             "sessions, which --concurrency or --rate counts: each of so many prompts in a\n"
             "row goes with what was said before, the answers as they came; record: a\n"
             "session is what the user says in the conversation of a CONFIG's record,\n"
             "message by message")
          ->type_name("N")
          ->check(turns_of_session())
          ->group("Load");
  for (const char* other : {"--ramp", "--trace"}) turns->excludes(app.get_option(other));
  app.add_option(
         "--think-time", flags.think_time,
         "of sessions (--turns, or a CONFIG with steps): seconds between an answer and the\n"
         "next turn, drawn evenly: 2 or 0.5:5; else 0")
      ->type_name("S")
      ->group("Load");
}

result<void> add_sessions(const load_flags& flags, engine::bench_options& options) {
  if (flags.turns == own_conversation) {
    if (options.input) {
      return error{errc::usage,
                   "--turns record is of a CONFIG's conversations (prompt.messages_field); made-up "
                   "prompts have --turns N"};
    }
    options.asked.own.emplace();
  } else if (!flags.turns.empty()) {
    options.asked.turns = count_of(flags.turns);
  }
  if (flags.think_time.empty()) return {};
  const auto think = engine::range_of(flags.think_time);
  if (!think || think->high > longest_thought_s) {
    return error{errc::usage,
                 fmt::format("--think-time \"{}\": expected seconds, one number or two bounds, at "
                             "most {:g}, as in 2 or 0.5:5",
                             flags.think_time, longest_thought_s)};
  }
  options.asked.think_s = *think;
  return {};
}

}  // namespace

void add_load_flags(CLI::App& app, load_flags& flags) {
  auto* const ramp =
      app.add_option("--ramp", flags.ramp,
                     "open loop: the rate rises (or falls) along a line over --duration: 1:50")
          ->type_name("FROM:TO")
          ->group("Load");
  for (const char* other : {"--rate", "--concurrency", "--search"}) {
    ramp->excludes(app.get_option(other));
  }
  ramp->needs(app.get_option("--duration"));
  app.add_option("--burst", flags.burst,
                 "of an open loop: 5x2/10 is five times the rate in the last 2 of every 10 s")
      ->type_name("Fx S/S")
      ->group("Load");
  auto* const cancel =
      app.add_option("--cancel", flags.cancel,
                     "give up this share of the requests, and close their connections: 0.1")
          ->type_name("SHARE")
          ->check(share_of_all(0.9))
          ->group("Load");
  app.add_option("--cancel-after", flags.cancel_after,
                 "so many seconds after they were sent, or chunks of the answer, drawn evenly:\n"
                 "0.5, 0.1:2, 20chunks, 5:50chunks; else 1 s")
      ->type_name("TIME")
      ->needs(cancel)
      ->group("Load");
  add_trace_flags(app, flags);
  add_session_flags(app, flags);
  app.add_option("--shared-prefix", flags.shared_prefix,
                 "of made-up prompts: so much of each is the beginning of one text: 0.5")
      ->type_name("SHARE")
      ->check(share_of_all(1))
      ->group("Prompts");
  app.add_flag(
         "--cache-bust", flags.cache_bust,
         "prompts of a CONFIG or a trace have a beginning of their own each, which no cache has")
      ->group("Prompts");
}

result<told_ramp> ramp_of(const load_flags& flags, double duration_s) {
  told_ramp out;
  std::string_view rest = flags.ramp;
  const bool is_fit = take_number(rest, out.from, ':') && take_number(rest, out.to.to, '\0') &&
                      is_rate(out.from) && is_rate(out.to.to) && out.from != out.to.to;
  if (!is_fit) {
    return error{errc::usage,
                 fmt::format("--ramp \"{}\": expected two rates from {:g} to {:g} a second, as in "
                             "1:50",
                             flags.ramp, lowest_rate, highest_rate)};
  }
  out.to.over_s = duration_s;
  return out;
}

result<std::optional<engine::rate_burst>> burst_of(const load_flags& flags) {
  if (flags.burst.empty()) return std::optional<engine::rate_burst>();
  engine::rate_burst out;
  std::string_view rest = flags.burst;
  const bool is_read = take_number(rest, out.factor, 'x') && take_number(rest, out.length_s, '/') &&
                       take_number(rest, out.period_s, '\0');
  const bool is_fit = is_read && out.factor >= 0 && out.factor <= highest_factor &&
                      out.length_s > 0 && out.length_s < out.period_s &&
                      out.period_s >= shortest_period_s && out.period_s <= longest_period_s;
  if (is_fit) return std::optional(out);
  return error{errc::usage,
               fmt::format("--burst \"{}\": expected how many times the rate (0 to {:g}), for how "
                           "many seconds of how many ({:g} to {:g}), as in 5x2/10",
                           flags.burst, highest_factor, shortest_period_s, longest_period_s)};
}

result<void> add_trace(const load_flags& flags, engine::bench_options& options) {
  if (flags.trace.empty()) return {};
  auto read = engine::read_trace(flags.trace, flags.trace_block);
  if (!read) return read.error();
  options.input = engine::length_rule{read->mean_input(), 0};
  options.output = engine::length_rule{read->mean_output(), 0};
  options.asked.replayed = std::make_shared<const engine::trace>(std::move(*read));
  return {};
}

result<void> add_workload(const load_flags& flags, engine::bench_options& options) {
  if (flags.shared_prefix > 0 && !options.input) {
    return error{errc::usage,
                 "--shared-prefix is of made-up prompts (--input-tokens); a CONFIG's have their "
                 "own beginnings"};
  }
  if (flags.shared_prefix > 0 && options.asked.replayed) {
    return error{errc::usage, "--shared-prefix: what a trace's prompts share is in its file"};
  }
  if (flags.cache_bust && options.input && !options.asked.replayed) {
    return error{
        errc::usage,
        "--cache-bust is of prompts of a CONFIG or a trace; made-up ones are new each time"};
  }
  options.asked.shared_prefix = flags.shared_prefix;
  options.asked.busts_cache = flags.cache_bust;
  const std::string after = flags.cancel_after.empty() ? "1" : flags.cancel_after;
  const auto cancel = engine::cancel_rule_of(after);
  if (!cancel) {
    return error{errc::usage,
                 fmt::format("--cancel-after \"{}\": expected seconds or chunks, one number or two "
                             "bounds, as in 0.5, 0.1:2, 20chunks or 5:50chunks",
                             after)};
  }
  if (cancel->in_chunks && !options.streams) {
    return error{errc::usage,
                 "--cancel-after: chunks are of a stream, which --whole does without; expected "
                 "seconds"};
  }
  options.asked.cancel = *cancel;
  options.asked.cancel.share = flags.cancel;
  return add_sessions(flags, options);
}

}  // namespace retort::tools
