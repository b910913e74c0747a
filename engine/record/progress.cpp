#include "engine/record/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/base/json_writer.hpp"

namespace retort::engine {
namespace {

// The memory of the smoothed rates, in seconds.
constexpr double rate_memory_s = 5;

std::string rate_text(double per_second) {
  if (per_second >= 100) return grouped(static_cast<std::uint64_t>(std::llround(per_second)));
  return fmt::format("{:.1f}", per_second);
}

// What is left, in units of what this process has done; nothing while that is unknown.
std::optional<double> left_to_done(const progress_snapshot& at) {
  const auto total = at.expected();
  if (!total || at.done_here() == 0) return {};
  const double left = static_cast<double>(*total) - static_cast<double>(at.done());
  return std::max(0.0, left) / static_cast<double>(at.done_here());
}

std::string end_text(const progress_snapshot& at) {
  if (at.stopping) return " · stopping";
  const auto left = left_to_done(at);
  if (!left || *left <= 0 || at.elapsed.count() <= 0) return "";
  return " · ETA " + duration_text(at.elapsed * *left);
}

std::string dollars(double usd) {
  return usd < 1 ? fmt::format("{:.4f}", usd) : fmt::format("{:.2f}", usd);
}

double percent(std::uint64_t part, std::uint64_t whole) {
  const double of =
      static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, whole));
  return whole ? std::floor(100 * of) : 100;
}

// "12/40 (30 %)", or "12/~40 (30 %)" while the total is an estimate, which is never passed;
// "12 of at most 40" before one that may end early has anything to go by.
std::string done_text(const progress_snapshot& at) {
  if (at.total && at.is_at_most && !at.total_about) {
    return fmt::format("{} of at most {}", grouped(at.done()), grouped(*at.total));
  }
  if (at.total && !at.is_at_most) {
    return fmt::format("{}/{} ({:.0f} %)", grouped(at.done()), grouped(*at.total),
                       percent(at.done(), *at.total));
  }
  if (!at.total_about) return grouped(at.done());
  const std::uint64_t about = std::max(*at.total_about, at.done() + 1);
  const std::string most = at.total ? fmt::format(", at most {}", grouped(*at.total)) : "";
  return fmt::format("{}/~{} ({:.0f} %{})", grouped(at.done()), grouped(about),
                     percent(at.done(), about), most);
}

std::string verdicts_text(const progress_snapshot& at) {
  return fmt::format("{} accepted, {} rejected, {} failed", grouped(at.accepted),
                     grouped(at.rejected), grouped(at.failed));
}

std::string speed_text(const progress_snapshot& at) {
  std::string out = fmt::format("{} req/s, {} tok/s · {} in flight", rate_text(at.requests_per_s),
                                rate_text(at.tokens_per_s), at.in_flight);
  if (at.backing_off) out += fmt::format(", {} backing off", at.backing_off);
  out += fmt::format(" · {} retries", grouped(at.retries));
  if (!at.bound_by.empty()) out += fmt::format(" · bound by {}", at.bound_by);
  return out;
}

std::string bad_rows_text(const progress_snapshot& at) {
  return at.skipped_rows ? fmt::format(" · {} bad rows", grouped(at.skipped_rows)) : "";
}

// What costs nothing needs no word.
std::string usd_text(const progress_snapshot& at) {
  if (!at.usd || *at.usd <= 0) return "";
  const auto expected = at.usd_expected();
  if (!expected || *expected <= *at.usd) return fmt::format(" · {} USD", dollars(*at.usd));
  return fmt::format(" · {} of about {} USD", dollars(*at.usd), dollars(*expected));
}

std::string count_text(std::int64_t count) {
  return grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(0, count)));
}

constexpr std::size_t longest_bar = 30, shortest_bar = 5;

// "██████░░░░░░ ", or nothing where there is no room or no total.
std::string bar(const progress_snapshot& at, std::size_t room) {
  const auto total = at.expected();
  if (!total || room <= shortest_bar) return "";
  const std::size_t length = std::min(longest_bar, room - 1);
  const double part =
      *total == 0 ? 1 : static_cast<double>(at.done()) / static_cast<double>(*total);
  const auto full = static_cast<std::size_t>(std::min(1.0, part) * static_cast<double>(length));
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += i < full ? "█" : "░";
  return out + ' ';
}

}  // namespace

void set_rates(progress_snapshot& now, const progress_snapshot& before) {
  const double time = (now.elapsed - before.elapsed).count();
  if (time <= 0) return;
  const auto rate = [time](auto a, auto b) { return static_cast<double>(a - b) / time; };
  const double weight = before.elapsed.count() <= 0 ? 1 : 1 - std::exp(-time / rate_memory_s);
  const auto smooth = [weight](double old, double fresh) { return old + weight * (fresh - old); };
  now.requests_per_s = smooth(before.requests_per_s, rate(now.requests, before.requests));
  now.tokens_per_s = smooth(before.tokens_per_s, rate(now.input_tokens + now.output_tokens,
                                                      before.input_tokens + before.output_tokens));
}

std::optional<double> progress_snapshot::usd_expected() const {
  const auto left = left_to_done(*this);
  if (!usd || !left) return {};
  return std::round(*usd * (1 + *left) * 1e6) / 1e6;
}

std::string progress_line(const progress_snapshot& at) {
  return done_text(at) + " · " + verdicts_text(at) + " · " + speed_text(at) + usd_text(at) +
         bad_rows_text(at) + end_text(at);
}

std::vector<std::string> progress_rows(const progress_snapshot& at, std::size_t columns) {
  const std::string done = done_text(at) + end_text(at);
  return {bar(at, columns - std::min(columns, done.size())) + done,
          verdicts_text(at) + bad_rows_text(at), speed_text(at),
          fmt::format("{} tokens in, {} out{}", count_text(at.input_tokens),
                      count_text(at.output_tokens), usd_text(at))};
}

std::string progress_json(const progress_snapshot& at) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("event", "progress");
  if (at.total) json.member("total", *at.total);
  if (at.total_about && (!at.total || at.is_at_most)) json.member("total_about", *at.total_about);
  json.member("done", at.done());
  json.member("resumed", at.resumed);
  json.member("accepted", at.accepted);
  json.member("rejected", at.rejected);
  json.member("failed", at.failed);
  json.member("skipped_rows", at.skipped_rows);
  json.member("requests", at.requests);
  json.member("retries", at.retries);
  json.member("input_tokens", at.input_tokens);
  json.member("output_tokens", at.output_tokens);
  json.member("in_flight", at.in_flight);
  json.member("backing_off", at.backing_off);
  json.member("elapsed_s", at.elapsed.count());
  json.member("requests_per_s", at.requests_per_s);
  json.member("tokens_per_s", at.tokens_per_s);
  if (!at.bound_by.empty()) json.member("bound_by", at.bound_by);
  if (at.usd) json.member("usd", *at.usd);
  if (const auto usd = at.usd_expected()) json.member("usd_expected", *usd);
  json.member("stopping", at.stopping);
  json.close_object();
  return out;
}

}  // namespace retort::engine
