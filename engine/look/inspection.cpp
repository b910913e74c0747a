#include "engine/look/inspection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/look/sample_walk.hpp"
#include "engine/sample/line_reader.hpp"

namespace retort::engine {
namespace {

void add_part(std::string& out, std::string_view name, const std::string& text) {
  if (text.empty()) return;
  out += fmt::format("\n{}:\n{}\n", name, text);
}

std::string prompt_text(const sample& of) {
  if (of.messages.size() == 1) return of.messages[0].content;
  std::string out;
  for (const auto& one : of.messages) {
    out += fmt::format("{}[{}] {}", out.empty() ? "" : "\n", one.role, one.content);
  }
  return out;
}

std::string calls_text(const sample& of) {
  std::string out;
  for (const auto& one : of.completion.tool_calls) {
    out += fmt::format("{}{}({})", out.empty() ? "" : "\n", one.name, one.arguments);
  }
  return out;
}

std::string evaluations_text(const sample& of) {
  std::string out;
  for (const auto& one : of.evaluations) {
    out += fmt::format("{}{}: {}", out.empty() ? "" : "\n", one.name,
                       one.score ? fmt::format("{:.3g}", *one.score) : "unscored");
    if (!one.detail.empty()) out += " (" + one.detail + ")";
  }
  return out;
}

std::string first_line(const sample& of, const std::string& label) {
  std::string out = fmt::format("{} · {} · k {} · {}", of.id, label, of.key.k, name(of.verdict()));
  if (of.rejected) out += fmt::format(" ({})", name(*of.rejected));
  if (!of.reject_detail.empty()) out += ": " + of.reject_detail;
  return out + "\n";
}

std::string mark_line(const mark& of) {
  return fmt::format("marked {}{}\n", of.is_good ? "good" : "bad",
                     of.note.empty() ? "" : ": " + of.note);
}

}  // namespace

// A failed line that was made good later is no sample any more; which are is known at the end.
result<inspection> inspection::open(const found_run& of, const sample_filter& wanted,
                                    const mark_book& marks) {
  auto reader = io::ledger_reader::open(of.where.ledger());
  if (!reader) return reader.error();
  const auto first = reader->next();  // which takes the header that is before it
  if (!first) return first.error();
  inspection made(std::move(*reader), of.where.ledger());
  struct open_line {
    std::size_t at;
    sample_key key;
  };
  std::vector<open_line> open;
  sample_walk state;
  auto walked = walk_samples(
      of.where.ledger(), state, [&](const sample& one, standing how, std::uint64_t offset) {
        if (how == standing::repeated) return;
        const mark* const marked = marks.find(one.key);
        if (marked && how == standing::settled && !one.failure) {
          made.agreement_.add(marked->is_good, one.verdict() == verdict::accepted);
        }
        if (!wanted.lets(one)) return;
        if (how == standing::open) open.push_back({made.offsets_.size(), one.key});
        made.offsets_.push_back(offset);
      });
  if (!walked) return walked.error();
  for (auto one = open.rbegin(); one != open.rend(); ++one) {
    if (!state.is_settled(one->key)) continue;
    made.offsets_.erase(made.offsets_.begin() + static_cast<std::ptrdiff_t>(one->at));
  }
  return made;
}

result<sample> inspection::read(std::size_t which) {
  ledger_.skip_to(offsets_[which]);
  auto line = ledger_.next();
  if (!line) return line.error();
  if (!*line) return error{errc::mismatch, path_ + ": is shorter than it was"};
  sample out;
  auto read = read_ledger_line((*line)->text, out);
  if (!read) return error{read.error().code, path_ + ": a line " + read.error().message};
  return out;
}

std::string sample_text(const sample& of, const std::string& label, const mark* marked) {
  std::string out = first_line(of, label);
  if (marked) out += mark_line(*marked);
  add_part(out, "prompt", prompt_text(of));
  add_part(out, "reference", of.reference.value_or(""));
  add_part(out, "reasoning", of.completion.reasoning);
  add_part(out, "completion", of.completion.text);
  add_part(out, "calls", calls_text(of));
  add_part(out, "refusal", of.completion.refusal);
  if (of.failure) add_part(out, "error", of.failure->message);
  add_part(out, "evaluations", evaluations_text(of));
  return out;
}

std::string agreement_text(const mark_agreement& of) {
  if (of.all() == 0) return "no marks yet";
  std::string out = fmt::format("marks: {} ({} good, {} bad); the verdicts agree with {} of them",
                                of.all(), of.good_accepted + of.good_rejected,
                                of.bad_accepted + of.bad_rejected, of.agreed());
  if (const auto kappa = of.kappa()) out += fmt::format(" (kappa {:.2f})", *kappa);
  return out;
}

}  // namespace retort::engine
