#include "engine/filters/succession.hpp"

#include <fmt/format.h>

namespace retort::engine {
namespace {

// What it says and what it calls.
std::string completion_text(const providers::completion& of) {
  std::string out = of.text;
  for (const auto& call : of.tool_calls) out.append(1, '\n').append(call.name + call.arguments);
  return out;
}

// As the training record has it.
std::string prompt_of(const config& run, const sample& of) {
  std::string out;
  if (run.prompt.user) {
    if (!of.messages.empty()) out = of.messages.back().content;
    return out;
  }
  for (const auto& one : of.messages) out.append(one.role + '\n').append(one.content + '\n');
  return out;
}

bool has_any(const config& asked) { return asked.filter.unique || asked.filter.per_record; }

}  // namespace

std::unique_ptr<succession> succession::behind_keep(const config& run) {
  if (run.samples.keep == keep::all || !has_any(run)) return nullptr;
  return std::unique_ptr<succession>(new succession(run, true));
}

std::unique_ptr<succession> succession::make(const config& run) {
  bool is_needed = has_any(run) && run.samples.keep == keep::all;
  std::vector<std::unique_ptr<succession>> earlier;
  earlier.reserve(run.earlier.size());
  for (const config& one : run.earlier) {
    earlier.push_back(make(one));
    is_needed |= earlier.back() != nullptr;
  }
  if (!is_needed) return nullptr;
  std::unique_ptr<succession> made(new succession(run, false));
  made->earlier_ = std::move(earlier);
  return made;
}

succession::succession(const config& asked, bool is_behind_keep) : run_(asked) {
  if ((asked.samples.keep != keep::all) != is_behind_keep) return;
  if (asked.filter.unique) texts_.emplace(asked.filter.unique->near);
  most_ = asked.filter.per_record.value_or(0);
}

// Nothing where there is nothing to compare.
std::optional<std::string> succession::text_of(const sample& of) const {
  if (!texts_) return std::nullopt;
  switch (run_.filter.unique->by) {
    case unique_by::completion: return completion_text(of.completion);
    case unique_by::prompt: return prompt_of(run_, of);
    case unique_by::reference: break;
  }
  return of.reference;
}

std::uint64_t succession::place_of_next(std::uint64_t ordinal) const {
  std::uint64_t so_many = 0;
  while (so_many < most_ && of_records_.contains(ordinal * most_ + so_many)) ++so_many;
  return ordinal * most_ + so_many;
}

void succession::judge(sample& next) {
  if (next.verdict() != verdict::accepted) return;
  if (next.key.step < earlier_.size()) {
    if (earlier_[next.key.step]) earlier_[next.key.step]->judge_own(next);
  } else {
    judge_own(next);
  }
}

void succession::judge_own(sample& next) {
  auto met = object(text_of(next), next.key.ordinal, next.id);
  if (!met) return;
  next.rejected = met->why;
  next.reject_detail = std::move(met->detail);
}

std::optional<succession::objection> succession::object(const std::optional<std::string>& text,
                                                        std::uint64_t ordinal,
                                                        std::string_view id) {
  known_texts::trace trace;
  if (text) {
    trace = texts_->trace_of(*text);
    if (auto met = texts_->find(trace)) {
      return objection{reject_reason::duplicate, std::move(*met)};
    }
  }
  if (most_ > 0) {
    const std::uint64_t place = place_of_next(ordinal);
    if (place == (ordinal + 1) * most_) {
      return objection{reject_reason::per_record, fmt::format("{} before it", most_)};
    }
    of_records_.add(place);
  }
  if (text) texts_->add(trace, id);
  return std::nullopt;
}

void succession::note(const sample& written) {
  if (written.verdict() != verdict::accepted) return;
  if (written.key.step < earlier_.size()) {
    if (earlier_[written.key.step]) earlier_[written.key.step]->note_own(written);
  } else {
    note_own(written);
  }
}

void succession::note_own(const sample& written) {
  if (const auto text = text_of(written)) texts_->add(texts_->trace_of(*text), written.id);
  if (most_ > 0) of_records_.add(place_of_next(written.key.ordinal));
}

}  // namespace retort::engine
