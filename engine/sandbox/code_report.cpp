#include "engine/sandbox/code_report.hpp"

#include <fmt/format.h>
#include <signal.h>

#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t longest_detail = 300;
constexpr std::string_view ready = "ready\n";
// How bubblewrap, as a shell does, tells the signal that ended what it ran.
constexpr int by_signal = 128;

std::string last_line(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.rfind('\n');
    const auto line =
        io::one_line(text.substr(end == std::string_view::npos ? 0 : end + 1), longest_detail);
    if (!line.empty() || end == std::string_view::npos) return line;
    text = text.substr(0, end);
  }
  return {};
}

int signal_of(const io::process_end& end) {
  return end.signal != 0 ? end.signal : end.exit_code > by_signal ? end.exit_code - by_signal : 0;
}

std::string how_it_ended(const io::process_end& end) {
  if (const int signal = signal_of(end)) return fmt::format("killed by signal {}", signal);
  return fmt::format("exit status {}", end.exit_code);
}

std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000);
}

// "unready NONCE REASON": without the nonce the code might have said it.
bool takes_back(const code_run& run, std::string_view line, code_result& found) {
  const std::string start = fmt::format("unready {} ", run.nonce);
  if (!line.starts_with(start)) return false;
  found = {code_outcome::not_judged, io::one_line(line.substr(start.size()), longest_detail)};
  return true;
}

code_result never_begun(const code_run& run) {
  if (run.end.why == io::killed_for::deadline) {
    return {code_outcome::not_judged, "the sandbox did not start in time"};
  }
  const std::string said = last_line(run.errors);
  return {code_outcome::not_judged,
          "the sandbox did not start: " + (said.empty() ? how_it_ended(run.end) : said)};
}

code_result failed(const code_run& run, std::string_view rest) {
  const std::string said = last_line(run.errors);
  if (rest == "memory\n") return {code_outcome::out_of_memory, said};
  if (rest == "failed\n" && !said.empty()) return {code_outcome::failed, said};
  const std::string how = how_it_ended(run.end);
  return {code_outcome::failed, fmt::format("it ended before the tests were over: {}{}{}", how,
                                            signal_of(run.end) && !said.empty() ? "; " : "",
                                            signal_of(run.end) ? said : "")};
}

}  // namespace

bool has_begun(std::string_view report) { return report.starts_with(ready); }

code_result result_of(const code_run& run) {
  if (run.end.why == io::killed_for::stop) return {code_outcome::stopped, "stopped"};
  code_result found;
  if (takes_back(run, run.report, found)) return found;
  if (!has_begun(run.report)) return never_begun(run);
  const std::string_view rest = run.report.substr(ready.size());
  if (rest == fmt::format("passed {} \n", run.nonce)) return {code_outcome::passed, ""};
  if (takes_back(run, rest, found)) return found;
  if (run.end.why == io::killed_for::flood) {
    return {code_outcome::output_too_large, "it wrote too much"};
  }
  if (run.end.why == io::killed_for::deadline) {
    return {code_outcome::timed_out, "no end within " + seconds(run.timeout)};
  }
  if (signal_of(run.end) == SIGXCPU) return {code_outcome::timed_out, "too much CPU time"};
  return failed(run, rest);
}

}  // namespace retort::engine
