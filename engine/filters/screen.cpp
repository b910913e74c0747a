#include "engine/filters/screen.hpp"

#include "engine/training/training_members.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

result<screen> screen::make(const config& run) {
  screen made;
  made.run_ = &run;
  if (run.filter.where) {
    auto compiled = jq_program::compile(*run.filter.where);
    if (!compiled) {
      return error{compiled.error().code, "filter.where: jq says: " + compiled.error().message};
    }
    made.where_ = std::move(*compiled);
  }
  if (run.filter.decontaminate) {
    auto loaded = contamination::load(*run.filter.decontaminate);
    if (!loaded) return loaded.error();
    made.benchmarks_ = std::make_shared<const contamination>(std::move(*loaded));
  }
  return made;
}

std::optional<screen::finding> screen::ask_where(const sample& of) const {
  std::string record;
  io::json_writer json(record);
  json.open_object();
  write_training_members(*run_, json, of);
  json.close_object();
  auto answer = where_->ask(record);
  if (answer.holds) return std::nullopt;
  return finding{reject_reason::where, std::move(answer.problem)};
}

// The prompt as the training record has it, and the completion.
std::optional<screen::finding> screen::ask_benchmarks(const sample& of) const {
  const std::size_t first = run_->prompt.user && !of.messages.empty() ? of.messages.size() - 1 : 0;
  for (std::size_t i = first; i < of.messages.size(); ++i) {
    if (auto met = benchmarks_->find_in(of.messages[i].content)) {
      return finding{reject_reason::contaminated, "prompt: " + *met};
    }
  }
  auto met = benchmarks_->find_in(of.completion.text);
  if (!met) return std::nullopt;
  return finding{reject_reason::contaminated, "completion: " + *met};
}

std::optional<screen::finding> screen::look(const sample& of) const {
  auto found = where_ ? ask_where(of) : std::nullopt;
  if (!found && benchmarks_) found = ask_benchmarks(of);
  return found;
}

}  // namespace retort::engine
