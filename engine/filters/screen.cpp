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

std::optional<screen::finding> screen::look(const sample& of) const {
  if (where_) return ask_where(of);
  return std::nullopt;
}

}  // namespace retort::engine
