#include "engine/witness/audit.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/contrast/result_file.hpp"

namespace retort::engine {

std::string_view name(audit_result of) {
  switch (of) {
    case audit_result::passed: return "passed";
    case audit_result::failed: return "failed";
    default: return "untold";
  }
}

audit audit_repeats(const tally& others, const tally& repeated, bool streams) {
  const metric what = streams ? metric::ttft : metric::ntpot;
  audit out{"", "repeats", audit_result::untold, "too few answers with a time"};
  const auto usual = others.stated(what, 0.5), again = repeated.stated(what, 0.5);
  if (!usual || !again) return out;
  const bool is_faster = again->bound < (1 - most_apart) * usual->value;
  out.came_to = is_faster ? audit_result::failed : audit_result::passed;
  out.line = fmt::format("{} p50 of a prompt asked again and again {:.3g} ms, of others {:.3g} ms",
                         name(what), again->value / 1e6, usual->value / 1e6);
  if (is_faster) out.line += ": over 10 % faster, as by a cache";
  return out;
}

result<reference_run> read_reference(const std::string& path) {
  const auto file = read_result_file(path);
  if (!file) return file.error();
  double sum = 0;
  std::uint64_t count = 0;
  for (const measured_load& one : file->loads) {
    if (!one.output_tokens) continue;
    sum += *one.output_tokens;
    ++count;
  }
  if (count == 0) {
    return error{errc::usage, path + ": tells no output tokens; expected a run that does"};
  }
  return reference_run{path, sum / static_cast<double>(count)};
}

std::string lengths_apart(const tally& seen, const reference_run& reference) {
  if (seen.output.untold > 0 || seen.successes == 0) return "";
  const double mean = static_cast<double>(seen.output.sum) / static_cast<double>(seen.successes);
  if (std::abs(mean - reference.output_tokens) <= most_apart * reference.output_tokens) return "";
  return fmt::format("answers have {:.4g} tokens on average, those of {} {:.4g}: over 10 % apart",
                     mean, reference.path, reference.output_tokens);
}

}  // namespace retort::engine
