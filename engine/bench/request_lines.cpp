#include "engine/bench/request_lines.hpp"

#include <fmt/format.h>

#include <iterator>

#include "engine/measure/tally.hpp"
#include "providers/body/finish.hpp"

namespace retort::engine {
namespace {

std::string csv_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

void append_count(std::string& out, std::int64_t count) {
  out += ',';
  if (count >= 0) fmt::format_to(std::back_inserter(out), "{}", count);
}

void append_ms(std::string& out, std::optional<double> ns) {
  out += ',';
  if (ns) fmt::format_to(std::back_inserter(out), "{:.6f}", *ns / 1e6);
}

void append_time(std::string& out, measurement::stamp at, measurement::stamp since) {
  out += ',';
  if (at == measurement::stamp()) return;
  fmt::format_to(std::back_inserter(out), "{:.9f}",
                 std::chrono::duration<double>(at - since).count());
}

std::string outcome_cells(const measurement& of) {
  if (of.failed && of.to_cancel) return ",failed_before_cancel,";
  if (of.failed) return fmt::format(",{},", class_of(*of.failed));
  if (of.is_cancelled) return ",cancelled,";
  return fmt::format(",{},{}", of.to_cancel ? "ended_before_cancel" : "ok", name(of.finish));
}

}  // namespace

std::string request_head() {
  std::string out =
      "endpoint,model,entry,load,run,number,written_s,outcome,finish,connection,input_tokens,"
      "output_tokens,chunks";
  for (const auto& one : metrics()) {
    out += fmt::format(",{}{}_ms", one.what == metric::icl ? "largest_" : "", one.name);
  }
  return out + ",turn,step,from_s,until_s,trial\n";
}

void append_request(const trial_result& of, const measurement& one, measurement::stamp since,
                    std::string& out) {
  fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{}", csv_text(of.endpoint),
                 csv_text(of.model), of.place, csv_text(text_of(of.load, of.sessions)), of.run,
                 one.number);
  append_time(out, one.written, since);
  out += outcome_cells(one);
  out += one.opened ? ",new" : one.is_reused ? ",kept" : ",";
  append_count(out, input_tokens(one).value_or(-1));
  append_count(out, output_tokens(one).value_or(-1));
  append_count(out, static_cast<std::int64_t>(one.chunks));
  for (const auto& each : metrics()) append_ms(out, value_of(one, each.what));
  append_count(out, one.turn > 0 ? static_cast<std::int64_t>(one.turn) : -1);
  out += ',';
  if (one.turn > 0 && one.turn <= of.steps.size()) out += of.steps[one.turn - 1];
  append_time(out, one.under_way_from(), since);
  append_time(out, one.under_way_until(), since);
  append_count(out, static_cast<std::int64_t>(of.number));
  out += '\n';
}

}  // namespace retort::engine
