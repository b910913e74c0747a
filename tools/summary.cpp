#include "tools/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "io/base/console.hpp"
#include "io/base/json_writer.hpp"

namespace retort::tools {
namespace {

using engine::run_summary;
using engine::view_kind;

constexpr std::size_t shown_width = 160;

std::string line(std::string_view text) {
  std::string out;
  io::append_line(out, text);
  return out;
}

std::uint64_t generated(const engine::view_counts& counts) {
  return counts.accepted + counts.handed_on + counts.rejected.all();
}

double per_second(const run_summary& of, double amount) {
  const double time = of.last.elapsed.count();
  return time > 0 ? amount / time : 0;
}

std::string reasons(const engine::view_counts& counts) {
  std::string out;
  for (const engine::reject_reason why : engine::all_reject_reasons) {
    if (counts.rejected[why] == 0) continue;
    out += fmt::format("{}{} {}", out.empty() ? "   (" : ", ", engine::name(why),
                       counts.rejected[why]);
  }
  return out.empty() ? out : out + ")";
}

std::string agreement_line(const engine::judge_agreement& of) {
  if (of.samples() == 0) return "";
  const auto alpha = of.alpha();
  if (!alpha) return fmt::format("the judges gave {} samples all the same score\n", of.samples());
  return fmt::format("the judges agree by {:.2f} (Krippendorff's alpha) on {} samples\n", *alpha,
                     of.samples());
}

// "bound by: CPU 83 %" without what the member's name says already.
std::string_view without_title(std::string_view text) {
  constexpr std::string_view title = "bound by: ";
  return text.starts_with(title) ? text.substr(title.size()) : text;
}

void write_agreement(io::json_writer& json, const engine::judge_agreement& of) {
  if (of.samples() == 0) return;
  json.key("judge_agreement");
  json.open_object();
  json.member("alpha", of.alpha());
  json.member("samples", of.samples());
  json.close_object();
}

std::string unknown_line(const engine::view_counts& counts) {
  if (counts.unknown_finish == 0) return "";
  return fmt::format("{} of the accepted came without a finish reason: they may be cut off\n",
                     counts.unknown_finish);
}

std::string work_line(const run_summary& of) {
  const auto& last = of.last;
  return fmt::format(
      "this process: {} requests in {} ({} retries), {:.1f} req/s, {:.1f} tok/s, {} connections\n",
      last.requests, engine::duration_text(last.elapsed), last.retries,
      per_second(of, static_cast<double>(last.requests)),
      per_second(of, static_cast<double>(last.input_tokens + last.output_tokens)),
      of.http.connections);
}

// "" for what costs nothing, or nobody knows how much.
std::string money_line(const run_summary& of) {
  if (of.spent_tokens) {
    const std::string usd = of.spent_usd ? fmt::format(", {:.4f} USD", *of.spent_usd) : "";
    return fmt::format("budget: {} tokens{} spent\n", *of.spent_tokens, usd);
  }
  const double usd = of.last.usd.value_or(0);
  if (usd <= 0) return "";
  const std::string beside =
      of.untold
          ? fmt::format(", beside {} attempts whose tokens nobody told", engine::grouped(of.untold))
          : "";
  return fmt::format("this process used {:.4f} USD{}\n", usd, beside);
}

std::string estimates_line(const run_summary& of) {
  if (of.input_error == 0 && of.output_error == 0) return "";
  return fmt::format(
      "tokens were estimated with a mean error of {:.0f} % (prompts) and {:.0f} % "
      "(answers)\n",
      100 * of.input_error, 100 * of.output_error);
}

std::string_view word(view_kind kind) {
  return kind == view_kind::exported ? "exported" : "rejected";
}

// What goes on behind this run: the same command does, only where nothing in it says otherwise.
std::string same_command(const run_summary& of, std::string_view once = "") {
  std::string out = "the same command";
  if (of.is_fresh) out += " without --fresh";
  std::string on = of.is_piped ? ", with the same input" : "";
  if (!once.empty()) on += fmt::format(", once {}", once);
  return out + on + (on.empty() ? "" : ",");
}

std::string stopped_line(const run_summary& of) {
  std::string_view once;
  if (of.status == engine::exit_status::bad_input) once = "that is mended";
  if (of.over_budget) once = "budget is raised";
  const bool poured = pours_out(of);  // what was read of it cannot be gone on with
  const std::string_view kept =
      of.is_whole ? "nothing finished is lost" : "what the ledger holds is kept";
  return line("stopped early: " + of.reason) +
         line(fmt::format("{}; {} resumes{}", kept, same_command(of, once),
                          poured ? ", and writes its output from the first line again" : ""));
}

std::string closing_line(const run_summary& of) {
  if (of.status == engine::exit_status::stopped || of.status == engine::exit_status::bad_input) {
    return stopped_line(of);
  }
  if (of.status == engine::exit_status::samples_failed) {
    return line(
        fmt::format("{} samples failed; their errors stand in {}/ledger.jsonl, and {} tries "
                    "those again whose error may pass",
                    of.counts.failed, of.directory, same_command(of)));
  }
  if (of.views.empty()) {
    return "a shard is done: `retort merge RUN` makes the outputs, once all of them are\n";
  }
  if (of.counts.accepted == 0) return "nothing was accepted: there is no training data\n";
  return "ready for fine-tuning\n";
}

// A record of CSV goes on where a quote is open: shown as two lines, the second could say anything.
bool read_record(std::ifstream& file, std::string& record) {
  if (!std::getline(file, record)) return false;
  if (record.starts_with('{')) return true;  // JSON lines
  auto quotes = std::ranges::count(record, '"');
  std::string more;
  while (quotes % 2 != 0 && std::getline(file, more)) {
    quotes += std::ranges::count(more, '"');
    if (record.size() <= shown_width) record += ' ' + more;
  }
  if (record.ends_with('\r')) record.pop_back();
  return true;
}

}  // namespace

const engine::written_view* first_view(const run_summary& of, view_kind kind) {
  const auto found = std::ranges::find(of.views, kind, &engine::written_view::kind);
  return found == of.views.end() ? nullptr : &*found;
}

bool pours_out(const run_summary& of) {
  return std::ranges::count(of.views, engine::standard_output, &engine::written_view::path) > 0;
}

std::string counts_text(const engine::view_counts& counts, std::uint64_t skipped_rows) {
  const std::string handed_on =
      counts.handed_on ? fmt::format(", {} handed on to the next step", counts.handed_on) : "";
  std::string out = fmt::format("{} generated: {} accepted{}, {} rejected{}, {} failed",
                                generated(counts), counts.accepted, handed_on,
                                counts.rejected.all(), reasons(counts), counts.failed);
  if (skipped_rows) out += fmt::format("; {} bad rows skipped", skipped_rows);
  return out + '\n' + unknown_line(counts) + agreement_line(counts.judges);
}

std::string file_line(const engine::written_view& of) {
  if (of.kind == view_kind::companion) return "";
  std::string path = of.path;
  const std::string_view first = "-00000";
  const std::size_t number = path.rfind(first);
  if (of.is_sharded && number != path.npos) path.replace(number, first.size(), "-*");
  std::string out = fmt::format("{} {} to {}", of.rows, word(of.kind), path);
  const char* between = "; without what its format cannot have: ";
  for (const auto& [rule, count] : of.misfits) {
    out += fmt::format("{}{} ({})", between, rule, count);
    between = ", ";
  }
  return line(out);
}

std::string summary_text(const run_summary& of) {
  std::string out = counts_text(of.counts, of.last.skipped_rows) + work_line(of);
  if (!of.bound_by.empty()) out += of.bound_by + '\n';
  out += estimates_line(of) + money_line(of);
  if (of.is_exported) {
    for (const auto& each : of.views) out += file_line(each);
  }
  if (!of.moved_to.empty()) io::append_line(out, "the earlier run is in " + of.moved_to);
  return out + closing_line(of);
}

std::string summary_json(const run_summary& of) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("event", "summary");
  json.member("status", static_cast<int>(of.status));
  json.member("reason", of.reason);
  json.member("generated", generated(of.counts));
  json.member("accepted", of.counts.accepted);
  if (of.counts.handed_on) json.member("handed_on", of.counts.handed_on);
  json.key("rejected");
  json.open_object();
  for (const engine::reject_reason why : engine::all_reject_reasons) {
    json.member(engine::name(why), of.counts.rejected[why]);
  }
  json.close_object();
  json.member("unknown_finish", of.counts.unknown_finish);
  write_agreement(json, of.counts.judges);
  json.member("failed", of.counts.failed);
  json.member("skipped_rows", of.last.skipped_rows);
  json.member("resumed", of.last.resumed);
  json.member("requests", of.last.requests);
  json.member("retries", of.last.retries);
  json.member("input_tokens", of.last.input_tokens);
  json.member("output_tokens", of.last.output_tokens);
  json.member("connections", of.http.connections);
  json.member("tls_resumed", of.http.resumed);
  json.member("stale_retries", of.http.stale);
  json.member("elapsed_s", of.last.elapsed.count());
  json.member("bound_by", without_title(of.bound_by));
  json.member("input_estimate_error", of.input_error);
  json.member("output_estimate_error", of.output_error);
  if (of.last.usd) json.member("usd", *of.last.usd);
  if (of.last.usd && of.untold) json.member("attempts_without_usage", of.untold);
  if (of.spent_tokens) json.member("spent_tokens", *of.spent_tokens);
  if (of.spent_usd) json.member("spent_usd", *of.spent_usd);
  if (const auto* one = first_view(of, view_kind::exported)) json.member("output", one->path);
  if (const auto* one = first_view(of, view_kind::rejected)) {
    json.member("rejected_output", one->path);
  }
  json.member("run_dir", of.directory);
  json.close_object();
  return out + '\n';
}

std::string first_lines(const std::string& path, int count) {
  std::ifstream file(path);
  std::string out, line;
  for (int i = 0; i < count && read_record(file, line); ++i) {
    const bool long_line = line.size() > shown_width;
    std::size_t width = std::min(line.size(), shown_width);
    while (long_line && width > 0 && (static_cast<unsigned char>(line[width]) & 0xC0) == 0x80) {
      --width;
    }
    io::append_line(out, line.substr(0, width) + (long_line ? "…" : ""));
  }
  return out;
}

}  // namespace retort::tools
