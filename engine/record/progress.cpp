#include "engine/record/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "io/base/console.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {
namespace {

// The memory of the smoothed rates, in seconds.
constexpr double rate_memory_s = 5;

std::string rate_text(double per_second) {
  if (per_second >= 100) return grouped(static_cast<std::uint64_t>(std::llround(per_second)));
  return fmt::format("{:.1f}", per_second);
}

std::string eta_text(const progress_snapshot& at) {
  const std::uint64_t fresh = at.done() - std::min(at.done(), at.resumed);
  const auto total = at.total ? at.total : at.total_about;
  if (!total || fresh == 0 || at.elapsed.count() <= 0) return "";
  const double left = static_cast<double>(*total) - static_cast<double>(at.done());
  const double rate = static_cast<double>(fresh) / at.elapsed.count();
  return left <= 0 ? "" : " · ETA " + duration_text(std::chrono::duration<double>(left / rate));
}

double percent(std::uint64_t part, std::uint64_t whole) {
  const double of =
      static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, whole));
  return whole ? std::floor(100 * of) : 100;
}

// "12/40 (30 %)", or "12/~40 (30 %)" while the total is an estimate, which is never passed.
std::string done_text(const progress_snapshot& at) {
  if (at.total) {
    return fmt::format("{}/{} ({:.0f} %)", grouped(at.done()), grouped(*at.total),
                       percent(at.done(), *at.total));
  }
  if (!at.total_about) return grouped(at.done());
  const std::uint64_t about = std::max(*at.total_about, at.done() + 1);
  return fmt::format("{}/~{} ({:.0f} %)", grouped(at.done()), grouped(about),
                     percent(at.done(), about));
}

class plain_display final : public progress_display {
 public:
  std::chrono::milliseconds interval() const override { return std::chrono::seconds(5); }
  void show(const progress_snapshot& at) override { io::print_line(stderr, progress_line(at)); }
  void say(std::string_view line) override { io::print_line(stderr, line); }
};

class json_display final : public progress_display {
 public:
  explicit json_display(std::FILE* to) : to_(to) {}
  std::chrono::milliseconds interval() const override { return std::chrono::seconds(1); }
  void show(const progress_snapshot& at) override { io::print_line(to_, progress_json(at)); }
  void say(std::string_view line) override { io::print_line(stderr, line); }

 private:
  std::FILE* to_;
};

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

// Cuts a UTF-8 text to so many code points: a line that wraps could not be overwritten.
std::string cut(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool starts_character = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts_character && columns-- == 0) break;
  }
  return std::string(text.substr(0, at));
}

class terminal_display final : public progress_display {
 public:
  std::chrono::milliseconds interval() const override { return std::chrono::milliseconds(200); }
  void show(const progress_snapshot& at) override {
    io::print_over(stderr, cut(progress_line(at), terminal_columns() - 1));
    live_ = true;
  }
  void say(std::string_view line) override {
    if (live_) io::erase_line(stderr);
    live_ = false;
    io::print_line(stderr, line);
  }
  void finish() override {
    if (live_) io::end_line(stderr);
    live_ = false;
  }

 private:
  bool live_ = false;
};

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

std::string progress_line(const progress_snapshot& at) {
  std::string line =
      fmt::format("{} · {} accepted, {} rejected, {} failed · {} req/s, {} tok/s · {} in flight",
                  done_text(at), grouped(at.accepted), grouped(at.rejected), grouped(at.failed),
                  rate_text(at.requests_per_s), rate_text(at.tokens_per_s), at.in_flight);
  if (at.backing_off) line += fmt::format(", {} backing off", at.backing_off);
  line += fmt::format(" · {} retries", grouped(at.retries));
  if (!at.bound_by.empty()) line += fmt::format(" · bound by {}", at.bound_by);
  if (at.skipped_rows) line += fmt::format(" · {} bad rows", grouped(at.skipped_rows));
  return line + (at.stopping ? " · stopping" : eta_text(at));
}

std::string progress_json(const progress_snapshot& at) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("event", "progress");
  if (at.total) json.member("total", *at.total);
  if (!at.total && at.total_about) json.member("total_about", *at.total_about);
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
  json.member("stopping", at.stopping);
  json.close_object();
  return out;
}

std::unique_ptr<progress_display> make_display(display_kind kind, bool output_is_taken) {
  if (kind == display_kind::json) {
    return std::make_unique<json_display>(output_is_taken ? stderr : stdout);
  }
  if (kind == display_kind::automatic && ::isatty(STDERR_FILENO)) {
    return std::make_unique<terminal_display>();
  }
  return std::make_unique<plain_display>();
}

}  // namespace retort::engine
